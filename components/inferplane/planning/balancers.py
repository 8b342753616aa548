"""Spreads models over application load balancers. Pure."""

from collections.abc import Mapping, Sequence

from inferplane.errors import InferplaneError

__all__ = ["MODELS_PER_BALANCER", "spread"]

# A model takes two target groups and three rules (one weighted, one test rule per slot). An ALB holds 100 target
# groups (hard limit) and 100 rules (default quota); the rules bind first.
# Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
MODELS_PER_BALANCER = 33


def spread(models: Sequence[str], pins: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the balancer's index of each model: pinned ones first, the rest in their order into the first with room.

    A model that is added at the end never moves another; a target group can not belong to two balancers, so moving one
    interrupts it. Raises InferplaneError when pins overfill a balancer.
    """
    pins = pins or {}
    placed = {model: pins[model] for model in models if model in pins}
    load: dict[int, int] = {}
    for model, index in placed.items():
        load[index] = load.get(index, 0) + 1
        if load[index] > MODELS_PER_BALANCER:
            raise InferplaneError(
                f"{load[index]} models are pinned to balancer {index}",
                where=f"models.{model}.balancer",
                allowed=f"at most {MODELS_PER_BALANCER} models a balancer (100 rules, 3 a model)",
                fix="pin it to another balancer",
            )
    for model in models:
        if model not in placed:
            index = 0
            while load.get(index, 0) >= MODELS_PER_BALANCER:
                index += 1
            placed[model] = index
            load[index] = load.get(index, 0) + 1
    return {model: placed[model] for model in models}
