"""What a program declared, as plain data."""

from dataclasses import dataclass, field
from typing import Any

from inferplane.errors import InferplaneError
from inferplane.testing._values import plain

__all__ = ["STACK", "Recording", "Refusal", "Registered", "registered"]

STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Registered:
    """One resource as the program declared it; property names are the provider's (camelCase)."""

    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    """Plain values: secrets are opened (their paths are in `secrets`), unknowns are `UNKNOWN`."""
    secrets: frozenset[str]
    """Dotted paths of the inputs that are secret, e.g. "data" or "data.key"."""
    custom: bool
    parent: str
    """Logical name of the parent; empty for a child of the stack."""
    parent_urn: str
    provider: str
    """Logical name of the explicit provider; empty where the default provider serves the resource."""
    providers: dict[str, str]
    """For components: package -> logical name of the provider passed to it."""
    protect: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    delete_before_replace: bool | None
    """None where the provider decides."""
    retain_on_delete: bool
    additional_secret_outputs: tuple[str, ...]
    timeouts: dict[str, str]
    """operation -> duration, only those that are set, e.g. {"create": "30m"}."""
    aliases: tuple[str, ...]
    """Alias URNs, or for structured aliases "type=..,name=..,parent=.." with the parts that are set."""
    depends_on: tuple[str, ...]
    """URNs of all resources that this one waits for, from `depends_on` and from its inputs."""
    hooks: dict[str, tuple[str, ...]]
    """hook kind (e.g. "before_update") -> names of hooks."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """For components, what `register_outputs` was given; filled when the program has ended."""


@dataclass(frozen=True)
class Recording:
    """All that a program declared, in order of registration."""

    resources: tuple[Registered, ...]
    result: Any
    """What the program returned, with its outputs resolved (`UNKNOWN` where a preview can not know them)."""
    hooks: dict[str, dict[str, bool]]
    """Registered hooks: name -> {"on_dry_run": bool}."""
    calls: tuple[tuple[str, dict[str, Any]], ...]
    """Invokes: (token, arguments)."""
    outputs_registered: frozenset[str]
    """URNs of the components that called `register_outputs`."""

    def of(self, type_: str) -> list[Registered]:
        """Return all resources of a type token."""
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """Return the only resource of a type token (and logical name); AssertionError unless there is one."""
        found = [resource for resource in self.of(type_) if name in (None, resource.name)]
        assert len(found) == 1, f"{len(found)} resources of type {type_}: {[r.name for r in found]}"
        return found[0]

    def __getitem__(self, name: str) -> Registered:
        """Return the only resource of a logical name; AssertionError unless there is one."""
        found = [resource for resource in self.resources if resource.name == name]
        names = [resource.name for resource in self.resources]
        assert len(found) == 1, f"{len(found)} resources named {name}; there are {names}"
        return found[0]


@dataclass(frozen=True)
class Refusal:
    """A program that ended with an InferplaneError: the error and what had been declared before it."""

    error: InferplaneError
    resources: tuple[Registered, ...]


def _name_of(urn: str) -> str:
    """Return the logical name in a URN or in a provider reference (`<urn>::<id>`); empty for the stack."""
    parts = urn.split("::")
    return "" if urn == "" or parts[2] == STACK else parts[3]


def registered(urn: str, request: Any, outputs: dict[str, Any]) -> Registered:
    inputs, secrets = plain(request.object)
    timeouts = {key: getattr(request.customTimeouts, key) for key in ("create", "update", "delete")}
    return Registered(
        type=request.type,
        name=request.name,
        urn=urn,
        inputs=inputs,
        secrets=frozenset(secrets),
        custom=request.custom,
        parent=_name_of(request.parent),
        parent_urn=request.parent,
        provider=_name_of(request.provider),
        providers={package: _name_of(reference) for package, reference in request.providers.items()},
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        retain_on_delete=request.retainOnDelete,
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        timeouts={key: value for key, value in timeouts.items() if value},
        aliases=tuple(_alias(alias) for alias in request.aliases),
        depends_on=tuple(sorted(request.dependencies)),
        hooks={kind.name: tuple(names) for kind, names in request.hooks.ListFields()},
        outputs=outputs,
    )


def _alias(alias: Any) -> str:
    if alias.WhichOneof("alias") == "urn":
        return str(alias.urn)
    spec = alias.spec
    parent = spec.parentUrn or ("stack" if spec.noParent else "")
    parts = {"type": spec.type, "name": spec.name, "parent": parent}
    return ",".join(f"{key}={value}" for key, value in parts.items() if value)
