"""The outputs of an AWS resource: what was given, what its rule computes, typed values for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..cloud import Identity
from ..property_types import Constant, ListOf, MapOf, ObjectOf, OneOf, Property, PropertyType, Scalar
from ..schema import ResourceSchema
from ..values import Secret, leaves, plain, secret, transform
from .draft import Draft, Fields, Rule
from .references import by_shape
from .rules import rule_of
from .rules.eks import CREATED_AT

_SHORTEST_SECRET = (
    8  # characters; shorter secrets can not be told from chance when outputs are searched for them
)
_ACCOUNT_NAMES = frozenset({"ownerId", "accountId", "registryId", "instanceOwnerId"})


@dataclass(frozen=True)
class Made:
    """What a create or update of a resource yields."""

    id: str
    arn: str
    outputs: dict[str, Any]
    identities: list[Identity]


def make(draft: Draft, schema: ResourceSchema, given: dict[str, Any], name: str | None) -> Made:
    """The full outputs; `given` are the inputs with secrets, `name` is the resource's own name if any."""
    rule = rule_of(schema.token)
    fields = Fields(draft, rule)
    if draft.previous is not None:
        fields["id"] = draft.previous.id
    outputs: dict[str, Any] = {}
    for property_name, declared in schema.outputs.properties.items():
        value = _value(property_name, declared, schema, given, fields, rule, draft)
        if value is not None:
            outputs[property_name] = value
    if name is not None and "name" in schema.outputs.properties:
        outputs.setdefault("name", name)
        outputs["name"] = outputs["name"] or name
    outputs = _reseal(outputs, given)
    arn = str(fields["arn"]) if rule.arn else str(plain(outputs.get("arn") or ""))
    return Made(fields["id"], arn, outputs, list(_identities(draft, schema, fields, rule, outputs, name)))


def _value(
    name: str,
    declared: Property,
    schema: ResourceSchema,
    given: dict[str, Any],
    fields: Fields,
    rule: Rule,
    draft: Draft,
) -> Any:
    value = given.get(name)
    if name in rule.outputs:
        computed = fields[name]
        if isinstance(computed, dict) and isinstance(value, dict):
            return {**computed, **value}
        return computed if value is None else value
    if value is not None:
        return value
    if name == "arn" and rule.arn:
        return fields["arn"]
    if declared.optional_output or name == "namePrefix":
        return None
    return _default(name, declared.type, declared.default, draft, schema.is_output_only(name))


def _default(name: str, kind: PropertyType, documented: str | None, draft: Draft, computed: bool) -> Any:
    """A value of the right type for a property that no rule knows."""
    if isinstance(kind, Constant):
        return kind.values[0]
    if isinstance(kind, OneOf):
        return _default(name, kind.options[0], documented, draft, computed)
    if isinstance(kind, ListOf):
        return []
    if isinstance(kind, MapOf):
        return {}
    if isinstance(kind, ObjectOf):
        return {
            inner: _default(f"{name}.{inner}", declared.type, declared.default, draft, computed)
            for inner, declared in kind.shape().properties.items()
            if not declared.optional_output
        }
    return _scalar(name, kind, documented, draft, computed)


def _scalar(name: str, kind: Scalar, documented: str | None, draft: Draft, computed: bool) -> Any:
    if kind.name == "bool":
        return documented == "true"
    if kind.name in {"integer", "number"}:
        return int(documented) if documented and documented.isdigit() else 0
    if kind.name != "string":
        return None
    if documented is not None and not computed:
        return documented
    return _text(name, draft) if computed else ""


def _text(name: str, draft: Draft) -> str:
    last = name.rsplit(".", 1)[-1]
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", last).lower()
    service = draft.type.split(":")[1].split("/")[0]
    if last in _ACCOUNT_NAMES:
        return draft.account
    if last == "region":
        return draft.region
    if last.lower().endswith("arn"):
        token = draft.tokens.hex(17, name)
        return f"arn:{draft.partition}:{service}:{draft.region}:{draft.account}:{word}/{token}"
    if last.endswith("Id") or last == "id":
        return f"{word.removesuffix('-id')}-{draft.tokens.hex(17, name)}"
    if last in {"status", "state"}:
        return "ACTIVE"
    if last.endswith(("At", "Date", "Time", "Timestamp")):
        return CREATED_AT
    if last.endswith(("Url", "url", "Endpoint", "endpoint")):
        return f"https://{draft.tokens.hex(10, name)}.{service}.{draft.region}.amazonaws.com"
    if last.endswith(("dnsName", "DnsName", "domainName", "DomainName")):
        return f"{draft.tokens.hex(10, name)}.{service}.{draft.region}.amazonaws.com"
    return draft.tokens.hex(16, name)


def _reseal(outputs: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Wrap every output string that repeats a secret input."""
    hidden = {text for value in _secrets(given) for _, text in leaves(value) if _is_telling(text)}
    if not hidden:
        return outputs

    def seal(leaf: Any) -> Any:
        if isinstance(leaf, str) and any(text in leaf for text in hidden):
            return secret(leaf)
        return leaf

    return {key: transform(value, seal) for key, value in outputs.items()}


def _is_telling(text: Any) -> bool:
    return isinstance(text, str) and len(text) >= _SHORTEST_SECRET


def _secrets(value: Any) -> Iterator[Any]:
    if isinstance(value, Secret):
        yield value.value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _secrets(item)


def _identities(
    draft: Draft,
    schema: ResourceSchema,
    fields: Fields,
    rule: Rule,
    outputs: dict[str, Any],
    name: str | None,
) -> Iterator[Identity]:
    """The strings that stand for the resource: id, ARN, name, and each id or ARN that it alone gives."""
    own: dict[str, None] = dict.fromkeys([str(fields["id"])])
    if rule.arn:
        own[str(fields["arn"])] = None
    if name is not None:
        own[name] = None
    for property_name, value in outputs.items():
        if schema.is_output_only(property_name):
            for path, text in leaves(value, (property_name,)):
                if isinstance(text, str) and by_shape(path, text, draft.account):
                    own[text] = None
    scope = draft.region if "region" in schema.inputs.properties else ""
    taken = {text for _, text in leaves(dict(draft.inputs)) if text != name}
    for text in own:
        others = draft.cloud.of_identity(text)
        foreign = others is not None and (draft.previous is None or others.key != draft.previous.key)
        if text not in taken and not (foreign and text != name):
            yield Identity(text, schema.token, scope)
    if rule.also is not None:
        yield from rule.also(draft, fields)
