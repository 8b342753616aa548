"""The engine's resource hook that refuses to restart a slot that carries traffic."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import Unknown

from inferplane.kubernetes.live_changes import changed_paths, live_change_error

__all__ = ["live_change_guard"]


def live_change_guard(
    name: str, *, model: str, slot: str, other: str, other_serving: bool
) -> pulumi.ResourceHook:
    """Return a hook for the Deployment of a serving slot, to be bound to `before_update`; it acts in previews
    too.

    `name` is unique in the program. The hook lets through what does not restart replicas (labels of the
    Deployment, its strategy) and raises the InferplaneError that the engine shows otherwise.
    """

    async def guard(args: pulumi.ResourceHookArgs) -> None:
        old = await _template(args.old_inputs)
        new = await _template(args.new_inputs)
        changes = changed_paths(old, new, unknown=(Unknown,))
        if changes:
            raise live_change_error(
                model=model,
                slot=slot,
                other=other,
                other_serving=other_serving,
                changes=changes,
                where=f"VllmService '{name}'",
            )

    return pulumi.ResourceHook(
        f"{name}-{slot}-live-change-guard", guard, opts=pulumi.ResourceHookOptions(on_dry_run=True)
    )


async def _template(inputs: Mapping[str, Any] | None) -> Any:
    """Return the pod template with its secrets opened (they arrive as Outputs); only paths leave the
    comparison."""
    spec = await pulumi.Output.from_input((inputs or {}).get("spec")).future(with_unknowns=True)
    return spec.get("template") if isinstance(spec, Mapping) else spec
