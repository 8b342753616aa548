"""The schemas of resource types, read from the installed SDK when a type is first used."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from .property_types import ANY, STRING, ObjectOf, Property, PropertyType, Shape, is_optional, parse
from .sdk_source import ClassSource, SdkSource

_DOCUMENTED_DEFAULT = re.compile(r"[Dd]efault(?:s to|(?: value)? is|s? ?[:=])\s*(?:to )?`\"?([^`\"]*)\"?`")


@dataclass(frozen=True)
class ResourceSchema:
    """What a resource type takes and gives; names are Pulumi's (camelCase)."""

    token: str
    inputs: Shape
    outputs: Shape

    def is_output_only(self, name: str) -> bool:
        """Whether a property is computed by the cloud and can not be given."""
        return name in self.outputs.properties and name not in self.inputs.properties


class UnknownTypeError(LookupError):
    """A type token that the SDK does not register; the message holds the nearest ones."""


class Schemas:
    """The resource types of one package."""

    def __init__(self, module: str) -> None:
        self.source = SdkSource(module)
        self._resources: dict[str, ResourceSchema] = {}

    def __contains__(self, token: str) -> bool:
        return token in self.source.resources

    def resource(self, token: str) -> ResourceSchema:
        """The schema of `token`; raises UnknownTypeError."""
        if token not in self._resources:
            if token not in self.source.resources:
                near = difflib.get_close_matches(token, self.source.resources, n=3)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                raise UnknownTypeError(f"{self.source.module} has no resource type {token}{hint}")
            resource = self.source.resource_class(token)
            inputs = self.shape(self.source.args_class(resource))
            self._resources[token] = ResourceSchema(token, inputs, self.shape(resource))
        return self._resources[token]

    @functools.cached_property
    def provider_inputs(self) -> Shape:
        """The shape of the provider resource's own configuration."""
        arguments = self.source.class_in(self.source.root / "provider.py", "ProviderArgs")
        assert arguments is not None
        return self.shape(arguments)

    def shape(self, source: ClassSource) -> Shape:
        """The properties that a generated class declares."""
        required = source.required
        properties = {}
        for name, python_name, annotation, documentation in source.getters:
            default = _DOCUMENTED_DEFAULT.search(documentation)
            properties[name] = Property(
                name=name,
                type=parse(annotation, self._resolver(source)),
                required=python_name in required and not is_optional(annotation),
                optional_output=is_optional(annotation),
                default=default.group(1) if default else None,
            )
        return Shape(properties)

    def _resolver(self, source: ClassSource) -> Callable[[str], PropertyType]:
        def resolve(dotted: str) -> PropertyType:
            name = f"{source.file.relative_to(self.source.root).parent}:{dotted}"
            if name not in self._types:
                found = self.source.named(dotted, source.file)
                self._types[name] = self._named_type(name, found)
            return self._types[name]

        return resolve

    @functools.cached_property
    def _types(self) -> dict[str, PropertyType]:
        return {}

    def _named_type(self, name: str, found: ClassSource | None) -> PropertyType:
        if found is None:
            return ANY
        bases = {base.id for base in found.node.bases if hasattr(base, "id")}
        if bases & {"Enum", "str"}:
            return STRING
        if "TypedDict" in bases:
            return ANY
        shape: Callable[[], Shape] = functools.cache(lambda: self.shape(found))
        return ObjectOf(name, shape)
