"""Checks that all components' args share: unknown and missing keys, before any resource is declared. Pure."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any, cast

from inferplane.errors import InferplaneError

__all__ = ["check_choice", "check_keys", "check_range"]


def check_keys(args: Mapping[str, Any], shape: type, where: str) -> None:
    """Refuse keys that the TypedDict `shape` does not have and require those that it requires.

    Raises InferplaneError naming the property, a near name where there is one, and all that are allowed.
    """
    required = cast(frozenset[str], getattr(shape, "__required_keys__", frozenset()))
    allowed = required | cast(frozenset[str], getattr(shape, "__optional_keys__", frozenset()))
    for key in args:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, 1)
            raise InferplaneError(
                f"unknown property '{key}'",
                where=where,
                allowed=", ".join(sorted(allowed)),
                fix=f"did you mean '{near[0]}'?" if near else "remove it",
            )
    missing = sorted(required - set(args))
    if missing:
        raise InferplaneError(
            f"missing required {'property' if len(missing) == 1 else 'properties'}: {', '.join(missing)}",
            where=where,
            fix="add them; the docstrings of the args say what each is",
        )


def check_choice(value: str, choices: Collection[str], where: str) -> None:
    """Refuse a value that is not one of `choices`."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), list(choices), 1)
        raise InferplaneError(
            f"'{value}' is not a choice",
            where=where,
            allowed=", ".join(choices),
            fix=f"did you mean '{near[0]}'?" if near else "use one of these",
        )


def check_range(value: float, low: float, high: float, where: str, unit: str = "") -> None:
    """Refuse a number outside `low`..`high` (both allowed), in `unit`."""
    if not low <= value <= high:
        suffix = f" {unit}" if unit else ""
        raise InferplaneError(
            f"{value}{suffix} is out of range", where=where, allowed=f"{low} to {high}{suffix}"
        )
