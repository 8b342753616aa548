"""Rules of Elastic Load Balancing: balancers, listeners, rules, target groups.

ARN shapes: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
"""

from __future__ import annotations

from typing import Final

from ..draft import Draft, Fields, Rule
from ..regions import balancer_zone

TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"
LISTENER: Final = "aws:lb/listener:Listener"
LISTENER_RULE: Final = "aws:lb/listenerRule:ListenerRule"
_LETTERS: Final = {"application": "app", "network": "net", "gateway": "gwy"}


def _kind(draft: Draft) -> str:
    return str(draft.inputs.get("loadBalancerType") or "application")


def _balancer_arn(draft: Draft, fields: Fields) -> str:
    path = f"loadbalancer/{_LETTERS[_kind(draft)]}/{draft.name}/{draft.tokens.hex(16, 'arn')}"
    return f"arn:{draft.partition}:elasticloadbalancing:{draft.region}:{draft.account}:{path}"


def _dns_name(draft: Draft, fields: Fields) -> str:
    number = draft.tokens.digits(10, "dnsName")
    suffix = fields["suffix"]
    if _kind(draft) == "network":
        return f"{draft.name}-{draft.tokens.hex(16, 'arn')}.elb.{draft.region}.{suffix}"
    prefix = "internal-" if draft.inputs.get("internal") else ""
    return f"{prefix}{draft.name}-{number}.{draft.region}.elb.{suffix}"


def _vpc(draft: Draft, _: Fields) -> str:
    subnets = list(draft.inputs.get("subnets") or [])
    subnets += [mapping.get("subnetId") for mapping in draft.inputs.get("subnetMappings") or []]
    found = draft.referred(subnets[0]) if subnets else None
    return str(found.outputs.get("vpcId", "")) if found else ""


def _listener_arn(draft: Draft, _: Fields) -> str:
    balancer = str(draft.inputs.get("loadBalancerArn", ""))
    return f"{balancer.replace(':loadbalancer/', ':listener/')}/{draft.tokens.hex(16, 'arn')}"


def _rule_arn(draft: Draft, _: Fields) -> str:
    listener = str(draft.inputs.get("listenerArn", ""))
    return f"{listener.replace(':listener/', ':listener-rule/')}/{draft.tokens.hex(16, 'arn')}"


def _priority(draft: Draft, _: Fields) -> int:
    """Without a priority the provider takes the next free one of the listener."""
    if draft.previous and not draft.inputs.get("priority"):
        return int(draft.previous.outputs.get("priority", 1))
    taken = [
        int(each.outputs.get("priority") or 0)
        for each in draft.cloud.resources(type=LISTENER_RULE)
        if each.inputs.get("listenerArn") == draft.inputs.get("listenerArn")
    ]
    return max(taken, default=0) + 1


RULES: Final = {
    "aws:lb/loadBalancer:LoadBalancer": Rule(
        id="{arn}",
        arn=_balancer_arn,
        outputs={
            "arnSuffix": lambda _, fields: fields["arn"].split(":loadbalancer/", 1)[1],
            "dnsName": _dns_name,
            "zoneId": lambda draft, _: balancer_zone(draft.region, _kind(draft)),
            "vpcId": _vpc,
            "ipAddressType": "ipv4",
            "internal": lambda draft, _: bool(draft.inputs.get("internal", False)),
        },
    ),
    TARGET_GROUP: Rule(
        id="{arn}",
        arn="arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex:16}",
        outputs={
            "arnSuffix": lambda _, fields: fields["arn"].rsplit(":", 1)[1],
            "loadBalancerArns": lambda *_: [],
            "loadBalancingAlgorithmType": "round_robin",
            "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
            "loadBalancingAnomalyMitigation": "off",
            "ipAddressType": "ipv4",
            "protocolVersion": lambda draft, _: (
                "HTTP1" if draft.inputs.get("protocol") in {"HTTP", "HTTPS"} else ""
            ),
        },
    ),
    LISTENER: Rule(
        id="{arn}",
        arn=_listener_arn,
        outputs={
            "sslPolicy": lambda draft, _: (
                "ELBSecurityPolicy-TLS13-1-2-2021-06"
                if draft.inputs.get("protocol") in {"HTTPS", "TLS"}
                else ""
            ),
            "protocol": "HTTP",
        },
    ),
    LISTENER_RULE: Rule(id="{arn}", arn=_rule_arn, outputs={"priority": _priority}),
    "aws:lb/listenerCertificate:ListenerCertificate": Rule(id="{given[listenerArn]}_{given[certificateArn]}"),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": Rule(id="{given[targetGroupArn]}-{digits:16}"),
}
