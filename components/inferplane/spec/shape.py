"""Walks the spec's models along a path. Pure."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from inferplane.spec.mistakes import Path

__all__ = ["bare", "field_at", "item_of", "model_of", "models_below", "type_at"]


def bare(annotation: Any) -> Any:
    """Return the annotation without its metadata and without `| None`."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    options = [option for option in get_args(annotation) if option is not type(None)]
    return bare(options[0]) if type(None) in get_args(annotation) and len(options) == 1 else annotation


def model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation means, None where it is no model."""
    plain = bare(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def item_of(annotation: Any) -> tuple[str, Any] | None:
    """Return ("<name>" or "[]", type) of what a mapping or tuple holds, None for other types."""
    plain = bare(annotation)
    origin = get_origin(plain)
    if origin is tuple:
        return "[]", get_args(plain)[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "<name>", get_args(plain)[1]
    return None


def type_at(root: type[BaseModel], path: Path) -> Any:
    """Return the annotation of the value at `path`, None where the models have no such place."""
    annotation: Any = root
    for part in path:
        model, item = model_of(annotation), item_of(annotation)
        if model is not None:
            info = model.model_fields.get(str(part))
            annotation = info.annotation if info else None
        else:
            annotation = item[1] if item else None
        if annotation is None:
            return None
    return annotation


def field_at(root: type[BaseModel], path: Path) -> FieldInfo | None:
    """Return the field at `path`, None for an item of a mapping or list and for an unknown place."""
    owner = model_of(type_at(root, path[:-1])) if path else None
    return owner.model_fields.get(str(path[-1])) if owner else None


def models_below(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield (path, model) for the models inside `model`, at any depth, with "<name>" and "[]" for items."""
    for name, info in model.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        annotation, item = info.annotation, item_of(info.annotation)
        if item:
            path, annotation = f"{path}{item[0]}" if item[0] == "[]" else f"{path}.{item[0]}", item[1]
        inner = model_of(annotation)
        if inner:
            yield path, inner
            yield from models_below(inner, path)
