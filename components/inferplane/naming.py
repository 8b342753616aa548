"""Names that stay inside each service's limit without collisions. Pure."""

import hashlib
import re

__all__ = ["DIGEST_LENGTH", "IAM_ROLE", "LOAD_BALANCER", "TARGET_GROUP", "fit", "label"]

# Limits in characters, from each service's API reference.
TARGET_GROUP = 32  # elasticloadbalancing CreateTargetGroup, Name
LOAD_BALANCER = 32  # elasticloadbalancing CreateLoadBalancer, Name
IAM_ROLE = 64  # iam CreateRole, RoleName
EKS_CLUSTER = 100  # eks CreateCluster, name
EKS_NODE_GROUP = 63  # eks CreateNodegroup, nodegroupName
EKS_NODE_GROUP_PREFIX = (
    37  # the same, less the 26 characters that the provider appends to nodeGroupNamePrefix
)
LAUNCH_TEMPLATE = 128  # ec2 CreateLaunchTemplate, LaunchTemplateName
SECURITY_GROUP = 255  # ec2 CreateSecurityGroup, GroupName
KMS_ALIAS = 256  # kms CreateAlias, AliasName, with its "alias/"
LOG_GROUP = 512  # logs CreateLogGroup, logGroupName
SQS_QUEUE = 80  # sqs CreateQueue, QueueName
EVENT_RULE = 64  # events PutRule, Name
SNS_TOPIC = 256  # sns CreateTopic, Name
ALARM = 255  # cloudwatch PutMetricAlarm, AlarmName
S3_BUCKET = 63  # s3 CreateBucket, general purpose bucket naming rules
DNS_LABEL = 63  # RFC 1123 section 2.1; Kubernetes object names that become labels

# 8 hexadecimal digits: 2^-32 for two given names; the whole name is hashed, so the part that was cut still counts.
DIGEST_LENGTH = 8


def fit(name: str, limit: int) -> str:
    """Return `name` if it has at most `limit` characters, else its head and a digest of the whole of it.

    The result never ends in a hyphen before the digest, is deterministic, and two different names that both need
    shortening differ in their digest. Raises ValueError where the limit leaves no room for a head.
    """
    if limit < DIGEST_LENGTH + 2:
        raise ValueError(f"a limit of {limit} characters leaves no room for a name and its digest")
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_LENGTH]
    head = name[: limit - DIGEST_LENGTH - 1].rstrip("-.")
    return f"{head}-{digest}"


def label(name: str, limit: int = DNS_LABEL) -> str:
    """Return `name` as an RFC 1123 label: lower case, digits and hyphens, at most `limit` characters.

    A name that had to be changed beyond its case carries a digest of the original, so that "a.b" and "a-b" stay two.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "x"
    if plain == name.lower():
        return fit(plain, limit)
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{plain[: limit - DIGEST_LENGTH - 1].rstrip('-')}-{digest}"
