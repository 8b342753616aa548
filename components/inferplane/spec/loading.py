"""Reads fleet files. The only door through which a fleet file becomes a FleetSpec."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from inferplane.errors import InferplaneError
from inferplane.spec.checks import carried_mistakes, check_fleet
from inferplane.spec.errors import field_mistakes
from inferplane.spec.fleet import FleetSpec
from inferplane.spec.mistakes import Mistake, SpecError
from inferplane.spec.salvage import salvage
from inferplane.spec.secret_scan import secret_mistakes
from inferplane.spec.yaml_tree import Tree, read_yaml

__all__ = ["load_fleet", "parse_fleet"]

_MOST_BYTES = 1_000_000  # a fleet of 200 models takes about 150 kB


def load_fleet(path: FilePath | str) -> FleetSpec:
    """Read the fleet file at `path`.

    Raises SpecError with all its mistakes, InferplaneError when it can not be read.
    """
    path = FilePath(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InferplaneError(
            f"the fleet file can not be read: {error.strerror}",
            where=str(path),
            fix="name an existing file, e.g. stacks/prod.fleet.yaml",
        ) from None
    if len(content) > _MOST_BYTES:
        raise SpecError(
            [Mistake((), "is too large for a fleet file", allowed=f"at most {_MOST_BYTES} bytes")], str(path)
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError([Mistake((), "is not UTF-8 text", fix="save the file as UTF-8")], str(path)) from None
    return parse_fleet(text, source=str(path))


def parse_fleet(fleet: str | Mapping[str, Any], source: str = "<text>") -> FleetSpec:
    """Return the FleetSpec of a YAML text or of a mapping; `source` names the file in messages.

    Raises SpecError with all mistakes.
    """
    tree = read_yaml(fleet) if isinstance(fleet, str) else Tree.of(fleet)
    first, spec, found = list(tree.mistakes), None, list[Mistake]()
    if isinstance(tree.value, Mapping):
        first += secret_mistakes(tree.value)
        try:
            spec = FleetSpec.model_validate(tree.value)
        except ValidationError as error:
            found = carried_mistakes(error)
            if not found:
                found = field_mistakes(error, tree) + check_fleet(salvage(FleetSpec, tree.value))
    # Where YAML misread a value or it is a secret, what else is wrong with it is noise, and might show it.
    spoken_for = {mistake.path for mistake in first}
    mistakes = first + [mistake for mistake in found if mistake.path not in spoken_for]
    if spec is not None and not mistakes:
        return spec
    raise SpecError([replace(m, place=m.place or tree.place(m.path)) for m in mistakes], source)
