"""Hosted zones: made in this sandbox, named in `world.json`, or existing because they were asked for."""

from __future__ import annotations

from typing import Any, Final

from ...cloud import Identity
from ...tokens import Tokens
from ..regions import balancer_zone
from ..rules.operations import ZONE
from .call import Call, Function, NotFoundError


def zone(call: Call) -> dict[str, Any]:
    """A zone by name or id. A public zone of any name exists: a domain can not be had by a program."""
    wanted_id, name = call.get("zoneId", ""), call.get("name", "").rstrip(".")
    private = bool(call.get("privateZone", False))
    for each in call.cloud.resources(type=ZONE):
        matches = each.id == wanted_id if wanted_id else str(each.outputs.get("name", "")).rstrip(".") == name
        if matches and bool(each.inputs.get("vpcs")) == private:
            servers = each.outputs.get("nameServers", [])
            return _answer(call, each.id, str(each.outputs["name"]), private, servers)
    if not wanted_id and private:
        raise NotFoundError(f"no private hosted zone {name!r} exists in this sandbox")
    if wanted_id:
        name = next((each for each, id_ in call.world.hosted_zones.items() if id_ == wanted_id), "")
        if not name:
            raise NotFoundError(f"no hosted zone {wanted_id!r} exists in this sandbox")
    id_ = call.world.hosted_zones.get(name) or f"Z{_tokens(call, name).base36(20, 'zone')}"
    call.cloud.add_outside(Identity(id_, ZONE))
    servers = [
        f"ns-{_tokens(call, name).number(2048, end)}.awsdns-00.{end}"
        for end in ("com", "net", "org", "co.uk")
    ]
    return _answer(call, id_, name, private, servers)


def _tokens(call: Call, name: str) -> Tokens:
    return Tokens(f"zone|{call.world.account}|{name}")  # the same in every region


def _answer(call: Call, id_: str, name: str, private: bool, servers: list[str]) -> dict[str, Any]:
    return {
        "arn": f"arn:{call.partition}:route53:::hostedzone/{id_}",
        "callerReference": "",
        "comment": "",
        "id": id_,
        "name": name,
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
        "privateZone": private,
        "resourceRecordSetCount": 2,
        "tags": {},
        "vpcId": "",
        "zoneId": id_,
    }


def balancer_hosted_zone(call: Call) -> dict[str, Any]:
    """The hosted zone of the region's load balancers."""
    kind = call.get("loadBalancerType", "application")
    return {"id": balancer_zone(call.region, kind), "loadBalancerType": kind, "region": call.region}


FUNCTIONS: Final[dict[str, Function]] = {
    "aws:route53/getZone:getZone": zone,
    "aws:lb/getHostedZoneId:getHostedZoneId": balancer_hosted_zone,
}
