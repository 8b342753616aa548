"""How one slot is scaled, checked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inferplane.args import check_choice, check_range
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import SLOTS, check_label

__all__ = ["Floor", "ScalingSettings"]


@dataclass(frozen=True)
class Floor:
    """A recurring window with more replicas at least."""

    name: str
    timezone: str
    start: str
    end: str
    min_replicas: int


@dataclass(frozen=True)
class ScalingSettings:
    """Limits, targets and floors of one slot."""

    namespace: str
    environment: str
    model: str
    slot: str
    min_replicas: int
    max_replicas: int
    parked: bool
    queue_per_replica: int
    gpu_utilisation_percent: int
    requests_per_second_per_replica: float | None
    floors: tuple[Floor, ...]
    cold_start_seconds: int

    @classmethod
    def parse(cls, args: Mapping[str, Any], where: str) -> "ScalingSettings":
        """Check the plain values of a SlotAutoscaler's args. Raises InferplaneError naming the property."""
        for key in ("namespace", "environment", "model"):
            check_label(args[key], f"{where}.{key}")
        check_choice(args["slot"], SLOTS, f"{where}.slot")
        low, high = int(args["min_replicas"]), int(args["max_replicas"])
        if low < 1:
            raise InferplaneError(
                f"min_replicas is {low}",
                where=f"{where}.min_replicas",
                allowed="at least 1: the queue is seen by the replicas, so from 0 nothing wakes a slot",
                fix="set parked for a slot that shall have no replicas",
            )
        if high < low:
            raise InferplaneError(
                f"max_replicas {high} is less than min_replicas {low}", where=f"{where}.max_replicas"
            )
        check_range(args["queue_per_replica"], 1, 10_000, f"{where}.queue_per_replica", "requests")
        utilisation = args.get("gpu_utilisation_percent", 70)
        check_range(utilisation, 10, 95, f"{where}.gpu_utilisation_percent", "%")
        check_range(args["cold_start_seconds"], 30, 7200, f"{where}.cold_start_seconds", "s")
        rate = args.get("requests_per_second_per_replica")
        if rate is not None:
            check_range(rate, 0.001, 100_000, f"{where}.requests_per_second_per_replica", "requests/s")
        floors = _floors(args.get("schedules", []), high, f"{where}.schedules")
        return cls(
            namespace=args["namespace"],
            environment=args["environment"],
            model=args["model"],
            slot=args["slot"],
            min_replicas=low,
            max_replicas=high,
            parked=bool(args.get("parked", False)),
            queue_per_replica=int(args["queue_per_replica"]),
            gpu_utilisation_percent=int(utilisation),
            requests_per_second_per_replica=None if rate is None else float(rate),
            floors=floors,
            cold_start_seconds=int(args["cold_start_seconds"]),
        )


def _floors(schedules: Sequence[Mapping[str, Any]], max_replicas: int, where: str) -> tuple[Floor, ...]:
    floors: list[Floor] = []
    for schedule in schedules:
        floor = Floor(
            check_label(schedule["name"], f"{where}.name"),
            str(schedule["timezone"]),
            str(schedule["start"]),
            str(schedule["end"]),
            int(schedule["min_replicas"]),
        )
        place = f"{where}.{floor.name}"
        if any(floor.name == other.name for other in floors):
            raise InferplaneError("two schedules have this name", where=place)
        start, end = floor.start.split(), floor.end.split()
        if len(start) != 5 or len(end) != 5:
            raise InferplaneError(
                f"'{floor.start}' and '{floor.end}' need five fields each",
                where=place,
                allowed="cron: minute hour day-of-month month day-of-week",
            )
        # KEDA compares the next start with the next end: with other days the floor stays on after the window.
        if start[2:] != end[2:]:
            raise InferplaneError(
                f"start runs on days '{' '.join(start[2:])}', end on '{' '.join(end[2:])}'",
                where=place,
                allowed="the same days, months and weekdays for both",
                fix="write a window over midnight as two schedules",
            )
        if not 1 <= floor.min_replicas <= max_replicas:
            raise InferplaneError(
                f"min_replicas is {floor.min_replicas}",
                where=place,
                allowed=f"1 to max_replicas ({max_replicas})",
            )
        floors.append(floor)
    return tuple(floors)
