"""The difference between two sets of inputs, as the engine shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any

from .values import UNKNOWN, Path, Secret, plain


class Change(Enum):
    """What happened to a property."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Difference:
    """One changed property, at the deepest path that tells it."""

    path: Path
    change: Change


def compare(
    old: dict[str, Any], new: dict[str, Any], is_set: Callable[[Path], bool] = lambda _: False
) -> list[Difference]:
    """Every difference; lists for which `is_set` holds are equal in any order, absent equals empty.

    An unknown new value always differs. Whether a value is secret makes no difference.
    """
    return list(_compare(old, new, (), is_set))


def _compare(old: Any, new: Any, path: Path, is_set: Callable[[Path], bool]) -> Iterator[Difference]:
    old, new = _open(old), _open(new)
    if new is UNKNOWN:
        yield Difference(path, Change.ADD if _empty(old) else Change.UPDATE)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            if not key.startswith("__"):
                yield from _compare(old.get(key), new.get(key), (*path, key), is_set)
    elif isinstance(old, list) and isinstance(new, list):
        if is_set(path):
            old, new = _align(plain(old), plain(new))
        for index, (left, right) in enumerate(zip_longest(old, new)):
            yield from _compare(left, right, (*path, index), is_set)
    elif (change := _change(old, new)) is not None:
        yield Difference(path, change)


def _change(old: Any, new: Any) -> Change | None:
    if _empty(old) or _empty(new):
        return None if _empty(old) and _empty(new) else Change.ADD if _empty(old) else Change.DELETE
    same = old == new and isinstance(old, bool) == isinstance(new, bool)
    return None if same else Change.UPDATE


def _align(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """Both lists with the items that they share first, so that only true differences remain by index."""
    rest = list(new)
    shared, gone = [], []
    for item in old:
        if item in rest:
            rest.remove(item)
            shared.append(item)
        else:
            gone.append(item)
    return shared + gone, shared + rest


def _open(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list) and not value)
