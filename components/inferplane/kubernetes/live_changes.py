"""Says whether a change of a Deployment would restart replicas that carry traffic. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from inferplane.errors import InferplaneError

__all__ = ["changed_paths", "live_change_error"]

_SHOWN = 12  # paths in the message; the preview shows the rest


class _Absent:
    """A value that one side does not have."""


_ABSENT = _Absent()


def changed_paths(old: Any, new: Any, unknown: type | tuple[type, ...] = (), path: str = "") -> list[str]:
    """Return the paths at which two pod templates differ, sorted; never their values.

    Both are plain JSON-like data. Lists of objects with a `name` are compared by name, so that an added
    environment variable is one path. Null is the same as absent. Values of a type in `unknown` (not yet known
    in a preview) count as unchanged: the question is asked again when they are known.
    """
    if isinstance(old, unknown) or isinstance(new, unknown):
        return []
    old, new = _normal(old), _normal(new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = sorted({str(key) for key in (*old, *new)})
        return [
            found
            for key in keys
            for found in changed_paths(
                old.get(key, _ABSENT), new.get(key, _ABSENT), unknown, f"{path}.{key}" if path else key
            )
        ]
    if _is_list(old) and _is_list(new):
        return _changed_in_lists(old, new, unknown, path)
    return [] if _same(old, new) else [path]


def live_change_error(
    *, model: str, slot: str, other: str, other_serving: bool, changes: Sequence[str], where: str
) -> InferplaneError:
    """Return the refusal of a change to a slot that carries traffic."""
    listed = list(changes[:_SHOWN])
    if len(changes) > _SHOWN:
        listed.append(f"and {len(changes) - _SHOWN} more")
    if other_serving:
        fix = f"slot '{other}' carries traffic as well: finish or abort the running release first"
    else:
        fix = (
            f"slot '{other}' is free: put slot '{slot}' back as it was, change slot '{other}', release it; "
            "or set allow_live_changes to restart the replicas one by one under their users"
        )
    return InferplaneError(
        f"slot '{slot}' of model '{model}' carries traffic and would restart: {', '.join(listed)} differ",
        where=where,
        allowed="changes to a slot without traffic",
        fix=fix,
    )


def _normal(value: Any) -> Any:
    return _ABSENT if value is None else value


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _same(old: Any, new: Any) -> bool:
    # Whole numbers come back from the engine as floats.
    return old is new or (isinstance(old, bool) == isinstance(new, bool) and bool(old == new))


def _changed_in_lists(
    old: Sequence[Any], new: Sequence[Any], unknown: type | tuple[type, ...], path: str
) -> list[str]:
    if _named(old) and _named(new):
        before = {str(item["name"]): item for item in old}
        after = {str(item["name"]): item for item in new}
        changes = [
            found
            for name in sorted({*before, *after})
            for found in changed_paths(
                before.get(name, _ABSENT), after.get(name, _ABSENT), unknown, f"{path}[{name}]"
            )
        ]
        # Kubernetes takes another order as another template.
        moved = not changes and list(before) != list(after)
        return [path] if moved else changes
    if len(old) != len(new):
        return [path]
    return [
        found
        for index, (left, right) in enumerate(zip(old, new, strict=True))
        for found in changed_paths(left, right, unknown, f"{path}[{index}]")
    ]


def _named(items: Sequence[Any]) -> bool:
    names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
