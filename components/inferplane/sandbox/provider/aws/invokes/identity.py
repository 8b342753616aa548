"""Who and where the caller is: account, partition, region, zones."""

from __future__ import annotations

from typing import Any, Final

from .. import regions
from ..rules.security import ROLE
from .call import Call, Function, NotFoundError


def caller_identity(call: Call) -> dict[str, Any]:
    """An assumed role of the pretend account."""
    account = call.world.account
    return {
        "accountId": account,
        "arn": f"arn:{call.partition}:sts::{account}:assumed-role/sandbox/inferplane",
        "id": account,
        "userId": f"AROA{call.tokens('caller').base32(17, 'user')}:inferplane",
    }


def partition(call: Call) -> dict[str, Any]:
    """The partition and its DNS suffix."""
    suffix = regions.dns_suffix(call.region)
    return {
        "dnsSuffix": suffix,
        "id": call.partition,
        "partition": call.partition,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def region(call: Call) -> dict[str, Any]:
    """The region that the provider speaks to."""
    return {
        "description": call.region,
        "endpoint": f"ec2.{call.region}.{regions.dns_suffix(call.region)}",
        "id": call.region,
        "name": call.region,
        "region": call.region,
    }


def availability_zones(call: Call) -> dict[str, Any]:
    """The region's zones, without those excluded."""
    names = [
        zone
        for zone in regions.zones(call.region)
        if zone not in call.get("excludeNames", [])
        and regions.zone_id(zone) not in call.get("excludeZoneIds", [])
    ]
    return {
        "groupNames": [call.region],
        "id": call.region,
        "names": names,
        "region": call.region,
        "zoneIds": [regions.zone_id(zone) for zone in names],
    }


def role(call: Call) -> dict[str, Any]:
    """A role made in this sandbox."""
    found = call.cloud.of_identity(call.get("name", ""), [ROLE])
    if found is None:
        raise NotFoundError(f"no IAM role {call.get('name')!r} exists in this sandbox")
    keys = (
        "arn",
        "assumeRolePolicy",
        "createDate",
        "description",
        "maxSessionDuration",
        "name",
        "path",
        "uniqueId",
    )
    return {"id": found.id, **{key: found.outputs.get(key) for key in keys}}


def balancer_log_account(call: Call) -> dict[str, Any]:
    """The account from which older regions' balancers write access logs."""
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    accounts = {"us-east-1": "127311923021", "us-west-2": "797873946194", "eu-west-1": "156460612806"}
    account = accounts.get(call.region, "127311923021")
    return {"arn": f"arn:{call.partition}:iam::{account}:root", "id": account, "region": call.region}


FUNCTIONS: Final[dict[str, Function]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
    "aws:iam/getRole:getRole": role,
    "aws:elb/getServiceAccount:getServiceAccount": balancer_log_account,
}
