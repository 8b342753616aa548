"""Checks across the fields of a region's network. Pure."""

from collections.abc import Callable, Iterator
from typing import Final

from inferplane.spec.defaults import region_zones
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.region import RegionSpec

__all__ = ["FEWEST_ZONES", "NETWORK_CHECKS"]

# EKS and application load balancers need subnets in two zones (EKS user guide, "Networking requirements for
# VPC and subnets"; ELB user guide, "Subnets for your load balancer").
FEWEST_ZONES = 2
"""Fewest availability zones of a region."""


def _network(name: str, region: RegionSpec) -> Iterator[Mistake]:
    network = region.network
    existing = network.existing
    if existing is None:
        return
    path: Path = ("regions", name, "network")
    if "cidr" in network.model_fields_set and network.cidr != existing.cidr:
        yield Mistake(
            (*path, "cidr"),
            "is the address range of a new network, but an existing one is named",
            allowed="cidr or existing",
            fix="remove network.cidr; the existing network has its own",
        )


def _subnets(name: str, region: RegionSpec) -> Iterator[Mistake]:
    existing = region.network.existing
    if existing is None:
        return
    path: Path = ("regions", name, "network", "existing")
    zones = region_zones(name, region)
    if tuple(existing.private_subnets) == zones and len(zones) < FEWEST_ZONES:
        yield Mistake(
            (*path, "private_subnets"),
            "has one subnet",
            allowed="private subnets in two zones or more: the cluster and the load balancers need two",
            fix="add the subnet of another zone",
        )
        return
    for zone in zones:
        if zone not in existing.private_subnets:
            yield Mistake(
                (*path, "private_subnets"),
                f"has no subnet in {zone}",
                allowed="one private subnet for each of the region's zones",
                fix=f"add {zone}: subnet-..., or take {zone} out of `zones`",
            )
    for key in ("private_subnets", "public_subnets"):
        for zone in getattr(existing, key):
            if zone not in zones:
                yield Mistake(
                    (*path, key, zone),
                    "is not a zone of the region",
                    allowed=", ".join(zones),
                    fix="add it to the region's `zones` or remove it",
                )


def _public_subnets(name: str, region: RegionSpec) -> Iterator[Mistake]:
    existing = region.network.existing
    if existing is None or not region.load_balancer.internet_facing:
        return
    if len(existing.public_subnets) < FEWEST_ZONES:
        yield Mistake(
            ("regions", name, "load_balancer", "internet_facing"),
            f"needs public subnets in two zones, the existing network names {len(existing.public_subnets)}",
            allowed="true with network.existing.public_subnets in two zones or more, or false",
            fix="add network.existing.public_subnets, or keep the load balancer internal",
        )


NETWORK_CHECKS: Final[tuple[Callable[[str, RegionSpec], Iterator[Mistake]], ...]] = (
    _network,
    _subnets,
    _public_subnets,
)
"""Each gets the region's name and the region."""
