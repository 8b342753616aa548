"""What is known of an AWS resource while its outputs are made, and the templates that make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cloud import Cloud, CloudResource, Identity
from ..tokens import Tokens
from . import regions


@dataclass(frozen=True)
class Draft:
    """A resource about to be created or updated; `inputs` hold no secrets and nothing unknown.

    `name` is the resource's own name in the cloud, or its logical name where it has none.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]
    region: str
    account: str
    tokens: Tokens
    cloud: Cloud
    previous: CloudResource | None = None

    @property
    def partition(self) -> str:
        """The partition of the resource's region."""
        return regions.partition(self.region)

    def referred(self, value: Any, *kinds: str) -> CloudResource | None:
        """The live resource behind an id, ARN or name in the inputs."""
        return self.cloud.of_identity(value, kinds) if isinstance(value, str) else None

    def counter(self, name: str, *, bump: bool = True) -> int:
        """A version number: 1 at first, one more with each update when `bump`."""
        before = self.previous.outputs.get(name) if self.previous else None
        return int(before) + bump if before else 1


Template = str | Callable[[Draft, "Fields"], Any]


@dataclass(frozen=True)
class Rule:
    """How one type's id, ARN and computed outputs are made.

    Templates are format strings over `Fields`; where a string can not say it, a function of the draft does.
    `also` gives further identities (the security group that a cluster brings along).
    """

    id: Template = ""
    arn: Template = ""
    outputs: Mapping[str, Template] = field(default_factory=dict)
    also: Callable[[Draft, Fields], list[Identity]] | None = None


class Fields(dict[str, Any]):
    """The names that a template may use; ids and ARNs may refer to each other.

    `{name} {region} {account} {partition} {suffix}`, `{given[subnetId]}` (an input, empty when not given),
    and tokens: `{hex:17}`, `{digits:10}`, `{base32:17}`, `{base36:21}`, `{uuid}`. Each property has its own
    tokens, unless a salt is given: `{hex:16:main}`.
    """

    def __init__(self, draft: Draft, rule: Rule) -> None:
        super().__init__(
            name=draft.name,
            region=draft.region,
            account=draft.account,
            partition=draft.partition,
            suffix=regions.dns_suffix(draft.region),
            given=_Given(draft.inputs),
        )
        self._draft, self._rule = draft, rule

    def __missing__(self, key: str) -> Any:
        if key == "id":
            self["id"] = self.render(self._rule.id, "id")
        elif key == "arn":
            self["arn"] = self.render(self._rule.arn, "arn")
        elif key in self._rule.outputs:
            self[key] = self.render(self._rule.outputs[key], key)
        else:
            return _Token(self._draft.tokens, key, "")
        return self[key]

    def render(self, template: Template, salt: str) -> Any:
        """The value of one template; `salt` (the property's name) tells its tokens from those of others."""
        if not isinstance(template, str):
            return template(self._draft, self)
        return template.format_map(_Salted(self, salt)) if "{" in template else template


class _Given(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


class _Salted(dict[str, Any]):
    def __init__(self, fields: Fields, salt: str) -> None:
        super().__init__()
        self._fields, self._salt = fields, salt

    def __missing__(self, key: str) -> Any:
        value = self._fields[key]
        return _Token(value.tokens, value.kind, self._salt) if isinstance(value, _Token) else value


@dataclass(frozen=True)
class _Token:
    tokens: Tokens
    kind: str
    salt: str

    def __format__(self, spec: str) -> str:
        length, _, salt = spec.partition(":")
        salt = salt or self.salt
        if self.kind == "uuid":
            return self.tokens.uuid(salt)
        makers = {
            "hex": self.tokens.hex,
            "digits": self.tokens.digits,
            "base32": self.tokens.base32,
            "base36": self.tokens.base36,
        }
        return makers[self.kind](int(length), salt)
