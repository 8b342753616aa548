"""The types of properties, and how they are read from the annotations in an SDK's generated sources."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Scalar:
    """One of `string`, `bool`, `integer`, `number`, `asset` (a file or archive) or `any`."""

    name: str


@dataclass(frozen=True)
class Constant:
    """One of a few fixed values (`Literal[...]`)."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class ListOf:
    """A list whose items are all of one type."""

    item: PropertyType


@dataclass(frozen=True)
class MapOf:
    """A mapping from free keys to values of one type."""

    item: PropertyType


@dataclass(frozen=True)
class ObjectOf:
    """An object with named properties; `shape` reads them when first wanted (shapes may be recursive)."""

    name: str
    shape: Callable[[], Shape]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectOf) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class OneOf:
    """Any of several types."""

    options: tuple[PropertyType, ...]


PropertyType: TypeAlias = Scalar | Constant | ListOf | MapOf | ObjectOf | OneOf

ANY = Scalar("any")
STRING = Scalar("string")


@dataclass(frozen=True)
class Property:
    """A named property; `default` is what the SDK's documentation states, as text, or None."""

    name: str
    type: PropertyType
    required: bool
    optional_output: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Shape:
    """The properties of an object by their Pulumi names (camelCase)."""

    properties: Mapping[str, Property]


_SCALARS = {
    "str": STRING,
    "bool": Scalar("bool"),
    "int": Scalar("integer"),
    "float": Scalar("number"),
    "Any": ANY,
    "Asset": Scalar("asset"),
    "Archive": Scalar("asset"),
    "Output": ANY,
}
_TRANSPARENT = {"Input", "Optional", "Output", "InputType", "Awaitable"}


def parse(node: ast.expr, resolve: Callable[[str], PropertyType]) -> PropertyType:
    """The type that an annotation means; `resolve` is asked for the names of classes."""
    if isinstance(node, ast.Constant):
        return resolve(node.value) if isinstance(node.value, str) else ANY
    if isinstance(node, ast.Attribute | ast.Name):
        dotted = ast.unparse(node)
        return _SCALARS.get(dotted.rsplit(".", 1)[-1]) or resolve(dotted)
    if not isinstance(node, ast.Subscript):
        return ANY
    generic = ast.unparse(node.value).rsplit(".", 1)[-1]
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if generic in _TRANSPARENT:
        return parse(arguments[0], resolve)
    if generic in {"Sequence", "List", "list"}:
        return ListOf(parse(arguments[0], resolve))
    if generic in {"Mapping", "Dict", "dict"}:
        return MapOf(parse(arguments[1], resolve))
    if generic == "Literal":
        return Constant(tuple(item.value for item in arguments if isinstance(item, ast.Constant)))
    if generic == "Union":
        return OneOf(tuple(parse(item, resolve) for item in arguments))
    return ANY


def is_optional(node: ast.expr | None) -> bool:
    """Whether an annotation admits None, at its outside or within `Input`/`Output`."""
    if not isinstance(node, ast.Subscript):
        return False
    generic = ast.unparse(node.value).rsplit(".", 1)[-1]
    if generic == "Optional":
        return True
    return generic in {"Input", "Output"} and is_optional(node.slice)


def describe(kind: PropertyType) -> str:
    """The type in words for an error message: `a list of strings`."""
    if isinstance(kind, Scalar):
        return {"integer": "a whole number", "asset": "a file or archive", "any": "any value"}.get(
            kind.name, f"a {kind.name}"
        )
    if isinstance(kind, Constant):
        return " or ".join(repr(value) for value in kind.values)
    if isinstance(kind, ListOf):
        return f"a list of {_plural(kind.item)}"
    if isinstance(kind, MapOf):
        return f"a map of {_plural(kind.item)}"
    if isinstance(kind, ObjectOf):
        return f"an object ({kind.name.rsplit(':', 1)[-1].removesuffix('Args')})"
    return " or ".join(dict.fromkeys(describe(option) for option in kind.options))


def _plural(kind: PropertyType) -> str:
    if isinstance(kind, Scalar) and kind.name in {"string", "number", "bool"}:
        return f"{kind.name}s"
    return describe(kind)
