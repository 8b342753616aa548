"""Checks property values against a schema: unknown names, missing properties, wrong types."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .property_types import (
    Constant,
    ListOf,
    MapOf,
    ObjectOf,
    OneOf,
    PropertyType,
    Scalar,
    Shape,
    describe,
)
from .values import ASSET_SIGNATURES, SIGNATURE, UNKNOWN, Path, Secret

_SHOWN = 60  # characters of an offending string that are repeated in a message


@dataclass(frozen=True)
class Failure:
    """One mistake in a resource's inputs."""

    path: Path
    reason: str


def check_shape(value: Mapping[str, Any], shape: Shape, path: Path = ()) -> Iterator[Failure]:
    """Every mistake in an object; keys that start with `__` are the engine's own."""
    for name, item in value.items():
        declared = shape.properties.get(name)
        if declared is not None:
            yield from check_type(item, declared.type, (*path, name))
        elif not name.startswith("__"):
            yield Failure((*path, name), f"unknown property{_suggestion(name, shape)}")
    for name, declared in shape.properties.items():
        if declared.required and value.get(name) is None:
            yield Failure((*path, name), f"missing required property: {describe(declared.type)}")


def check_type(value: Any, kind: PropertyType, path: Path) -> Iterator[Failure]:
    """Every mistake in a value; an unknown value is right everywhere."""
    if isinstance(value, Secret):
        yield from _hide(check_type(value.value, kind, path))
    elif value is not None and value is not UNKNOWN and kind != Scalar("any"):
        yield from _check_known(value, kind, path)


def _check_known(value: Any, kind: PropertyType, path: Path) -> Iterator[Failure]:
    if isinstance(kind, OneOf):
        yield from _check_options(value, kind, path)
    elif not _fits(value, kind):
        yield Failure(path, f"expected {describe(kind)}, got {_show(value)}")
    elif isinstance(kind, ListOf):
        for index, item in enumerate(value):
            yield from check_type(item, kind.item, (*path, index))
    elif isinstance(kind, MapOf):
        for key, item in value.items():
            yield from check_type(item, kind.item, (*path, key))
    elif isinstance(kind, ObjectOf):
        yield from check_shape(value, kind.shape(), path)


def _check_options(value: Any, kind: OneOf, path: Path) -> Iterator[Failure]:
    attempts = [list(check_type(value, option, path)) for option in kind.options]
    if all(attempts):
        # The option that fails deepest is the one that was meant.
        best = max(attempts, key=lambda failures: max(len(failure.path) for failure in failures))
        deep = any(len(failure.path) > len(path) for failure in best)
        yield from best if deep else [Failure(path, f"expected {describe(kind)}, got {_show(value)}")]


def _fits(value: Any, kind: PropertyType) -> bool:
    """Whether the value is of the right outer form; items are looked at later."""
    if isinstance(kind, Constant):
        return value in kind.values
    if isinstance(kind, Scalar):
        return _is_scalar(value, kind.name)
    if isinstance(kind, ListOf):
        return isinstance(value, list)
    return isinstance(value, dict) and SIGNATURE not in value


def _is_scalar(value: Any, name: str) -> bool:
    if name == "string":
        return isinstance(value, str)
    if name == "bool":
        return isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, dict) and value.get(SIGNATURE) in ASSET_SIGNATURES


def _show(value: Any) -> str:
    if isinstance(value, str):
        cut = value if len(value) <= _SHOWN else value[:_SHOWN] + "..."
        return f"the string {cut!r}"
    if isinstance(value, bool):
        return f"the bool {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"


def _hide(failures: Iterator[Failure]) -> Iterator[Failure]:
    """The same failures without a word of the secret value."""
    for failure in failures:
        yield Failure(failure.path, failure.reason.split(", got ")[0])


def _suggestion(name: str, shape: Shape) -> str:
    folded = {known.lower(): known for known in shape.properties}
    near = difflib.get_close_matches(name.replace("_", "").lower(), folded, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {folded[near[0]]!r}?"
    return f"; this object has: {', '.join(sorted(shape.properties))}"
