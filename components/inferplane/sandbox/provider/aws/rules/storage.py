"""Rules of S3, ECR, DynamoDB and file systems."""

from __future__ import annotations

from typing import Final

from ..draft import Rule
from ..regions import bucket_zone

BUCKET: Final = "aws:s3/bucket:Bucket"
_BUCKET_SETTINGS: Final = (
    "BucketAccelerateConfiguration",
    "BucketCorsConfiguration",
    "BucketLifecycleConfiguration",
    "BucketLogging",
    "BucketNotification",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)

_BUCKET_RULE: Final = Rule(
    id="{bucket}",
    arn="arn:{partition}:s3:::{bucket}",
    outputs={
        "bucket": "{name}",
        "bucketDomainName": "{bucket}.s3.{suffix}",
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": "{bucket}.s3.{region}.{suffix}",
        "hostedZoneId": lambda draft, _: bucket_zone(draft.region),
        "requestPayer": "BucketOwner",
    },
)

RULES: Final = {
    BUCKET: _BUCKET_RULE,
    "aws:s3/bucketV2:BucketV2": _BUCKET_RULE,
    **{
        f"aws:s3/{name[0].lower()}{name[1:]}{version}:{name}{version.upper()}": Rule(id="{given[bucket]}")
        for name in _BUCKET_SETTINGS
        for version in ("", "V2")
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": Rule(
        id="{given[bucket]}/{given[key]}",
        arn="arn:{partition}:s3:::{given[bucket]}/{given[key]}",
        outputs={"etag": "{hex:32}", "versionId": "{base32:32}", "storageClass": "STANDARD"},
    ),
    "aws:ecr/repository:Repository": Rule(
        id="{name}",
        arn="arn:{partition}:ecr:{region}:{account}:repository/{name}",
        outputs={
            "registryId": "{account}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.{suffix}/{name}",
        },
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Rule(
        id="{given[repository]}", outputs={"registryId": "{account}"}
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Rule(
        id="{given[repository]}", outputs={"registryId": "{account}"}
    ),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": Rule(
        id="{given[ecrRepositoryPrefix]}", outputs={"registryId": "{account}"}
    ),
    "aws:dynamodb/table:Table": Rule(
        id="{name}", arn="arn:{partition}:dynamodb:{region}:{account}:table/{name}"
    ),
    "aws:efs/fileSystem:FileSystem": Rule(
        id="fs-0{hex:16}",
        arn="arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
        outputs={"dnsName": "{id}.efs.{region}.{suffix}", "ownerId": "{account}"},
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": Rule(
        id="fs-0{hex:16}",
        arn="arn:{partition}:fsx:{region}:{account}:file-system/{id}",
        outputs={"dnsName": "{id}.fsx.{region}.{suffix}", "mountName": "{hex:8}", "ownerId": "{account}"},
    ),
}
