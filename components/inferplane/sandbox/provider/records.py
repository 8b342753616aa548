"""What the pretend cloud keeps of a resource, and how it stands in a row of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .values import from_wire, to_wire

COLUMNS: Final = "key, package, type, scope, id, arn, name, urn, region, seed, inputs, outputs"


@dataclass(frozen=True)
class Identity:
    """A string by which other resources may refer to one: its id, ARN or name.

    `kind` is a type token. `scope` is a region, a Kubernetes cluster, or empty for what is global.
    """

    value: str
    kind: str
    scope: str = ""


@dataclass(frozen=True)
class Reference:
    """A property of a resource that names another one; `kinds` is empty where any kind will do."""

    path: str
    value: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class CloudResource:
    """A live resource. Its tokens are made from `seed`; secrets in `inputs` and `outputs` stay wrapped."""

    package: str
    type: str
    scope: str
    id: str
    arn: str
    name: str
    urn: str
    region: str
    seed: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    key: int = 0
    references: tuple[Reference, ...] = field(default=(), compare=False)


def from_row(row: tuple[Any, ...]) -> CloudResource:
    """The resource of a row of `COLUMNS`."""
    fields = dict(zip(COLUMNS.split(", "), row, strict=True))
    for name in ("inputs", "outputs"):
        fields[name] = from_wire(json.loads(fields[name]))
    return CloudResource(**fields)


def to_row(resource: CloudResource) -> tuple[str, ...]:
    """The row of a resource without its key."""
    return (
        resource.package,
        resource.type,
        resource.scope,
        resource.id,
        resource.arn,
        resource.name,
        resource.urn,
        resource.region,
        resource.seed,
        json.dumps(to_wire(resource.inputs)),
        json.dumps(to_wire(resource.outputs)),
    )
