"""Defaults that depend on a name or on another field. Pure; each is idempotent."""

from collections.abc import Iterable
from typing import Final

from inferplane.spec.choices import Cloud, Profile
from inferplane.spec.frozen import FrozenDict
from inferplane.spec.model import ModelSpec, ScalingSpec
from inferplane.spec.region import GpuPoolSpec, RegionSpec

__all__ = ["complete_model", "complete_region", "region_zones", "replica_bounds"]

# Regions whose zones are not a, b and c for every account ("AWS Regions and Availability Zones").
_ODD_ZONES: Final = {"ap-northeast-1": "acd", "ca-central-1": "abd"}


def region_zones(name: str, region: RegionSpec) -> tuple[str, ...]:
    """Return the zones of a region: the given ones, an existing network's, or three by name."""
    if region.zones:
        return region.zones
    if region.network.existing is not None:
        return tuple(region.network.existing.private_subnets)
    separator = "-" if region.cloud == Cloud.GCP else ""
    return tuple(f"{name}{separator}{letter}" for letter in _ODD_ZONES.get(name, "abc"))


def complete_region(name: str, region: RegionSpec) -> RegionSpec:
    """Return the region with its zones, CIDRs and its pools' zones filled in."""
    zones = region_zones(name, region)
    network = region.network
    if network.existing is not None and "cidr" not in network.model_fields_set:
        network = network.model_copy(update={"cidr": network.existing.cidr})
    balancer = region.load_balancer
    if not balancer.client_cidrs:
        balancer = balancer.model_copy(update={"client_cidrs": (network.cidr,)})
    pools = {name: _complete_pool(pool, zones) for name, pool in region.gpu_pools.items()}
    update = {"zones": zones, "network": network, "load_balancer": balancer, "gpu_pools": FrozenDict(pools)}
    return region.model_copy(update=update)


def _complete_pool(pool: GpuPoolSpec, zones: tuple[str, ...]) -> GpuPoolSpec:
    return pool if pool.zones else pool.model_copy(update={"zones": zones})


def complete_model(model: ModelSpec, profile: Profile, regions: Iterable[str]) -> ModelSpec:
    """Return the model with its regions and replicas filled in."""
    update = {"scaling": complete_scaling(model.scaling, profile), "regions": model.regions or tuple(regions)}
    return model.model_copy(update=update)


def complete_scaling(scaling: ScalingSpec, profile: Profile) -> ScalingSpec:
    """Return the scaling with the profile's replicas where none are given."""
    fewest, most = replica_bounds(scaling, profile)
    # Only what differs is set: model_fields_set goes on saying what the file gives.
    wanted = {"min_replicas": fewest, "max_replicas": most}
    update = {name: value for name, value in wanted.items() if getattr(scaling, name) != value}
    return scaling.model_copy(update=update) if update else scaling


def replica_bounds(scaling: ScalingSpec, profile: Profile) -> tuple[int, int]:
    """Return fewest and most replicas: the given ones, else one (two in production) and twice that."""
    given = scaling.model_fields_set
    fewest = scaling.min_replicas
    if "min_replicas" not in given and profile == Profile.DEVELOPMENT:
        fewest = 1
    return fewest, scaling.max_replicas if "max_replicas" in given else 2 * fewest
