"""The queue in which Karpenter reads that AWS is about to take a node away."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.component import Component
from inferplane.kubernetes.addon_policies import interruption_queue_policy

__all__ = ["EVENTS", "InterruptionQueue", "InterruptionQueueArgs"]

# The events that Karpenter handles (pkg/controllers/interruption/messages at 1.15.1).
EVENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "health": ("aws.health", "AWS Health Event"),
        "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
        "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
        "state": ("aws.ec2", "EC2 Instance State-change Notification"),
        "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
    }
)

_RETENTION_SECONDS = 300  # a spot warning is two minutes old at most when it matters


class InterruptionQueueArgs(TypedDict):
    """Tags of the queue and its rules."""

    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class InterruptionQueue(Component):
    """An encrypted SQS queue, its policy, and the EventBridge rules that fill it."""

    queue_name: pulumi.Output[str]
    """Name of the queue."""

    queue_arn: pulumi.Output[str]
    """ARN of the queue."""

    def __init__(
        self, name: str, args: InterruptionQueueArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_keys(args, InterruptionQueueArgs, f"InterruptionQueue '{name}'")
        super().__init__(name, opts)
        tags = args.get("tags", {})
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=naming.fit(f"{name}-interruptions", naming.SQS_QUEUE),
            message_retention_seconds=_RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=tags,
            opts=self.child(),
        )
        rules = []
        for key, (source, detail_type) in EVENTS.items():
            rule = aws.cloudwatch.EventRule(
                f"{name}-{key}",
                name=naming.fit(f"{name}-{key}", naming.EVENT_RULE),
                description=f"{detail_type} to Karpenter",
                event_pattern=json.dumps({"source": [source], "detail-type": [detail_type]}),
                tags=tags,
                opts=self.child(),
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{key}-target",
                rule=rule.name,
                arn=queue.arn,
                target_id="karpenter",
                opts=self.child(),
            )
            rules.append(rule)
        aws.sqs.QueuePolicy(
            f"{name}-queue-policy",
            queue_url=queue.url,
            policy=pulumi.Output.all(queue.arn, *[rule.arn for rule in rules]).apply(
                lambda arns: json.dumps(interruption_queue_policy(arns[0], arns[1:]))
            ),
            opts=self.child(),
        )
        self.queue_name = queue.name
        self.queue_arn = queue.arn
        self.register_outputs({"queue_name": self.queue_name, "queue_arn": self.queue_arn})
