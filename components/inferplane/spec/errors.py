"""Pydantic's errors in the words of a fleet file. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from inferplane.spec.fleet import FleetSpec
from inferplane.spec.mistakes import Mistake, Path, render_value
from inferplane.spec.refusal import REFUSAL
from inferplane.spec.salvage import meant_fields
from inferplane.spec.secrets import is_secret_name, secret_fix
from inferplane.spec.shape import bare, field_at, item_of, model_of, models_below, type_at
from inferplane.spec.suggestions import did_you_mean, nearest
from inferplane.spec.yaml_tree import Tree

__all__ = ["field_mistakes"]

# A default that needs a field which is itself wrong; the field has its own message.
_FOLLOWING = "default_factory_not_called"


def field_mistakes(error: ValidationError, tree: Tree) -> list[Mistake]:
    """Return one mistake for each value that pydantic refused."""
    return [_mistake(detail, tree) for detail in error.errors(include_url=False) if not _is_echo(detail)]


def _is_echo(detail: ErrorDetails) -> bool:
    """Whether an error only follows from another: a default without its source, a key that is misspelt."""
    if detail["type"] != "missing":
        return detail["type"] == _FOLLOWING
    path, given = detail["loc"], detail["input"]
    owner = model_of(type_at(FleetSpec, path[:-1]))
    return owner is not None and isinstance(given, Mapping) and path[-1] in meant_fields(owner, given)


def _mistake(detail: ErrorDetails, tree: Tree) -> Mistake:
    location = detail["loc"]
    is_key = bool(location) and location[-1] == "[key]"
    path: Path = location[:-1] if is_key else location
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(path, tree)
    if kind == "missing":
        return _missing(path)
    if kind == REFUSAL:
        given = "" if is_key else _given(path, value, tree)
        return Mistake(path, context["what"], context["allowed"], context["fix"], given)
    if is_key:
        return _bad_key(path, tree)
    if value is None:
        return _no_value(path)
    if kind in ("string_type", "string_sub_type"):
        return _not_text(path, value, tree)
    what, allowed, fix = _type_error(kind, context, path, value)
    return Mistake(path, what, allowed, fix, _given(path, value, tree))


def _given(path: Path, value: Any, tree: Tree) -> str:
    text = tree.text(path)
    return text if text else render_value(value)


def _unknown_key(path: Path, tree: Tree) -> Mistake:
    key = str(path[-1])
    place = tree.key_place(path)
    if is_secret_name(key):
        return Mistake(
            path,
            "is a secret in plain text",
            allowed="no secrets: the file is committed and its values reach names, tags and logs",
            fix=secret_fix(key),
            place=place,
        )
    owner = model_of(type_at(FleetSpec, path[:-1])) or FleetSpec
    known = list(owner.model_fields)
    fix = _elsewhere(key, owner) or did_you_mean(key, known) or "remove it"
    return Mistake(
        path, "is not a key of the fleet file here", allowed=", ".join(known), fix=fix, place=place
    )


def _elsewhere(key: str, owner: type[BaseModel]) -> str:
    """Say where a key that exists elsewhere belongs: below this place if it is there, else anywhere."""
    plain = key.replace("-", "_")
    for root in (owner, FleetSpec):
        if root is not owner and plain in FleetSpec.model_fields and owner is not FleetSpec:
            return f"{plain} belongs at the top level of the file"
        places = [
            path for path, model in models_below(root) if plain in model.model_fields and model is not owner
        ]
        if places and nearest(key, owner.model_fields) != plain:
            return f"{plain} belongs in {places[0]}"
    return ""


def _no_value(path: Path) -> Mistake:
    info = field_at(FleetSpec, path)
    example = f", e.g. {_example(info.examples[0])}" if info and info.examples else ""
    fix = (
        f"write a value{example}" if info is None or info.is_required() else "write a value or remove the key"
    )
    return Mistake(path, "has no value", _expected(path), fix)


def _missing(path: Path) -> Mistake:
    info = field_at(FleetSpec, path)
    meaning = (info.description or "") if info else ""
    example = f", e.g. {path[-1]}: {_example(info.examples[0])}" if info and info.examples else ""
    return Mistake(path, "is missing", allowed=meaning, fix=f"add {path[-1]}{example}")


def _example(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_example(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_example(item) for item in value) + "]"
    return str(value)


def _bad_key(path: Path, tree: Tree) -> Mistake:
    annotation = bare(type_at(FleetSpec, path[:-1]))
    choices = _choices(_key_type(annotation))
    fix = did_you_mean(str(path[-1]), choices) or "use one of these"
    if choices:
        return Mistake(
            path, "is not a name that is known here", ", ".join(choices), fix, place=tree.key_place(path)
        )
    return Mistake(path, "is not a name", "text", "write a name", place=tree.key_place(path))


def _key_type(annotation: Any) -> Any:
    arguments = getattr(annotation, "__args__", (None,))
    return bare(arguments[0])


def _choices(annotation: Any) -> list[str]:
    plain = bare(annotation)
    return [str(choice) for choice in plain] if isinstance(plain, type) and issubclass(plain, StrEnum) else []


def _not_text(path: Path, value: Any, tree: Tree) -> Mistake:
    text = tree.text(path)
    given = _given(path, value, tree)
    expected = _expected(path)
    if isinstance(value, Mapping | list | tuple):
        fix = (
            "write a single value"
            if not isinstance(value, Mapping)
            else 'write a single value; quote it if it has ": " or {}'
        )
        return Mistake(path, "is not a text", expected, fix, given)
    kind = "true or false" if isinstance(value, bool) else "a number"
    differs = "" if text is None or str(value) == text else f" ({render_value(value)})"
    return Mistake(
        path,
        f"is read by YAML as {kind}{differs}, not as text",
        expected,
        f'quote it: "{text or value}"',
        given,
    )


def _type_error(kind: str, context: Mapping[str, Any], path: Path, value: Any) -> tuple[str, str, str]:
    """Return what, allowed and fix."""
    annotation = type_at(FleetSpec, path)
    expected = _expected(path)
    if kind in ("enum", "literal_error"):
        choices = _choices(annotation)
        near = did_you_mean(str(value), choices) if isinstance(value, str) else ""
        return "is not one of the choices", ", ".join(choices), near or "use one of these"
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return _range_error(kind, context, path)
    if kind in ("int_type", "int_from_float", "int_parsing", "int_parsing_size"):
        low, high = _bounds(path)
        return "is not a whole number", f"a whole number, {low} to {high}", _whole_fix(value)
    if kind == "bool_type":
        return "is neither true nor false", "true or false", "write true or false, without quotes"
    if kind in ("float_type", "finite_number"):
        return "is not a number", expected, "write a number, without quotes or unit"
    if kind in ("too_short", "too_long"):
        return (
            "is empty" if kind == "too_short" else "has too many items",
            expected,
            "add one, or remove the key if it has a default",
        )
    item = item_of(annotation)
    if item and item[0] == "[]":
        shown = render_value(value).strip('"')
        return (
            "is not a list",
            expected,
            f"write [{shown}]" if isinstance(value, str) else "write a list: [a, b]",
        )
    info = field_at(FleetSpec, path)
    example = f", e.g. {_example(info.examples[0])}" if info and info.examples else ""
    return "is not a mapping", expected, f"write keys and values below it, indented{example}"


def _range_error(kind: str, context: Mapping[str, Any], path: Path) -> tuple[str, str, str]:
    low, high = _bounds(path)
    allowed = f"{low} to {high}" if low is not None and high is not None else f"at least {low}"
    if kind.startswith("greater"):
        word = "at least" if kind == "greater_than_equal" else "more than"
        return "is too small", allowed, f"write {word} {low}"
    return "is too large", allowed, f"write at most {high}"


def _bounds(path: Path) -> tuple[Any, Any]:
    info = field_at(FleetSpec, path)
    low = high = None
    for bound in info.metadata if info else []:
        low = getattr(bound, "ge", getattr(bound, "gt", low))
        high = getattr(bound, "le", getattr(bound, "lt", high))
    return low, high


def _whole_fix(value: Any) -> str:
    text = str(value).replace("_", "").replace(",", "").strip()
    thousands = re.fullmatch(r"([0-9]{1,9})[kK]", text)
    if thousands:
        count = int(thousands[1])
        return f"write {1024 * count} or {1000 * count}, whichever is meant"
    try:
        number = float(text)
    except ValueError:
        return "write a whole number, without quotes or unit"
    whole = number.is_integer() and abs(number) < 1e15 and not isinstance(value, bool)
    return f"write {int(number)}" if whole else "write a whole number"


def _expected(path: Path) -> str:
    """Say what belongs at a path: the field's description, or what kind of thing an item is."""
    info = field_at(FleetSpec, path)
    if info:
        return info.description or ""
    owner = field_at(FleetSpec, path[:-1]) if path else None
    return f"an item of {path[-2]}: {owner.description}" if owner and len(path) > 1 else ""
