"""What can still be read of a fleet file with mistakes: one must not hide the others. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from inferplane.spec.shape import item_of, model_of
from inferplane.spec.suggestions import nearest

__all__ = ["Unknown", "meant_fields", "salvage"]

M = TypeVar("M", bound=BaseModel)


class Unknown(Exception):  # noqa: N818 - a signal between salvage and the checks, nobody sees it
    """A field was read that has no valid value."""


class _Partial:
    """Stands for a model of which some fields are wrong; reading one of these raises Unknown."""

    def __init__(self, values: Mapping[str, Any], given: set[str]) -> None:
        self._values = values
        self.model_fields_set = given

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise Unknown(name) from None


def salvage(model: type[M], raw: Mapping[Any, Any]) -> M:
    """Return an object that has the valid fields of `raw`, at any depth, under the names of `model`."""
    values: dict[str, Any] = {}
    misspelt = meant_fields(model, raw)
    for name, info in model.model_fields.items():
        if name in misspelt:
            continue
        try:
            values[name] = _read(_annotation(info), raw[name]) if name in raw else _default(info, values)
        except (Unknown, KeyError):
            continue
    return cast(M, _Partial(values, {str(key) for key in raw}))


def meant_fields(model: type[BaseModel], raw: Mapping[Any, Any]) -> set[str]:
    """Return the fields that are missing from `raw` but whose name an unknown key of it comes near."""
    absent = [name for name in model.model_fields if name not in raw]
    return {near for key in raw if key not in model.model_fields and (near := nearest(str(key), absent))}


def _annotation(info: FieldInfo) -> Any:
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _default(info: FieldInfo, values: dict[str, Any]) -> Any:
    if info.is_required():
        raise Unknown
    return info.get_default(call_default_factory=True, validated_data=values)


def _read(annotation: Any, raw: Any) -> Any:
    model, item = model_of(annotation), item_of(annotation)
    try:
        # A model has its validator already; making one for each of many models would take seconds.
        if model is not None and isinstance(raw, Mapping):
            return model.model_validate(raw)
        return TypeAdapter(annotation).validate_python(raw)
    except ValidationError:
        pass
    if isinstance(raw, Mapping) and model is not None:
        return salvage(model, raw)
    if isinstance(raw, Mapping) and item is not None and item[0] == "<name>":
        return {key: _read_item(item[1], value) for key, value in raw.items() if isinstance(key, str)}
    if isinstance(raw, list) and item is not None and item[0] == "[]" and model_of(item[1]) is not None:
        return tuple(_read_item(item[1], value) for value in raw)
    raise Unknown


def _read_item(annotation: Any, raw: Any) -> Any:
    """Keep the place of what can not be read: others refer to its name or count on its index."""
    try:
        return _read(annotation, raw)
    except Unknown:
        return _Partial({}, set())
