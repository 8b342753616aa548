"""Checks across the fields of one region. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from inferplane.spec.checks_network import FEWEST_ZONES, NETWORK_CHECKS
from inferplane.spec.choices import Cloud
from inferplane.spec.duplicates import duplicates
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.region import RegionSpec
from inferplane.spec.region_names import EXAMPLES, is_region, region_fix

__all__ = ["REGION_CHECKS"]

_MOST_ZONES = 6  # no region has more


def _name(name: str, region: RegionSpec) -> Iterator[Mistake]:
    if not is_region(name, region.cloud):
        yield Mistake(
            ("regions", name),
            f"is not the name of a region of {region.cloud}",
            allowed=f"the code of a region, e.g. {EXAMPLES[region.cloud][0]}",
            fix=region_fix(name, region.cloud),
        )


def _zones(name: str, region: RegionSpec) -> Iterator[Mistake]:
    if not is_region(name, region.cloud):
        return  # the name is the mistake
    zones = region.zones
    path: Path = ("regions", name, "zones")
    separator = "-" if region.cloud == Cloud.GCP else ""
    for index, zone in enumerate(zones):
        if not re.fullmatch(rf"{re.escape(name)}{separator}[a-z]", zone):
            yield Mistake(
                (*path, index),
                f"is not a zone of {name}",
                allowed=f"{name}{separator}a, {name}{separator}b, ...",
                fix=f"write {name}{separator}{zone}"
                if re.fullmatch("[a-z]", zone)
                else "write a zone of this region",
                given=zone,
            )
    yield from duplicates(path, zones, "zone")
    existing = region.network.existing
    if existing is not None and zones == tuple(existing.private_subnets):
        return  # the subnets decide the zones
    if zones and not FEWEST_ZONES <= len(set(zones)) <= _MOST_ZONES:
        yield Mistake(
            path,
            f"has {len(set(zones))} zone{'s' if len(set(zones)) > 1 else ''}",
            allowed=f"{FEWEST_ZONES} to {_MOST_ZONES}: the cluster and the load balancers need two",
            fix="add a zone; to keep GPUs in one zone, set `zones` of the pool",
        )


def _cluster(name: str, region: RegionSpec) -> Iterator[Mistake]:
    cluster = region.cluster
    if cluster.existing is None:
        return
    path: Path = ("regions", name, "cluster")
    for key in sorted(cluster.model_fields_set - {"existing"}):
        if getattr(cluster, key) != type(cluster).model_fields[key].get_default():
            yield Mistake(
                (*path, key),
                "is a setting of a new cluster, but an existing one is named",
                allowed="existing alone, or the settings of a new cluster",
                fix=f"remove {key}, or remove existing",
            )
    if region.network.existing is None:
        yield Mistake(
            (*path, "existing"),
            "lies in no network of this file",
            allowed="an existing cluster with its existing network",
            fix="name the cluster's VPC under network.existing",
        )


def _clients(name: str, region: RegionSpec) -> Iterator[Mistake]:
    balancer, network = region.load_balancer, region.network
    own = network.existing.cidr if network.existing else network.cidr
    if balancer.internet_facing and balancer.client_cidrs in ((), (own,)):
        yield Mistake(
            ("regions", name, "load_balancer"),
            "is internet-facing, but only the region's own network may connect",
            allowed="client_cidrs with the networks of your clients; 0.0.0.0/0 for the whole internet",
            fix="add client_cidrs, or keep the load balancer internal",
        )


def _arns(name: str, region: RegionSpec) -> Iterator[Mistake]:
    if not is_region(name, region.cloud):
        return  # the name is the mistake
    for key in ("certificate_arn", "web_acl_arn"):
        arn = getattr(region.load_balancer, key)
        if arn and arn.split(":")[3] != name:
            yield Mistake(
                ("regions", name, "load_balancer", key),
                f"is of the region {arn.split(':')[3]}",
                allowed=f"an ARN of {name}: a load balancer uses what is in its own region",
                fix=f"write one of {name}"
                + (", or leave it out: one is made" if key == "certificate_arn" else ""),
                given=arn,
            )


REGION_CHECKS: Final[tuple[Callable[[str, RegionSpec], Iterator[Mistake]], ...]] = (
    _name,
    _zones,
    *NETWORK_CHECKS,
    _cluster,
    _clients,
    _arns,
)
"""Each gets the region's name and the region."""
