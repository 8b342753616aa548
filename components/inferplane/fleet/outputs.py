"""The numbers of a region for the stack's outputs and the table. Pure."""

from collections.abc import Mapping
from typing import Any

from inferplane.planning.plan import RegionPlan

__all__ = ["summarise"]


def summarise(plan: RegionPlan, alarms: Mapping[str, int]) -> dict[str, Any]:
    """Return plain, JSON-like data; `alarms` counts each model's alarms."""
    gpu = {pool.pool: pool.gpu for pool in plan.pools}
    return {
        "environment": plan.environment,
        "region": plan.region,
        "models": [
            {
                "model": model.model,
                "base_url": f"https://{model.model}.{plan.domain_here}/v1",
                "slots": {slot.slot: model.weights[slot.slot] for slot in model.slots},
                "gpu": gpu[model.pools[0]],
                "gpus_per_replica": model.replica.gpus,
                "replicas": [model.scaling.min_replicas, model.scaling.max_replicas],
                "alarms": alarms[model.model],
                "dollars_a_month": [
                    round(n * model.dollars_per_replica_month, 2)
                    for n in (model.scaling.min_replicas, model.scaling.max_replicas)
                ],
                "why": dict(model.why),
            }
            for model in plan.models
        ],
        "pools": [
            {
                "pool": pool.pool,
                "instance_type": pool.instance_type,
                "purchase": pool.purchase,
                "nodes": [pool.desired_nodes, pool.max_nodes if pool.elastic else pool.desired_nodes],
            }
            for pool in plan.pools
        ],
        "cost": {
            "floor": plan.cost.floor_dollars,
            "ceiling": plan.cost.ceiling_dollars,
            "price_date": plan.cost.price_date,
        },
        "warnings": list(plan.warnings),
    }
