"""A mapping that can not change. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator

__all__ = ["FrozenDict", "FrozenMap"]

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict whose contents are fixed when it is made; every way to change it raises TypeError.

    It is a dict, so that it serialises, compares and prints as one. It is hashable when its values are.
    """

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("a FrozenDict can not be changed; make a new dict from it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __copy__(self) -> "FrozenDict[K, V]":
        return self

    def __deepcopy__(self, _memo: Any) -> "FrozenDict[K, V]":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (dict(self),))


FrozenMap = Annotated[Mapping[K, V], AfterValidator(FrozenDict)]
"""What a field of a spec model is typed with: any mapping goes in, a FrozenDict comes out."""
