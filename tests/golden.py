"""Golden files: rendered artefacts are committed, so that a change's diff shows what would really run.

`check("kubernetes/pool.yaml", value)` compares with tests/golden/kubernetes/pool.yaml.
`pytest --renew-golden` writes the files anew instead; read the diff before committing it.
"""

import json
from pathlib import Path
from typing import Any

import yaml

GOLDEN = Path(__file__).parent / "golden"


class _Renewal:
    """Whether this test run writes golden files; set by tests/conftest.py."""

    on = False


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks and shared values in full (no anchors)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def canonical(name: str, value: Any) -> str:
    """Return the canonical text of a value: sorted JSON or YAML by the file's suffix, else the text itself.

    A list becomes a YAML stream of several documents if all its items are Kubernetes objects.
    """
    if name.endswith(".json"):
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
    if not name.endswith((".yaml", ".yml")):
        return str(value)
    objects = isinstance(value, list) and all(isinstance(item, dict) and "kind" in item for item in value)
    documents = value if objects else [value]
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=True, width=110, default_flow_style=False)


def check(name: str, value: Any) -> None:
    """Assert that `value` renders to the golden file `name` (a path in tests/golden), or renew the file."""
    path = GOLDEN / name
    text = canonical(name, value)
    if _Renewal.on:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"there is no golden file {name}: run pytest --renew-golden and commit it"
    assert text == path.read_text(), f"{name} has changed: if that is meant, run pytest --renew-golden"


def renew(on: bool) -> None:
    """Switch renewal on or off for this test run."""
    _Renewal.on = on
