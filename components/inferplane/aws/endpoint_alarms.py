"""The CloudWatch alarms of one model in one region."""

from typing import NotRequired, TypedDict

import pulumi

from inferplane.args import check_keys
from inferplane.aws.metric_alarms import declare_alarms
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.planning.alarms import SLOTS, endpoint_alarms, health_digest

__all__ = ["EndpointAlarms", "EndpointAlarmsArgs"]


class EndpointAlarmsArgs(TypedDict):
    """What is watched, and the objectives that it is held to."""

    model: str
    """Name of the model, for tags."""
    topic_arn: pulumi.Input[str]
    """SNS topic that is told."""
    load_balancer_arn_suffix: pulumi.Input[str]
    """`arn_suffix` of the model load balancer."""
    target_group_arn_suffixes: dict[str, pulumi.Input[str]]
    """ARN suffixes of the target groups of "blue" and "green"."""
    ttft_p99_seconds: float
    """Objective of the time to the first byte's P99, in seconds; the alarm is 10 % above."""
    error_rate: float
    """Objective of failed requests, as a fraction (0.001 is 0.1 %)."""
    requests_per_second: float
    """Expected traffic of the model in a quiet hour; it sizes the alarms' periods."""
    tags: NotRequired[dict[str, str]]
    """Tags of every alarm."""


class EndpointAlarms(Component):
    """Alarms on P99, errors and health, per slot and for the model; no release changes any of them."""

    alarm_names: list[pulumi.Output[str]]
    health_alarm_names: dict[str, pulumi.Output[str]]
    """Per slot the alarm that says whether it has no healthy replica; nobody is told, DNS follows it."""
    health_alarm_digest: str
    """Changes with the settings of the health alarms: Route 53 keeps a copy of them."""

    def __init__(
        self, name: str, args: EndpointAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"EndpointAlarms '{name}'"
        check_keys(args, EndpointAlarmsArgs, where)
        groups = args["target_group_arn_suffixes"]
        if set(groups) != set(SLOTS):
            raise InferplaneError(
                f"target groups of {', '.join(sorted(groups)) or 'no slot'}",
                where=f"{where}.target_group_arn_suffixes",
                allowed=f"one for each of {' and '.join(SLOTS)}",
            )
        definitions = endpoint_alarms(
            ttft_p99_seconds=args["ttft_p99_seconds"],
            error_rate=args["error_rate"],
            requests_per_second=args["requests_per_second"],
            where=f"{where}.",
        )
        super().__init__(name, opts)
        alarms = declare_alarms(
            self,
            definitions,
            topic_arn=args["topic_arn"],
            load_balancer=args["load_balancer_arn_suffix"],
            target_groups=groups,
            tags={**args.get("tags", {}), "inferplane:model": args["model"]},
        )
        self.alarm_names = [alarm.name for alarm in alarms.values()]
        self.health_alarm_names = {slot: alarms[f"{slot}-empty"].name for slot in SLOTS}
        self.health_alarm_digest = health_digest()
        self.register_outputs(
            {
                "alarm_names": self.alarm_names,
                "health_alarm_names": self.health_alarm_names,
                "health_alarm_digest": self.health_alarm_digest,
            }
        )
