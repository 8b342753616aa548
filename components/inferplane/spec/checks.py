"""Checks across fields: each looks at one pool, region, model or the fleet; all are run. Pure.

A check reads attributes only. When a field that it reads is itself wrong, reading it raises `Unknown` (see
salvage.py) and the check says nothing: that field has its own message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import ValidationError

from inferplane.spec.checks_model import MODEL_CHECKS
from inferplane.spec.checks_pool import POOL_CHECKS
from inferplane.spec.checks_region import REGION_CHECKS
from inferplane.spec.checks_schedule import SCHEDULE_CHECKS
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.salvage import Unknown

if TYPE_CHECKING:
    from inferplane.spec.fleet import FleetSpec
    from inferplane.spec.model import ModelSpec
    from inferplane.spec.region import RegionSpec
    from inferplane.spec.schedule import Schedule

__all__ = ["CROSS_CHECKS", "carried_mistakes", "check_fleet"]

CROSS_CHECKS: Final = "inferplane_cross_checks"
"""Pydantic's error type that carries the mistakes of `check_fleet`."""


def check_fleet(fleet: FleetSpec) -> list[Mistake]:
    """Return the mistakes that no single field shows; empty for a fleet that can be planned."""
    found: list[Mistake] = []
    for check in (_domain, _names_of_regions):
        found += _run(check, fleet)
    for name, region in _read(fleet, "regions").items():
        for region_check in REGION_CHECKS:
            found += _run(region_check, name, region)
        for pool_name, pool in _read(region, "gpu_pools").items():
            path: Path = ("regions", name, "gpu_pools", pool_name)
            for pool_check in POOL_CHECKS:
                found += _run(pool_check, path, pool, name, region)
    for name, model in _read(fleet, "models").items():
        for model_check in MODEL_CHECKS:
            found += _run(model_check, name, model, fleet)
        for index, schedule in enumerate(_schedules(model)):
            path = ("models", name, "scaling", "schedules", index)
            for schedule_check in SCHEDULE_CHECKS:
                found += _run(schedule_check, path, schedule, model, fleet)
    return list(dict.fromkeys(found))


def carried_mistakes(error: ValidationError) -> list[Mistake]:
    """Return the mistakes that a failed FleetSpec carries; empty when a field of it failed instead."""
    return [
        mistake
        for detail in error.errors(include_url=False)
        if detail["type"] == CROSS_CHECKS
        for mistake in detail["ctx"]["mistakes"]
    ]


def _run(check: Callable[..., Iterable[Mistake]], *args: Any) -> list[Mistake]:
    found: list[Mistake] = []
    try:
        for mistake in check(*args):
            found.append(mistake)
    except Unknown:
        pass
    return found


def _read(holder: FleetSpec | RegionSpec, name: str) -> Mapping[str, Any]:
    try:
        return cast("Mapping[str, Any]", getattr(holder, name))
    except Unknown:
        return {}


def _schedules(model: ModelSpec) -> Sequence[Schedule]:
    try:
        return model.scaling.schedules
    except Unknown:
        return ()


def _domain(fleet: FleetSpec) -> Iterator[Mistake]:
    domain, zone = fleet.domain, fleet.hosted_zone
    if domain != zone and not domain.endswith(f".{zone}"):
        yield Mistake(
            ("hosted_zone",),
            f"does not hold the domain {domain}",
            allowed=f"a zone that {domain} ends in, e.g. {domain.partition('.')[2]}",
            fix="name the public Route 53 zone in which the domain's records can be made",
            given=zone,
        )


def _names_of_regions(fleet: FleetSpec) -> Iterator[Mistake]:
    for name in fleet.models:
        if name in fleet.regions:
            yield Mistake(
                ("models", name),
                f"is the name of a region: {name}.{fleet.domain} would be the model's host and the region's "
                "domain",
                allowed="any name that is not a region's",
                fix="rename the model",
            )
