"""Finds the values in inputs that refer to other resources: by their shape, or by their property's name.

Values inside JSON documents and free text (policies, user data, tags) are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ..cloud import Reference
from ..values import Path, format_path, leaves
from .rules import compute, eks, operations, security, storage

# The prefixes of ids that EC2 and its neighbours give out. Not here: ami- and snap-, which come from outside.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
_ID: Final = re.compile(
    r"^(?:vpc|subnet|sg|sgr|rtb|igw|nat|eipalloc|lt|vpce|acl|eni|i|vol|fs|pg|cr|pl|tgw|eigw|dopt|cgw|vgw)"
    r"-[0-9a-f]{8}(?:[0-9a-f]{9})?$"
)
_ARN: Final = re.compile(r"^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):([^*?]+)$")
# How CloudWatch names balancers and target groups in dimensions.
_SUFFIX: Final = re.compile(r"^(?:(?:app|net|gwy)/[\w-]+/[0-9a-f]{16}|targetgroup/[\w-]+/[0-9a-f]{16})$")
_QUEUE_URL: Final = re.compile(r"^https://sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\d{12}/\S+$")
_ZONE_ID: Final = re.compile(r"^Z[0-9A-Z]{8,31}$")
_UUID: Final = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

# Property names whose content is the user's, and never a reference that AWS would follow.
_FREE_TEXT: Final = frozenset(
    {"tags", "tagsAll", "tagSpecifications", "environment", "userData", "userDataBase64", "description"}
    | {"secretString", "content", "dashboardBody", "configurationValues", "principals"}
)
# Services whose ARNs name what AWS or a run brings about.
_UNCHECKED_SERVICES: Final = frozenset({"automate", "bedrock", "servicequotas", "states", "sts", "swf"})
_KEYS: Final = (security.KEY, security.ALIAS)

# (prefix of the type token, name of the property, the types that it may name).
_NAMED: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("aws:eks/", "clusterName", (eks.CLUSTER,)),
    ("aws:s3/", "bucket", (storage.BUCKET,)),
    ("aws:lb/", "bucket", (storage.BUCKET,)),
    ("aws:iam/rolePolicy", "role", (security.ROLE,)),
    ("aws:iam/instanceProfile:", "role", (security.ROLE,)),
    ("aws:cloudwatch/logStream:", "logGroupName", ("aws:cloudwatch/logGroup:LogGroup",)),
    ("aws:cloudwatch/logMetricFilter:", "logGroupName", ("aws:cloudwatch/logGroup:LogGroup",)),
    ("aws:cloudwatch/logSubscriptionFilter:", "logGroup", ("aws:cloudwatch/logGroup:LogGroup",)),
    ("aws:cloudwatch/eventTarget:", "rule", ("aws:cloudwatch/eventRule:EventRule",)),
    ("aws:ecr/", "repository", ("aws:ecr/repository:Repository",)),
    ("aws:autoscaling/", "autoscalingGroupName", ("aws:autoscaling/group:Group",)),
)
_NO_REFERENCE: Final = frozenset(
    {
        ("aws:s3/bucket:Bucket", "bucket"),
        ("aws:ssm/parameter:Parameter", "value"),
        ("aws:ssm/parameter:Parameter", "insecureValue"),
    }
)


def find(token: str, inputs: dict[str, Any], account: str) -> Iterator[Reference]:
    """The references in known inputs; `account` is the pretend account (others can not be looked into)."""
    for path, value in leaves(inputs):
        names = [segment for segment in path if isinstance(segment, str)]
        if isinstance(value, str) and names and not _FREE_TEXT.intersection(names):
            if (token, names[-1]) in _NO_REFERENCE:
                continue
            reference = by_shape(path, value, account) or _by_name(token, names, path, value)
            if reference is not None:
                yield reference


def by_shape(path: Path, value: str, account: str) -> Reference | None:
    """The reference that a value is by its own shape, in whatever property it stands."""
    if _ID.match(value) or _SUFFIX.match(value):
        return Reference(format_path(path), value)
    arn = _ARN.match(value)
    if arn is None:
        return Reference(format_path(path), value) if _QUEUE_URL.match(value) else None
    _, service, _, owner, resource = arn.groups()
    if service == "s3" and not owner:
        # Objects and prefixes stand and fall with their bucket.
        return Reference(format_path(path), value.split("/", 1)[0], (storage.BUCKET,))
    if service == "route53" and not owner:
        return Reference(format_path(path), value)
    if owner != account or service in _UNCHECKED_SERVICES:
        return None
    if service == "iam" and resource.startswith(("root", "role/aws-service-role/", "role/aws-reserved/")):
        return None
    return Reference(format_path(path), value)


def _by_name(token: str, names: list[str], path: Path, value: str) -> Reference | None:
    last = names[-1]
    if last in {"kmsKeyId", "kmsMasterKeyId", "keyId", "targetKeyId", "kmsKey"}:
        if value.startswith("alias/aws/") or not (value.startswith("alias/") or _UUID.match(value)):
            return None
        return Reference(format_path(path), value, _KEYS)
    if last == "zoneId" and _ZONE_ID.match(value) and "aliases" not in names:
        return Reference(format_path(path), value, (operations.ZONE,))
    if last == "healthCheckId":
        return Reference(format_path(path), value, ("aws:route53/healthCheck:HealthCheck",))
    if names[-2:] == ["launchTemplate", "name"]:
        return Reference(format_path(path), value, (compute.LAUNCH_TEMPLATE,))
    if names[-2:] == ["iamInstanceProfile", "name"]:
        return Reference(format_path(path), value, ("aws:iam/instanceProfile:InstanceProfile",))
    for prefix, name, kinds in _NAMED:
        if last == name and token.startswith(prefix):
            return Reference(format_path(path), value, kinds)
    return None


def what(reference: Reference) -> str:
    """The kind of thing that a reference means, in words."""
    if reference.kinds:
        return " or ".join(kind.rsplit(":", 1)[1] for kind in reference.kinds)
    if (arn := _ARN.match(reference.value)) is not None:
        return f"{arn.group(2)} resource"
    prefixes = {
        "vpc": "VPC",
        "subnet": "subnet",
        "sg": "security group",
        "rtb": "route table",
        "lt": "launch template",
        "targetgroup/": "target group",
        "app/": "load balancer",
    }
    prefix = reference.value.split("-", 1)[0]
    return next(
        (text for key, text in prefixes.items() if prefix == key or reference.value.startswith(key)),
        "resource",
    )
