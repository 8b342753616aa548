"""Rules of what watches, tells and names: CloudWatch, SNS, SQS, SSM, Route 53, Prometheus, Lambda."""

from __future__ import annotations

from typing import Any, Final

from ..draft import Draft, Fields, Rule
from .eks import CREATED_AT

PARAMETER: Final = "aws:ssm/parameter:Parameter"
ZONE: Final = "aws:route53/zone:Zone"


def name_servers(draft: Draft, _: Fields) -> list[str]:
    """The four name servers of a hosted zone, one in each of Route 53's top-level domains."""
    endings = ("com", "net", "org", "co.uk")
    return [
        f"ns-{draft.tokens.number(2048, f'server{index}')}.awsdns-{index:02d}.{ending}"
        for index, ending in enumerate(endings)
    ]


def _parameter_arn(draft: Draft, _: Fields) -> str:
    # The slash after "parameter" is the one that begins a path, or is added before a plain name.
    return f"arn:{draft.partition}:ssm:{draft.region}:{draft.account}:parameter/{draft.name.lstrip('/')}"


def _fqdn(draft: Draft, _: Fields) -> str:
    zone = draft.referred(draft.inputs.get("zoneId"), ZONE)
    domain = str(zone.outputs.get("name", "")) if zone else ""
    name = str(draft.inputs.get("name", "")).rstrip(".")
    if not domain or name == domain or name.endswith(f".{domain}"):
        return name
    return f"{name}.{domain}" if name else domain


def _record_id(draft: Draft, _: Fields) -> str:
    parts = [draft.inputs.get(key) for key in ("zoneId", "name", "type", "setIdentifier")]
    return "_".join(str(part) for part in parts if part)


def _subscription_arn(draft: Draft, _: Fields) -> str:
    return f"{draft.inputs.get('topic', '')}:{draft.tokens.uuid('arn')}"


def _insecure_value(draft: Draft, _: Fields) -> Any:
    return "" if draft.inputs.get("type") == "SecureString" else draft.inputs.get("value", "")


def _alarm(name: str) -> Rule:
    return Rule(id=name, arn=f"arn:{{partition}}:cloudwatch:{{region}}:{{account}}:alarm:{name}")


RULES: Final = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm("{name}"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _alarm("{given[alarmName]}"),
    "aws:cloudwatch/dashboard:Dashboard": Rule(
        id="{given[dashboardName]}",
        outputs={"dashboardArn": "arn:{partition}:cloudwatch::{account}:dashboard/{given[dashboardName]}"},
    ),
    "aws:cloudwatch/logGroup:LogGroup": Rule(
        id="{name}",
        arn="arn:{partition}:logs:{region}:{account}:log-group:{name}",
        outputs={"logGroupClass": "STANDARD"},
    ),
    "aws:cloudwatch/eventRule:EventRule": Rule(
        id="{name}", arn="arn:{partition}:events:{region}:{account}:rule/{name}"
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Rule(
        id="{given[rule]}-{targetId}", outputs={"targetId": "target-{hex:16}"}
    ),
    "aws:sns/topic:Topic": Rule(
        id="{arn}", arn="arn:{partition}:sns:{region}:{account}:{name}", outputs={"owner": "{account}"}
    ),
    "aws:sns/topicPolicy:TopicPolicy": Rule(id="{given[arn]}", outputs={"owner": "{account}"}),
    "aws:sns/topicSubscription:TopicSubscription": Rule(
        id="{arn}",
        arn=_subscription_arn,
        outputs={"ownerId": "{account}", "confirmationWasAuthenticated": lambda *_: True},
    ),
    "aws:sqs/queue:Queue": Rule(
        id="{url}",
        arn="arn:{partition}:sqs:{region}:{account}:{name}",
        outputs={"url": "https://sqs.{region}.{suffix}/{account}/{name}"},
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Rule(id="{given[queueUrl]}"),
    PARAMETER: Rule(
        id="{name}",
        arn=_parameter_arn,
        outputs={
            "version": lambda draft, _: draft.counter("version"),
            "dataType": "text",
            "tier": "Standard",
            "insecureValue": _insecure_value,
        },
    ),
    ZONE: Rule(
        id="Z{base36:20}",
        arn="arn:{partition}:route53:::hostedzone/{id}",
        outputs={
            "zoneId": "{id}",
            "nameServers": name_servers,
            "primaryNameServer": lambda draft, fields: name_servers(draft, fields)[0],
            "comment": "Managed by Pulumi",
        },
    ),
    "aws:route53/record:Record": Rule(id=_record_id, outputs={"fqdn": _fqdn}),
    "aws:route53/healthCheck:HealthCheck": Rule(
        id="{uuid}", arn="arn:{partition}:route53:::healthcheck/{id}"
    ),
    "aws:budgets/budget:Budget": Rule(
        id="{account}:{name}",
        arn="arn:{partition}:budgets::{account}:budget/{name}",
        outputs={"accountId": "{account}", "timePeriodStart": CREATED_AT},
    ),
    "aws:amp/workspace:Workspace": Rule(
        id="ws-{uuid}",
        arn="arn:{partition}:aps:{region}:{account}:workspace/{id}",
        outputs={"prometheusEndpoint": "https://aps-workspaces.{region}.{suffix}/workspaces/{id}/"},
    ),
    "aws:lambda/function:Function": Rule(
        id="{name}",
        arn="arn:{partition}:lambda:{region}:{account}:function:{name}",
        outputs={"version": "$LATEST", "qualifiedArn": "{arn}:$LATEST", "lastModified": CREATED_AT},
    ),
}
