"""Records a scope of one of the project's fleet files without an engine."""

import json
from pathlib import Path
from typing import Any

from inferplane.fleet import Fleet
from inferplane.testing import Recording, record

STACKS = Path(__file__).parents[2] / "stacks"

# (stack, fleet file, scope): the stacks that this project ships.
SCOPES = [
    ("dev", "dev.fleet.yaml", "all"),
    ("staging", "staging.fleet.yaml", "all"),
    ("prod-us-east-1", "prod.fleet.yaml", "us-east-1"),
    ("prod-us-west-2", "prod.fleet.yaml", "us-west-2"),
]


def calls(records: dict[str, dict[str, Any]] | None = None, path: str = "") -> dict[str, Any]:
    """Answers of the cloud; `records` are release records by model below the SSM `path`."""
    records = records or {}
    return {
        "aws:ssm/getParametersByPath:getParametersByPath": {
            "names": [f"{path}/{model}" for model in records],
            "values": [json.dumps(value) for value in records.values()],
            "arns": [],
            "types": [],
        },
        "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
        "aws:index/getPartition:getPartition": {"partition": "aws"},
        "aws:index/getRegion:getRegion": {"region": "us-east-1"},
        "aws:route53/getZone:getZone": {"zoneId": "Z0000000EXAMPLE", "name": "example.com"},
    }


def record_fleet(
    file: str | Path, scope: str, answers: dict[str, Any] | None = None, **more: Any
) -> Recording:
    """Record `scope` of a fleet file (a name in stacks/, or a path)."""
    path = file if isinstance(file, Path) else STACKS / file
    return record(
        lambda: Fleet("fleet", {"fleet_file": str(path), "scope": scope, **more}), calls=answers or calls()
    )
