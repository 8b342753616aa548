"""Divides a VPC's address range into subnets. Pure.

The layout is fixed by the zone's letter, not by its place in a list, so that adding, removing or reordering
zones never moves another zone's subnets (a subnet whose range changes is replaced, and with it every node
in it):

    eighths 0..6   private subnet of zone a..g   (/19 of a /16: 8187 usable addresses)
    eighth  7      divided again by eight: public subnet of zone a..g  (/22 of a /16)

Private subnets are large because with the VPC CNI every pod has an address of its own there.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inferplane.errors import InferplaneError

__all__ = ["LARGEST", "SMALLEST", "ZoneSubnets", "plan_subnets", "region_of"]

LARGEST = 16
"""Shortest prefix of a VPC range that AWS accepts ("VPC CIDR blocks", Amazon VPC user guide)."""
SMALLEST = 20
"""Longest prefix accepted here: its private subnets are /23 and hold 507 nodes and pods each."""

# "us-east-1a", "ap-southeast-2c"; local zones ("us-west-2-lax-1a") and wavelength zones offer no H100s.
_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)([a-g])")

# The ranges that are meant for private networks: RFC 1918, and RFC 6598 (100.64.0.0/10), which the VPC CNI
# supports.
_PRIVATE = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


@dataclass(frozen=True)
class ZoneSubnets:
    """The two subnets of one availability zone, as CIDR blocks."""

    zone: str
    private: str
    public: str


def region_of(zones: Sequence[str], where: str) -> str:
    """Return the region that all `zones` lie in; InferplaneError for an odd, repeated or foreign zone."""
    if not zones:
        raise InferplaneError("no availability zone is given", where=where, fix="name two or three zones")
    regions = set()
    for zone in zones:
        match = _ZONE.fullmatch(zone)
        if match is None:
            raise InferplaneError(
                f"'{zone}' is not an availability zone",
                where=where,
                allowed="a region's name and a letter a to g, e.g. us-east-1a",
            )
        regions.add(match[1])
    if len(set(zones)) != len(zones):
        raise InferplaneError("a zone is named twice", where=where, fix="name each zone once")
    if len(regions) > 1:
        raise InferplaneError(
            f"the zones lie in several regions: {', '.join(sorted(regions))}",
            where=where,
            fix="declare one network per region",
        )
    return regions.pop()


def plan_subnets(cidr: str, zones: Sequence[str], where: str) -> tuple[ZoneSubnets, ...]:
    """Return the subnets of each of `zones` in the VPC range `cidr`, in the order of `zones`.

    Raises InferplaneError where the range is not a private network of /16 to /20.
    """
    region_of(zones, f"{where}.zones")
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        raise InferplaneError(
            f"'{cidr}' is not an IPv4 network: {error}", where=f"{where}.cidr", allowed="e.g. 10.0.0.0/16"
        ) from None
    if not LARGEST <= network.prefixlen <= SMALLEST:
        raise InferplaneError(
            f"/{network.prefixlen} is not a usable size",
            where=f"{where}.cidr",
            allowed=f"/{LARGEST} to /{SMALLEST}",
        )
    if not any(network.subnet_of(block) for block in _PRIVATE):
        raise InferplaneError(
            f"{cidr} is not a private range",
            where=f"{where}.cidr",
            allowed="inside " + ", ".join(str(block) for block in _PRIVATE),
        )
    *private, last = network.subnets(prefixlen_diff=3)
    public = list(last.subnets(prefixlen_diff=3))
    indices = [ord(zone[-1]) - ord("a") for zone in zones]
    return tuple(
        ZoneSubnets(zone, str(private[index]), str(public[index]))
        for zone, index in zip(zones, indices, strict=True)
    )
