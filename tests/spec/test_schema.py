"""The JSON Schema and the reference page: generated, current, and never stricter than the loader."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inferplane.spec import SpecError, parse_fleet, reference, schema
from inferplane.spec.yaml_tree import read_yaml
from tests.spec.files import FULL, MINIMAL, edited

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(schema.fleet_json_schema())


def _accepted() -> list[str]:
    stacks = [path.read_text() for path in sorted((ROOT / "stacks").glob("*.fleet.yaml"))]
    edits = [
        ("internet_facing: false", "internet_facing: yes\n      # the default range is enough for a test"),
        ("gpu_utilisation: 70%", "gpu_utilisation: 65.5%"),
        ("requests_per_second_per_replica: 2.5", "requests_per_second_per_replica: 3"),
        ("requests_per_second_per_replica: 2.5", "requests_per_second_per_replica: null"),
        ("weights: 68GiB", 'weights: "70GB"'),
        ("{max: 8}", "{max: 4_0}"),
        ("Europe/Berlin", "UTC"),
    ]
    return [MINIMAL, FULL, *stacks, *(edited(old, new) for old, new in edits)]


@pytest.mark.parametrize("text", _accepted())
def test_the_schema_accepts_what_the_loader_accepts(text: str) -> None:
    """A valid fleet file never has a red line in an editor."""
    parse_fleet(text)
    VALIDATOR.validate(read_yaml(text).value)


def test_the_schema_is_itself_valid() -> None:
    """The schema is a JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(schema.fleet_json_schema())


def _mappings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from _mappings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _mappings(item, (*path, index))


@pytest.mark.parametrize("path", list(_mappings(read_yaml(FULL).value)), ids=str)
def test_unknown_keys_are_refused_at_every_level(path: tuple[str | int, ...]) -> None:
    """A key that the file does not know is refused by the schema and by the loader, wherever it stands."""
    changed = copy.deepcopy(read_yaml(FULL).value)
    place = changed
    for part in path:
        place = place[part]
    place["Unknown_Key"] = "x"
    assert not VALIDATOR.is_valid(changed)
    with pytest.raises(SpecError):
        parse_fleet(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weights: 68GiB", "weights: 68"),
        ("profile: production", "profile: prod"),
        ('kubernetes_version: "1.35"', "kubernetes_version: 1.35"),
        ("instance_type: p5.48xlarge", "instance_type: g5.xlarge"),
        ("tensor_parallel: 2", "tensor_parallel: 3"),
        ("min_replicas: 2", "min_replicas: 0"),
        ("manifest_sha256: a1b2", "manifest_sha256: zz"),
        ("      green:", "      canary:"),
        ("  llama-8b:", "  Llama-8B:"),
        ("nodes: {max: 8}", "nodes: {}"),
    ],
)
def test_an_editor_sees_the_commonest_mistakes(old: str, new: str) -> None:
    """The schema alone already refuses what one field shows."""
    assert not VALIDATOR.is_valid(read_yaml(edited(old, new)).value)


def test_every_property_has_a_text_for_the_editor() -> None:
    """Hovering a key shows what it is: each property of the schema is described."""
    document = schema.fleet_json_schema()
    for name, definition in [("fleet", document), *document["$defs"].items()]:
        for key, value in definition.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


def test_the_committed_schema_is_current() -> None:
    """stacks/fleet.schema.json is what `python -m inferplane.spec.schema` prints."""
    assert schema.render() == (ROOT / "stacks" / "fleet.schema.json").read_text()


def test_the_committed_reference_is_current() -> None:
    """docs/fleet-file.md is what `python -m inferplane.spec.reference` prints."""
    assert reference.render() == (ROOT / "docs" / "fleet-file.md").read_text()


def test_the_reference_has_every_key_of_the_full_file() -> None:
    """Every key that the full fleet file uses is in the page."""
    page = reference.render()
    for path in _mappings(read_yaml(FULL).value):
        for part in path:
            if (
                isinstance(part, str)
                and part.isidentifier()
                and part not in ("blue", "green", "reserved", "small")
            ):
                assert f"{part}`" in page or f"{part}." in page or f"{part}[]" in page
