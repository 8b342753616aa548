"""DNS names of models over all regions, with a health check per model and region."""

import re
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane.args import check_keys
from inferplane.aws.hosted_zone import ZoneChoice, choose_zone, declare_zone
from inferplane.aws.listener_rules import SLOTS
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["GlobalNames", "GlobalNamesArgs", "RegionalEndpointArgs"]

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class RegionalEndpointArgs(TypedDict):
    """Where one region serves a model, and how its health is known."""

    region: str
    """Region of the balancer and of the health alarms."""
    dns_name: pulumi.Input[str]
    """`dns_name` of the region's load balancer."""
    zone_id: pulumi.Input[str]
    """`zone_id` of the region's load balancer."""
    health_alarm_names: dict[str, pulumi.Input[str]]
    """Names of the health alarms of "blue" and "green" (EndpointAlarms)."""
    health_alarm_digest: NotRequired[pulumi.Input[str]]
    """Digest of their settings (EndpointAlarms): when it changes, Route 53 copies them anew."""


class GlobalNamesArgs(TypedDict):
    """Which models there are, and who resolves their names."""

    domain: str
    """Domain of the names: a model answers to <model>.<domain>."""
    endpoints: dict[str, list[RegionalEndpointArgs]]
    """Regions of each model."""
    private: NotRequired[bool]
    """Whether the names are in a private zone of their own. Default: true. Clients then need a path to
    the other regions' VPCs, or a failover leads them nowhere."""
    vpcs: NotRequired[dict[str, pulumi.Input[str]]]
    """VPC ids by region that resolve the private names; one of every region that serves."""
    zone_name: NotRequired[str]
    """Public hosted zone that holds `domain`; required when not private."""
    tags: NotRequired[dict[str, str]]
    """Tags of every taggable resource."""


class GlobalNames(Component):
    """One name per model: the nearest region that has a healthy replica answers.

    Health follows CloudWatch alarms, because Route 53 can not probe an internal balancer. A region is healthy
    for a model while either slot has a healthy replica, whatever the weights are, so that no release touches
    a name. If one slot of a release fails alone, the region stays: the other slot is there, and moving
    weights is faster than DNS. When all regions of a model are unhealthy, Route 53 answers as if all were
    healthy.
    """

    names: dict[str, str]
    """Host name of each model."""
    zone_id: pulumi.Output[str]
    health_check_ids: dict[str, dict[str, pulumi.Output[str]]]
    """By model and region."""

    def __init__(self, name: str, args: GlobalNamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        choice = _parse(name, args)
        super().__init__(name, opts)
        self._tags = args.get("tags", {})
        self.zone_id = declare_zone(self, choice, vpcs=sorted(args.get("vpcs", {}).items()), tags=self._tags)
        self.names = {model: f"{model}.{choice.domain}" for model in args["endpoints"]}
        self.health_check_ids = {}
        for model, endpoints in args["endpoints"].items():
            self.health_check_ids[model] = {
                endpoint["region"]: self._endpoint(model, endpoint) for endpoint in endpoints
            }
        self.register_outputs(
            {"names": self.names, "zone_id": self.zone_id, "health_check_ids": self.health_check_ids}
        )

    def _endpoint(self, model: str, endpoint: RegionalEndpointArgs) -> pulumi.Output[str]:
        region = endpoint["region"]
        health = self._health_check(model, endpoint)
        aws.route53.Record(
            f"{self.name}-{model}-{region}",
            zone_id=self.zone_id,
            name=self.names[model],
            type="A",
            set_identifier=region,
            latency_routing_policies=[{"region": region}],
            health_check_id=health.id,
            aliases=[
                {
                    "name": endpoint["dns_name"],
                    "zone_id": endpoint["zone_id"],
                    # It counts an empty target group as unhealthy, which an idle slot's always is.
                    "evaluate_target_health": False,
                }
            ],
            opts=self.child(),
        )
        return health.id

    def _health_check(self, model: str, endpoint: RegionalEndpointArgs) -> aws.route53.HealthCheck:
        region = endpoint["region"]
        prefix = f"{self.name}-{model}-{region}"
        tags = {**self._tags, "inferplane:model": model, "inferplane:region": region}
        slots = []
        for slot in SLOTS:
            digest = endpoint.get("health_alarm_digest")
            slots.append(
                aws.route53.HealthCheck(
                    f"{prefix}-{slot}",
                    type="CLOUDWATCH_METRIC",
                    cloudwatch_alarm_name=endpoint["health_alarm_names"][slot],
                    cloudwatch_alarm_region=region,
                    # An idle slot's empty target group reports nothing: were that healthy, no region ever
                    # failed.
                    insufficient_data_health_status="Unhealthy",
                    triggers=None if digest is None else {"alarm": digest},
                    tags={**tags, "Name": f"{prefix}-{slot}", "inferplane:slot": slot},
                    opts=self.child(),
                )
            )
        # Route 53 follows no alarm with metric math, so "either slot" can not be one alarm.
        return aws.route53.HealthCheck(
            f"{prefix}-either",
            type="CALCULATED",
            child_healthchecks=[slot.id for slot in slots],
            child_health_threshold=1,
            tags={**tags, "Name": prefix},
            opts=self.child(),
        )


def _parse(name: str, args: GlobalNamesArgs) -> ZoneChoice:
    where = f"GlobalNames '{name}'"
    check_keys(args, GlobalNamesArgs, where)
    private = args.get("private", True)
    vpcs = args.get("vpcs", {})
    choice = choose_zone(
        args["domain"], private=private, zone_name=args.get("zone_name"), has_vpcs=bool(vpcs), where=where
    )
    if not args["endpoints"]:
        raise InferplaneError("no model", where=f"{where}.endpoints", allowed="at least one")
    for model, endpoints in args["endpoints"].items():
        here = f"{where}.endpoints.{model}"
        if not _LABEL.fullmatch(model):
            raise InferplaneError(
                f"model '{model}' can not be a host name",
                where=f"{where}.endpoints",
                allowed="lower-case letters, digits and hyphens, at most 63 characters",
            )
        if not endpoints:
            raise InferplaneError("no region", where=here, allowed="at least one")
        seen: set[str] = set()
        for endpoint in endpoints:
            check_keys(endpoint, RegionalEndpointArgs, here)
            region = endpoint["region"]
            if not _REGION.fullmatch(region) or region in seen:
                raise InferplaneError(
                    f"region '{region}' is {'given twice' if region in seen else 'not a region'}", where=here
                )
            seen.add(region)
            if set(endpoint["health_alarm_names"]) != set(SLOTS):
                raise InferplaneError(
                    f"health alarms of {', '.join(sorted(endpoint['health_alarm_names'])) or 'no slot'}",
                    where=f"{here}.health_alarm_names",
                    allowed=f"one for each of {' and '.join(SLOTS)}",
                )
            if private and region not in vpcs:
                raise InferplaneError(
                    f"region '{region}' serves '{model}', but its VPC would not resolve the name",
                    where=f"{where}.vpcs",
                    fix=f"add the VPC of {region}",
                )
    return choice
