"""Checks across the fields of one schedule, and of a schedule against its model. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from inferplane.spec.cron import Cron
from inferplane.spec.defaults import replica_bounds
from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.model import ModelSpec
from inferplane.spec.schedule import Schedule

if TYPE_CHECKING:
    from inferplane.spec.fleet import FleetSpec

__all__ = ["SCHEDULE_CHECKS"]


def _floor(path: Path, schedule: Schedule, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    _, most = replica_bounds(model.scaling, fleet.profile)
    if schedule.min_replicas > most:
        yield Mistake(
            (*path, "min_replicas"),
            f"is more than max_replicas ({most})",
            allowed=f"1 to {most}",
            fix="raise scaling.max_replicas or lower it",
            given=str(schedule.min_replicas),
        )


def _window(path: Path, schedule: Schedule, model: ModelSpec, fleet: FleetSpec) -> Iterator[Mistake]:
    start, end = Cron.parse(schedule.start), Cron.parse(schedule.end)
    if start.days != end.days:
        # KEDA compares the next start with the next end: with other days the floor stays on over the days
        # between.
        yield Mistake(
            (*path, "end"),
            "falls on other days than the start",
            allowed=f"the days of the start: {' '.join(schedule.start.split()[2:])}",
            fix=f'write "{" ".join(schedule.end.split()[:2] + schedule.start.split()[2:])}"',
            given=schedule.end,
        )
    elif start.minute_of_day == end.minute_of_day:
        yield Mistake(
            (*path, "end"),
            "is the moment of the start",
            allowed="a later time of day",
            fix="move it",
            given=schedule.end,
        )
    elif start.minute_of_day > end.minute_of_day and not start.every_day:
        # Between Friday's start and Monday's end the next end is always before the next start.
        yield Mistake(
            (*path, "end"),
            "is before the start, so the window would last over the days between",
            allowed="an end later on the same day; a window over midnight needs every day (* * *)",
            fix="write two schedules, one until 23:59 and one from 0:00 of the next days",
            given=schedule.end,
        )


SCHEDULE_CHECKS: Final[tuple[Callable[[Path, Schedule, ModelSpec, FleetSpec], Iterator[Mistake]], ...]] = (
    _floor,
    _window,
)
"""Each gets the path of the schedule, the schedule, its model and the fleet."""
