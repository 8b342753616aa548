"""Where names are declared: a private zone of one's own, or an existing public one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["ZoneChoice", "choose_zone", "declare_zone"]

_DOMAIN = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


@dataclass(frozen=True)
class ZoneChoice:
    """A private zone `domain` (`public_zone` empty), or the public zone that holds `domain`."""

    domain: str
    public_zone: str


def choose_zone(
    domain: str, *, private: bool, zone_name: str | None, has_vpcs: bool, where: str
) -> ZoneChoice:
    """Return the choice. Raises InferplaneError where the arguments contradict each other."""
    if not _DOMAIN.fullmatch(domain):
        raise InferplaneError(
            f"'{domain}' is not a domain", where=f"{where}.domain", allowed="a lower-case DNS name"
        )
    if private:
        if zone_name is not None:
            raise InferplaneError(
                "zone_name names a public zone, but private is true",
                where=f"{where}.zone_name",
                fix="leave zone_name out, or set private to false",
            )
        if not has_vpcs:
            raise InferplaneError(
                "a private zone needs the VPCs that may resolve its names", where=where, fix="give them"
            )
        return ZoneChoice(domain, "")
    if zone_name is None:
        raise InferplaneError(
            "public names need the hosted zone that holds them",
            where=f"{where}.zone_name",
            fix=f"name the public hosted zone that holds '{domain}', or set private to true",
        )
    if not f".{domain}".endswith(f".{zone_name}"):
        raise InferplaneError(
            f"'{domain}' is not in the zone '{zone_name}'", where=f"{where}.zone_name", fix="name its parent"
        )
    return ZoneChoice(domain, zone_name)


def declare_zone(
    component: Component,
    choice: ZoneChoice,
    *,
    vpcs: Sequence[tuple[str | None, pulumi.Input[str]]],
    tags: Mapping[str, str],
) -> pulumi.Output[str]:
    """Return the zone's id; a private zone is declared as a child, with `vpcs` attached.

    `vpcs` are pairs of region (None: the provider's) and id.
    """
    if choice.public_zone:
        return aws.route53.get_zone_output(
            name=choice.public_zone, private_zone=False, opts=pulumi.InvokeOptions(parent=component)
        ).zone_id
    zone = aws.route53.Zone(
        f"{component.name}-zone",
        name=choice.domain,
        comment="Names of models",
        vpcs=[aws.route53.ZoneVpcArgs(vpc_id=vpc_id, vpc_region=region) for region, vpc_id in vpcs],
        tags={**tags, "Name": choice.domain},
        opts=component.child(),
    )
    return zone.zone_id
