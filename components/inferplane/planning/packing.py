"""How many nodes the replicas take. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from inferplane.planning.plan import ModelPlan, PoolPlan

__all__ = ["Packing", "pack"]


@dataclass(frozen=True)
class Packing:
    """Nodes in use per pool, and the replicas of each model that found no room."""

    nodes: Mapping[str, int]
    unplaced: Mapping[str, int]


def pack(
    models: Sequence[ModelPlan],
    replicas: Callable[[ModelPlan], int],
    limits: Mapping[str, PoolPlan],
    most_nodes: Callable[[PoolPlan], int],
) -> Packing:
    """Place `replicas(model)` replicas of every live slot, the largest first, each in its first pool with room.

    A pool begins with its minimum of nodes and grows to `most_nodes(pool)`. For one pool this is optimal, since
    replicas and nodes are powers of two; with several it keeps each model's order of preference.
    """
    free = {
        name: [pool.gpus_per_node] * min(pool.min_nodes, most_nodes(pool)) for name, pool in limits.items()
    }
    unplaced: dict[str, int] = {}
    for model in sorted(models, key=lambda plan: -plan.replica.gpus):
        for _ in range(replicas(model) * len(model.live_slots)):
            if not _place(model, free, limits, most_nodes):
                unplaced[model.model] = unplaced.get(model.model, 0) + 1
    return Packing({pool: len(nodes) for pool, nodes in free.items()}, unplaced)


def _place(
    model: ModelPlan,
    free: dict[str, list[int]],
    limits: Mapping[str, PoolPlan],
    most_nodes: Callable[[PoolPlan], int],
) -> bool:
    for name in model.pools:
        nodes = free[name]
        for index, gpus in enumerate(nodes):
            if gpus >= model.replica.gpus:
                nodes[index] -= model.replica.gpus
                return True
        if len(nodes) < most_nodes(limits[name]):
            nodes.append(limits[name].gpus_per_node - model.replica.gpus)
            return True
    return False
