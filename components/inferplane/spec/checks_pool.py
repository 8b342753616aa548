"""Checks across the fields of one GPU pool, and of a pool against its region. Pure."""

from collections.abc import Callable, Iterator
from typing import Final

from inferplane.spec.choices import Purchase
from inferplane.spec.defaults import region_zones
from inferplane.spec.duplicates import duplicates
from inferplane.spec.hardware import INSTANCES
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.region import GpuPoolSpec, RegionSpec
from inferplane.spec.region_names import is_region

__all__ = ["POOL_CHECKS"]


def _cloud(path: Path, pool: GpuPoolSpec, name: str, region: RegionSpec) -> Iterator[Mistake]:
    cloud = region.cloud
    if not is_region(name, cloud):
        return  # the name or the cloud of the region is the mistake
    if INSTANCES[pool.instance_type].cloud != cloud:
        yield Mistake(
            (*path, "instance_type"),
            f"is an instance type of {INSTANCES[pool.instance_type].cloud}, the region is of {cloud}",
            allowed=", ".join(i.name for i in INSTANCES.values() if i.cloud == cloud),
            fix="use one of these",
            given=pool.instance_type,
        )


def _nodes(path: Path, pool: GpuPoolSpec, name: str, region: RegionSpec) -> Iterator[Mistake]:
    if pool.nodes.min > pool.nodes.max:
        yield Mistake(
            (*path, "nodes", "min"),
            f"is more than nodes.max ({pool.nodes.max})",
            allowed=f"0 to {pool.nodes.max}",
            fix="raise max or lower min",
            given=str(pool.nodes.min),
        )


def _zones(path: Path, pool: GpuPoolSpec, name: str, region: RegionSpec) -> Iterator[Mistake]:
    zones = region_zones(name, region)
    if pool.zones == zones:
        return  # the region's own have been checked
    for index, zone in enumerate(pool.zones):
        if zone not in zones:
            yield Mistake(
                (*path, "zones", index),
                f"is not a zone of the region {name} in this file",
                allowed=", ".join(zones),
                fix="add it to the region's `zones` or use one of these",
                given=zone,
            )
    yield from duplicates((*path, "zones"), pool.zones, "zone")


_RESERVED: Final = {
    Purchase.ODCR: "an On-Demand Capacity Reservation",
    Purchase.CAPACITY_BLOCK: "a Capacity Block",
}


def _reservation(path: Path, pool: GpuPoolSpec, name: str, region: RegionSpec) -> Iterator[Mistake]:
    reserved = _RESERVED.get(pool.purchase)
    if reserved and pool.reservation_id is None:
        yield Mistake(
            path,
            f"is bought as {reserved} and has no reservation_id",
            allowed=f"purchase: {pool.purchase} with reservation_id: cr-...",
            fix="add reservation_id",
        )
    if not reserved and pool.reservation_id is not None:
        yield Mistake(
            (*path, "reservation_id"),
            f"is not used with purchase: {pool.purchase}",
            allowed="reservation_id with purchase: odcr or capacity_block",
            fix="set purchase to what the reservation is, or remove reservation_id",
            given=pool.reservation_id,
        )


def _reservation_zone(path: Path, pool: GpuPoolSpec, name: str, region: RegionSpec) -> Iterator[Mistake]:
    reserved = _RESERVED.get(pool.purchase)
    zones = pool.zones or region_zones(name, region)
    if reserved and len(set(zones)) != 1:
        yield Mistake(
            path if zones == region_zones(name, region) else (*path, "zones"),
            f"spans {len(zones)} zones, but {reserved} lies in one",
            allowed="exactly one zone",
            fix=f"write zones: [{zones[0] if zones else name + 'a'}] with the zone of the reservation",
        )


POOL_CHECKS: Final[tuple[Callable[[Path, GpuPoolSpec, str, RegionSpec], Iterator[Mistake]], ...]] = (
    _cloud,
    _nodes,
    _zones,
    _reservation,
    _reservation_zone,
)
"""Each gets the path of the pool, the pool, its region's name and its region."""
