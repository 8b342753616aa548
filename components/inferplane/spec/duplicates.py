"""Lists that must not name a thing twice. Pure."""

from collections.abc import Iterator, Sequence

from inferplane.spec.mistakes import Mistake, Path

__all__ = ["duplicates"]


def duplicates(path: Path, values: Sequence[str], what: str) -> Iterator[Mistake]:
    """Yield a mistake for each value of the list at `path` that was there before; `what` names one item."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Mistake(
                (*path, index),
                f"names a {what} twice",
                allowed=f"each {what} once",
                fix="remove it",
                given=value,
            )
