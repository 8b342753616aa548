"""A private bucket for the access logs of one application load balancer."""

import json
from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane.args import check_keys, check_range
from inferplane.aws.balancer_names import log_bucket_name
from inferplane.component import Component

__all__ = ["AccessLogBucket", "AccessLogBucketArgs"]

# Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer": the service that
# writes.
_LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


class AccessLogBucketArgs(TypedDict):
    """Whose logs are kept, and for how long."""

    balancer_name: str
    """Physical name of the only load balancer that may write here."""
    retention_days: NotRequired[int]
    """Days until a log is deleted. Default: 90."""
    force_destroy: NotRequired[bool]
    """Whether the bucket may be destroyed with the logs in it. Default: false."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class AccessLogBucket(Component):
    """A bucket that only Elastic Load Balancing may write to, over TLS only, with logs that expire."""

    bucket_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: AccessLogBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"AccessLogBucket '{name}'"
        check_keys(args, AccessLogBucketArgs, where)
        retention_days = int(args.get("retention_days", 90))
        check_range(retention_days, 1, 3653, f"{where}.retention_days", "days")
        super().__init__(name, opts)
        invoke = pulumi.InvokeOptions(parent=self)
        account = aws.get_caller_identity_output(opts=invoke).account_id
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=account.apply(lambda account: log_bucket_name(name, account)),
            force_destroy=args.get("force_destroy", False),
            tags={**args.get("tags", {}), "Name": name},
            opts=self.child(),
        )
        access = aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child(),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            # SSE-S3 is the only encryption that access logs support: KMS keys make delivery fail.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self.child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-expiry",
            bucket=bucket.id,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": retention_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=self.child(),
        )
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=pulumi.Output.all(
                bucket=bucket.arn,
                partition=aws.get_partition_output(opts=invoke).partition,
                region=aws.get_region_output(opts=invoke).region,
                account=account,
            ).apply(lambda known: _policy(balancer=args["balancer_name"], **known)),
            # S3 refuses policy and public access block at the same moment (409 OperationAborted).
            opts=self.child(depends_on=[access]),
        )
        self.bucket_name = bucket.bucket
        # What must exist before a balancer is told to write: it tries at once and fails without the policy.
        self.ready: Sequence[pulumi.Resource] = [policy]
        self.register_outputs({"bucket_name": self.bucket_name})


def _policy(*, bucket: str, partition: str, region: str, account: str, balancer: str) -> str:
    """Writing for the one balancer, whose ARN holds the account; nothing for anybody without TLS."""
    source = f"arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{balancer}/*"
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AccessLogs",
                    "Effect": "Allow",
                    "Principal": {"Service": _LOG_DELIVERY},
                    "Action": "s3:PutObject",
                    "Resource": f"{bucket}/AWSLogs/{account}/*",
                    "Condition": {"ArnLike": {"aws:SourceArn": source}},
                },
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [bucket, f"{bucket}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
