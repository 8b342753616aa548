"""Networks that exist: made in this sandbox, or named in `world.json`."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from ...cloud import CloudResource, Identity
from ...values import plain
from .. import regions
from .call import Call, Function, NotFoundError

_VPC: Final = "aws:ec2/vpc:Vpc"
_SUBNET: Final = "aws:ec2/subnet:Subnet"


def vpc(call: Call) -> dict[str, Any]:
    """A VPC by id or tags."""
    wanted, tags = call.get("id"), call.get("tags", {})
    for each in call.cloud.resources(type=_VPC):
        if each.region == call.region and (each.id == wanted or (not wanted and _tagged(each, tags))):
            keys = (
                "arn",
                "cidrBlock",
                "enableDnsHostnames",
                "enableDnsSupport",
                "mainRouteTableId",
                "ownerId",
            )
            shared = {key: each.outputs.get(key) for key in keys}
            return {"id": each.id, "region": call.region, "state": "available", "tags": tags, **shared}
    if wanted in call.world.existing:
        return {
            "id": wanted,
            "arn": f"arn:{call.partition}:ec2:{call.region}:{call.world.account}:vpc/{wanted}",
            "cidrBlock": "10.0.0.0/16",
            "enableDnsHostnames": True,
            "enableDnsSupport": True,
            "mainRouteTableId": f"rtb-0{call.tokens(wanted).hex(16, 'main')}",
            "ownerId": call.world.account,
            "region": call.region,
            "state": "available",
            "tags": {},
        }
    raise NotFoundError(f"no VPC {wanted or tags!r} exists in {call.region} of this sandbox")


def subnets(call: Call) -> dict[str, Any]:
    """The ids of a VPC's subnets (filter `vpc-id`), narrowed by tags; three for a VPC of `world.json`."""
    ids = [
        each.id
        for each in call.cloud.resources(type=_SUBNET)
        if each.region == call.region and _matches(each, call) and _tagged(each, call.get("tags", {}))
    ]
    if not ids:
        for vpc_id in _filter(call, "vpc-id"):
            if vpc_id in call.world.existing:
                ids = [
                    f"subnet-0{call.tokens(vpc_id).hex(16, zone)}" for zone in regions.zones(call.region)[:3]
                ]
                for each in ids:
                    call.cloud.add_outside(Identity(each, _SUBNET, call.region))
    return {"id": call.region, "ids": ids, "region": call.region, "tags": call.get("tags", {})}


def subnet(call: Call) -> dict[str, Any]:
    """A subnet by id."""
    wanted = call.get("id", "")
    keys = ("arn", "availabilityZone", "availabilityZoneId", "cidrBlock", "ownerId", "vpcId")
    found = call.cloud.find(_SUBNET, wanted, call.region)
    if found is not None:
        shared = {key: found.outputs.get(key) for key in keys}
        return {"id": wanted, "region": call.region, "state": "available", "tags": {}, **shared}
    if wanted not in call.world.existing and not call.cloud.identities(wanted):
        raise NotFoundError(f"no subnet {wanted!r} exists in {call.region} of this sandbox")
    tokens, zones = call.tokens(wanted), regions.zones(call.region)
    zone = zones[tokens.number(len(zones), "zone")]
    return {
        "id": wanted,
        "arn": f"arn:{call.partition}:ec2:{call.region}:{call.world.account}:subnet/{wanted}",
        "availabilityZone": zone,
        "availabilityZoneId": regions.zone_id(zone),
        "cidrBlock": str(ipaddress.ip_network((167772160 + (tokens.number(256, "block") << 8), 24))),
        "ownerId": call.world.account,
        "region": call.region,
        "state": "available",
        "tags": {},
        "vpcId": "",
    }


def managed_prefix_list(call: Call) -> dict[str, Any]:
    """A prefix list of AWS's own (`com.amazonaws.<region>.s3`), which exists from then on."""
    name = call.get("name") or next(
        iter(_filter(call, "prefix-list-name")), f"com.amazonaws.{call.region}.s3"
    )
    id_ = call.get("id") or f"pl-{call.tokens(name).hex(8, 'id')}"
    call.cloud.add_outside(Identity(id_, "aws:ec2/managedPrefixList:ManagedPrefixList", call.region))
    return {
        "addressFamily": "IPv4",
        "arn": f"arn:{call.partition}:ec2:{call.region}:aws:prefix-list/{id_}",
        "entries": [],
        "id": id_,
        "maxEntries": 0,
        "name": name,
        "ownerId": "AWS",
        "region": call.region,
        "tags": {},
        "version": 1,
    }


def ami(call: Call) -> dict[str, Any]:
    """An image for a search; the same search always finds the same one."""
    search = repr(sorted((key, str(value)) for key, value in plain(dict(call.arguments)).items()))
    id_ = f"ami-0{call.tokens(search).hex(16, 'ami')}"
    return {
        "architecture": next(iter(_filter(call, "architecture")), "x86_64"),
        "arn": f"arn:{call.partition}:ec2:{call.region}::image/{id_}",
        "id": id_,
        "imageId": id_,
        "name": call.get("nameRegex") or next(iter(_filter(call, "name")), "image"),
        "owners": call.get("owners", []),
        "region": call.region,
        "rootDeviceName": "/dev/xvda",
        "state": "available",
        "tags": {},
    }


def instance_type_offerings(call: Call) -> dict[str, Any]:
    """Every type that is asked for is offered, in every zone."""
    types = _filter(call, "instance-type")
    places = regions.zones(call.region) if call.get("locationType") == "availability-zone" else [call.region]
    pairs = [(kind, place) for kind in types for place in places]
    return {
        "id": call.region,
        "instanceTypes": [kind for kind, _ in pairs],
        "locations": [place for _, place in pairs],
        "locationType": call.get("locationType", "region"),
        "locationTypes": [call.get("locationType", "region")] * len(pairs),
        "region": call.region,
    }


def _filter(call: Call, name: str) -> list[str]:
    return [
        value
        for each in call.get("filters", [])
        if each.get("name") == name
        for value in each.get("values", [])
    ]


def _matches(subnet_: CloudResource, call: Call) -> bool:
    """Whether a subnet passes the filters by VPC, zone and tag."""
    for each in call.get("filters", []):
        name, values = each.get("name", ""), each.get("values", [])
        if name == "vpc-id" and subnet_.outputs.get("vpcId") not in values:
            return False
        if name == "availability-zone" and subnet_.outputs.get("availabilityZone") not in values:
            return False
        if name.startswith("tag:") and _tags(subnet_).get(name.removeprefix("tag:")) not in values:
            return False
    return True


def _tags(resource: CloudResource) -> dict[str, str]:
    return plain(resource.outputs.get("tagsAll")) or {}


def _tagged(resource: CloudResource, tags: dict[str, str]) -> bool:
    return tags.items() <= _tags(resource).items()


FUNCTIONS: Final[dict[str, Function]] = {
    "aws:ec2/getVpc:getVpc": vpc,
    "aws:ec2/getSubnets:getSubnets": subnets,
    "aws:ec2/getSubnet:getSubnet": subnet,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": managed_prefix_list,
    "aws:ec2/getAmi:getAmi": ami,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": instance_type_offerings,
}
