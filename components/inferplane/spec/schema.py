"""The JSON Schema of a fleet file: `python -m inferplane.spec.schema > stacks/fleet.schema.json`. Pure."""

import json
import sys
from typing import Any

from inferplane.spec.fleet import FleetSpec

__all__ = ["fleet_json_schema", "render"]


def fleet_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12). It accepts all that the loader accepts; the loader checks more."""
    schema = _plain(FleetSpec.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Fleet file of inferplane",
    }


def _plain(node: Any) -> Any:
    """Drop the titles that only repeat a name, and close mappings whose keys have a pattern."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain: dict[str, Any] = {}
    for key, value in node.items():
        if key == "title" and isinstance(value, str):
            continue
        if key in ("properties", "$defs"):
            plain[key] = {name: _plain(item) for name, item in value.items()}
        else:
            plain[key] = _plain(value) if key not in ("examples", "default", "enum") else value
    if "patternProperties" in plain:
        plain.setdefault("additionalProperties", False)
    return plain


def render() -> str:
    """Return the schema as the committed file has it."""
    return json.dumps(fleet_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
