"""Checks across the fields of one model, and of a model against its regions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from inferplane.spec.choices import Serving
from inferplane.spec.defaults import replica_bounds
from inferplane.spec.duplicates import duplicates
from inferplane.spec.hardware import INSTANCES, Instance
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.model import ModelSpec
from inferplane.spec.region_names import is_region
from inferplane.spec.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from inferplane.spec.fleet import FleetSpec

__all__ = ["MODEL_CHECKS"]


def _regions(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    for index, region in enumerate(model.regions):
        if region not in fleet.regions and not _meant(region, fleet):
            yield Mistake(
                ("models", name, "regions", index),
                "is not a region of the fleet",
                allowed=", ".join(fleet.regions),
                fix=did_you_mean(region, fleet.regions) or "add it to `regions` of the fleet or remove it",
                given=region,
            )
    yield from duplicates(("models", name, "regions"), model.regions, "region")


def _meant(region: str, fleet: FleetSpec) -> bool:
    """Whether the fleet has this region under a misspelt name, which has its own message."""
    misspelt = [name for name, spec in fleet.regions.items() if not is_region(name, spec.cloud)]
    return nearest(region, misspelt) is not None


def _region_without_pools(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    if model.serving == Serving.MANAGED:
        return
    for region in _regions_of(model, fleet):
        if not fleet.regions[region].gpu_pools:
            yield Mistake(
                ("regions", region),
                "has no GPU pool, but dedicated models run there",
                allowed="at least one pool under gpu_pools",
                fix=f"add a pool to {region}, or list other regions in `regions` of its models",
            )


def _regions_of(model: ModelSpec, fleet: FleetSpec) -> list[str]:
    return [region for region in model.regions or fleet.regions if region in fleet.regions]


def _pools(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    regions = _regions_of(model, fleet)
    known = list(dict.fromkeys(pool for region in regions for pool in fleet.regions[region].gpu_pools))
    for index, pool in enumerate(model.pools):
        if known and pool not in known:
            yield Mistake(
                ("models", name, "pools", index),
                "is not a GPU pool of the model's regions",
                allowed=", ".join(known),
                fix=did_you_mean(pool, known) or "add the pool to a region or remove it",
                given=pool,
            )
    yield from duplicates(("models", name, "pools"), model.pools, "pool")
    if not any(pool in known for pool in model.pools):
        return
    for region in regions:
        here = fleet.regions[region].gpu_pools
        if here and not any(pool in here for pool in model.pools):
            yield Mistake(
                ("models", name, "pools"),
                f"names no pool of {region}, where the model runs as well",
                allowed=f"pools of {region}: {', '.join(here)}",
                fix=f"add one, or take {region} out of the model's `regions`",
            )


def _instances(model: ModelSpec, fleet: FleetSpec, region: str) -> dict[str, Instance]:
    pools = fleet.regions[region].gpu_pools
    names = [pool for pool in model.pools if pool in pools] if model.pools else list(pools)
    return {pool: INSTANCES[pools[pool].instance_type] for pool in names}


def _tensor_parallel(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    size = model.tensor_parallel
    if size is None:
        return
    for region in _regions_of(model, fleet):
        instances = _instances(model, fleet, region)
        if instances and all(instance.gpus < size for instance in instances.values()):
            yield Mistake(
                ("models", name, "tensor_parallel"),
                f"needs a node with {size} GPUs, the model's pools in {region} have fewer",
                allowed=", ".join(f"{pool}: {i.name}, {_gpus(i.gpus)}" for pool, i in instances.items()),
                fix="use a pool of a larger instance type, or leave tensor_parallel out: it is planned from "
                "the weights",
                given=str(size),
            )
            return


def _weights(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    for region in _regions_of(model, fleet):
        instances = _instances(model, fleet, region)
        largest = max(instances.values(), key=lambda instance: instance.gpu_memory, default=None)
        if largest is not None and model.weights >= largest.gpu_memory:
            yield Mistake(
                ("models", name, "weights"),
                f"do not fit one node: the largest of its pools in {region} ({largest.name}) has "
                f"{_gpus(largest.gpus)} and {largest.gpu_memory.gib:.0f} GiB of GPU memory",
                allowed=f"less than {largest.gpu_memory.gib:.0f}GiB, and room for the KV cache",
                fix="use a pool of a larger instance type or a quantized checkpoint",
                given=str(model.weights),
            )
            return


def _weights_of_a_gpu(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    size = model.tensor_parallel
    if size is None:
        return
    for region in _regions_of(model, fleet):
        usable = [instance for instance in _instances(model, fleet, region).values() if instance.gpus >= size]
        memory = max((instance.gpu.memory_gib for instance in usable), default=None)
        if (
            memory is not None
            and any(model.weights < i.gpu_memory for i in usable)
            and model.weights.gib >= size * memory
        ):
            yield Mistake(
                ("models", name, "tensor_parallel"),
                f"is too few: {model.weights} of weights do not fit {_gpus(size)} of {memory:.0f} GiB",
                allowed="enough GPUs for the weights and the KV cache",
                fix="raise it, or leave it out: it is planned from the weights",
                given=str(size),
            )
            return


def _gpus(count: int) -> str:
    return f"{count} GPU{'s' if count > 1 else ''}"


def _stable_slot(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    given = "stable_slot" in model.model_fields_set
    slots = [str(slot) for slot in model.slots]
    if not given and len(slots) > 1:
        yield Mistake(
            ("models", name),
            "has two slots and no stable_slot",
            allowed="stable_slot: blue or green",
            fix="name the slot that carries the traffic now",
        )
    elif given and str(model.stable_slot) not in slots:
        yield Mistake(
            ("models", name, "stable_slot"),
            "is a slot that the model does not have",
            allowed=" or ".join(slots),
            fix=f"write {slots[0]}, or add the slot",
            given=str(model.stable_slot),
        )


def _replicas(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    fewest, most = replica_bounds(model.scaling, fleet.profile)
    if fewest > most:
        given = "min_replicas" in model.scaling.model_fields_set
        path: Path = ("models", name, "scaling", "min_replicas" if given else "max_replicas")
        yield Mistake(
            path,
            f"is more than max_replicas ({most})"
            if given
            else f"is less than min_replicas (default {fewest})",
            allowed=f"1 to {most}" if given else f"at least {fewest}",
            fix="raise max_replicas or lower min_replicas",
            given=str(fewest if given else most),
        )


def _schedule_names(name: str, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, schedule in enumerate(model.scaling.schedules):
        if schedule.name in seen:
            yield Mistake(
                ("models", name, "scaling", "schedules", index, "name"),
                "is the name of another schedule of this model",
                allowed="each name once",
                fix="rename one of them",
                given=schedule.name,
            )
        seen.add(schedule.name)


MODEL_CHECKS: Final[tuple[Callable[[str, ModelSpec, FleetSpec], Iterator[Mistake]], ...]] = (
    _regions,
    _region_without_pools,
    _pools,
    _tensor_parallel,
    _weights,
    _weights_of_a_gpu,
    _stable_slot,
    _replicas,
    _schedule_names,
)
