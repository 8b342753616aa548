"""The automatic names of AWS types that differ from the usual `name`, 255 characters, 7 digits.

Lengths as in Pulumi's provider: https://github.com/pulumi/pulumi-aws/blob/master/provider/resources.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..naming import AutoName
from ..property_types import STRING
from ..schema import ResourceSchema

_SPECIAL: Final = {
    "aws:cloudwatch/eventRule:EventRule": AutoName(longest=64),
    "aws:eks/cluster:Cluster": AutoName(longest=100),
    "aws:iam/instanceProfile:InstanceProfile": AutoName(longest=128),
    "aws:iam/policy:Policy": AutoName(longest=128),
    "aws:iam/role:Role": AutoName(longest=64),
    "aws:iam/rolePolicy:RolePolicy": AutoName(longest=128),
    "aws:kms/alias:Alias": AutoName(longest=256, prefix="alias/"),
    "aws:lambda/function:Function": AutoName(longest=64),
    "aws:lb/loadBalancer:LoadBalancer": AutoName(longest=32),
    "aws:lb/targetGroup:TargetGroup": AutoName(longest=32),
    "aws:s3/bucket:Bucket": AutoName(property="bucket", longest=63, lower=True),
    "aws:sqs/queue:Queue": AutoName(longest=80),
    "aws:eks/nodeGroup:NodeGroup": AutoName(property="nodeGroupName", longest=63),
}


def auto_name(schema: ResourceSchema, inputs: Mapping[str, Any]) -> AutoName | None:
    """How a resource without a name is named; None when it has a name or prefix, or its type takes none."""
    found = _SPECIAL.get(schema.token)
    if found is None:
        given, made = schema.inputs.properties.get("name"), schema.outputs.properties.get("name")
        if given is None or made is None or given.required or made.optional_output or given.type != STRING:
            return None
        found = AutoName()
    if schema.token in {"aws:sqs/queue:Queue", "aws:sns/topic:Topic"} and (
        inputs.get("fifoQueue") or inputs.get("fifoTopic")
    ):
        # FIFO queues and topics must be named so:
        # https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-code-examples.html
        found = AutoName(property=found.property, longest=found.longest, suffix=".fifo")
    prefix = {"name": "namePrefix", "bucket": "bucketPrefix"}.get(found.property, f"{found.property}Prefix")
    return None if inputs.get(found.property) or inputs.get(prefix) else found
