"""Declares alarm definitions as CloudWatch alarms of a component."""

from collections.abc import Iterable, Mapping

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.component import Component
from inferplane.planning.alarm_definition import AlarmDefinition, Severity, render

__all__ = ["declare_alarms"]


def declare_alarms(
    component: Component,
    definitions: Iterable[AlarmDefinition],
    *,
    topic_arn: pulumi.Input[str],
    load_balancer: pulumi.Input[str],
    target_groups: Mapping[str, pulumi.Input[str]],
    tags: Mapping[str, str],
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Declare one alarm per definition as children of `component`; return them by the definition's key."""
    alarms = {}
    for definition in definitions:
        name = f"{component.name}-{definition.key}"
        # Also told when it is over, so that a pager can close the incident by itself.
        actions = [] if definition.severity is Severity.STATE else [topic_arn]
        slot = {"inferplane:slot": definition.slot} if definition.slot else {}
        alarms[definition.key] = aws.cloudwatch.MetricAlarm(
            name,
            name=naming.fit(name, naming.ALARM),
            alarm_actions=actions,
            ok_actions=actions,
            tags={**tags, "Name": name, "inferplane:severity": str(definition.severity), **slot},
            opts=component.child(),
            **render(definition, load_balancer, target_groups),
        )
    return alarms
