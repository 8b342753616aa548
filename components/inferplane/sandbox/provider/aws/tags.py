"""Default tags and region: what the real provider adds to a resource's inputs before it looks at them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..schema import ResourceSchema
from ..values import UNKNOWN, Secret, plain


@dataclass(frozen=True)
class ProviderConfig:
    """The configuration of one `aws.Provider`: its region and the tags that it puts on everything."""

    region: str = ""
    default_tags: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, inputs: Mapping[str, Any]) -> ProviderConfig:
        """From the provider resource's inputs, where nested values are JSON texts."""
        region = inputs.get("region")
        tags = _object(inputs.get("defaultTags")).get("tags") or {}
        return cls(region if isinstance(region, str) else "", tags if isinstance(tags, dict) else {})


def _object(value: Any) -> dict[str, Any]:
    value = plain(value)
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    return value if isinstance(value, dict) else {}


def with_region_and_tags(
    schema: ResourceSchema, inputs: Mapping[str, Any], config: ProviderConfig
) -> dict[str, Any]:
    """`inputs` with `region` filled in and `tagsAll` computed, for types that have them."""
    filled = dict(inputs)
    if "region" in schema.inputs.properties and not filled.get("region") and config.region:
        filled["region"] = config.region
    if "tagsAll" in schema.outputs.properties and "tags" in schema.inputs.properties:
        tags = filled.get("tags")
        opened = tags.value if isinstance(tags, Secret) else tags
        if opened is UNKNOWN:
            filled["tagsAll"] = UNKNOWN
        else:
            merged = {**config.default_tags, **(opened or {})}
            filled["tagsAll"] = Secret(merged) if isinstance(tags, Secret) else merged
    return filled
