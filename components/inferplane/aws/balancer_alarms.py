"""The CloudWatch alarms of one load balancer."""

from typing import NotRequired, TypedDict

import pulumi

from inferplane.args import check_keys
from inferplane.aws.metric_alarms import declare_alarms
from inferplane.component import Component
from inferplane.planning.balancer_alarms import balancer_alarms

__all__ = ["BalancerAlarms", "BalancerAlarmsArgs"]


class BalancerAlarmsArgs(TypedDict):
    """Which balancer is watched."""

    topic_arn: pulumi.Input[str]
    """SNS topic that is told."""
    load_balancer_arn_suffix: pulumi.Input[str]
    """`arn_suffix` of the load balancer."""
    tags: NotRequired[dict[str, str]]
    """Tags of every alarm."""


class BalancerAlarms(Component):
    """Alarms on what the balancer itself fails and no slot's alarm sees: its own 5xx, refused connections."""

    alarm_names: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: BalancerAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_keys(args, BalancerAlarmsArgs, f"BalancerAlarms '{name}'")
        super().__init__(name, opts)
        alarms = declare_alarms(
            self,
            balancer_alarms(),
            topic_arn=args["topic_arn"],
            load_balancer=args["load_balancer_arn_suffix"],
            target_groups={},
            tags=args.get("tags", {}),
        )
        self.alarm_names = [alarm.name for alarm in alarms.values()]
        self.register_outputs({"alarm_names": self.alarm_names})
