"""Compiles one model of a region into its ModelPlan. Pure."""

import math
from types import MappingProxyType

from inferplane.errors import InferplaneError
from inferplane.planning.plan import ModelPlan, ReplicaPlan, ScalingPlan, SchedulePlan, SlotPlan
from inferplane.planning.replica import plan_replica
from inferplane.spec.model import ModelSpec
from inferplane.spec.release_record import ReleaseRecord

__all__ = ["plan_model"]

SLOTS = ("blue", "green")

# Without a stated rate: one request a second per replica, the order of magnitude of a 70B model at moderate load
# (2 to 3 req/s a GPU at 64 concurrent, AIConfigurator 0.12) at the floor of the day. It only sizes alarm periods.
DEFAULT_REQUESTS_PER_SECOND = 1.0


def plan_model(
    name: str,
    model: ModelSpec,
    *,
    region: str,
    hosts: tuple[str, ...],
    pool_types: dict[str, str],
    balancer: int,
    dollars_per_gpu_hour: float,
    hours_per_month: float,
    record: ReleaseRecord | None,
) -> ModelPlan:
    """Plan one model; `record` is its release record in this region, None for a new model.

    Raises InferplaneError where the spec and the region do not fit, or the record names a slot that the spec lacks.
    """
    where = f"models.{name}"
    if model.serving != "dedicated":
        raise InferplaneError(
            f"serving '{model.serving.value}' can not be deployed yet",
            where=f"{where}.serving",
            allowed="dedicated",
            fix="set it to dedicated or leave it out",
        )
    planned = plan_replica(name, model, pool_types, where)
    why = dict(planned.why)
    stable, candidate, weights, source = _traffic(name, model, record, where)
    why["weights"] = source
    slots = tuple(
        _slot(slot, model, planned.replica, weights[slot], candidate)
        for slot in SLOTS
        if _has_slot(model, slot)
    )
    scaling = _scaling(model)
    rate = model.scaling.requests_per_second_per_replica or DEFAULT_REQUESTS_PER_SECOND
    replica_month = planned.replica.gpus * dollars_per_gpu_hour * hours_per_month
    return ModelPlan(
        model=name,
        region=region,
        hosts=hosts,
        balancer=balancer,
        replica=planned.replica,
        scaling=scaling,
        slots=slots,
        weights=MappingProxyType(weights),
        stable_slot=stable,
        pools=planned.pools,
        ttft_p99_seconds=model.objectives.ttft_p99.seconds,
        error_rate=model.objectives.error_rate.fraction,
        expected_requests_per_second=rate * scaling.min_replicas,
        dollars_per_replica_month=replica_month,
        why=MappingProxyType(why),
    )


def _has_slot(model: ModelSpec, slot: str) -> bool:
    return any(key.value == slot for key in model.slots)


def _traffic(
    name: str, model: ModelSpec, record: ReleaseRecord | None, where: str
) -> tuple[str, str | None, dict[str, int], str]:
    """Stable slot, candidate, weights and their source."""
    if record is None:
        stable = model.stable_slot.value
        return (
            stable,
            None,
            {slot: 100 if slot == stable else 0 for slot in SLOTS},
            "no release record: all traffic to the stable slot",
        )
    weights = {slot.value: weight for slot, weight in record.weights.items()}
    candidate = record.candidate.value if record.candidate else None
    carrying = [slot for slot in SLOTS if weights[slot] > 0 or slot == record.stable.value]
    for slot in carrying:
        if not _has_slot(model, slot):
            raise InferplaneError(
                f"slot '{slot}' is gone from the fleet file but the release record of '{name}' says that it is "
                f"{'stable' if slot == record.stable.value else 'carrying traffic'} (weight {weights[slot]})",
                where=f"{where}.slots",
                fix=f"put slot '{slot}' back; change the free slot instead and release it",
            )
    return record.stable.value, candidate, weights, f"release record, phase {record.phase}"


def _slot(slot: str, model: ModelSpec, replica: ReplicaPlan, weight: int, candidate: str | None) -> SlotPlan:
    spec = next(value for key, value in model.slots.items() if key.value == slot)
    return SlotPlan(
        slot=slot,
        image=spec.image,
        revision=spec.revision,
        weights_uri=f"{model.source.rstrip('/')}/{spec.revision}/",
        manifest_sha256=spec.manifest_sha256,
        vllm_args=replica.vllm_args + tuple(spec.extra_args),
        weight=weight,
        parked=weight == 0 and slot != candidate,
    )


def _scaling(model: ModelSpec) -> ScalingPlan:
    scaling = model.scaling
    return ScalingPlan(
        min_replicas=scaling.min_replicas,
        max_replicas=scaling.max_replicas,
        queue_per_replica=scaling.queue_per_replica,
        gpu_utilisation_percent=math.floor(100 * scaling.gpu_utilisation.fraction + 0.5),
        requests_per_second_per_replica=scaling.requests_per_second_per_replica,
        schedules=tuple(
            SchedulePlan(s.name, s.timezone, s.start, s.end, s.min_replicas) for s in scaling.schedules
        ),
    )
