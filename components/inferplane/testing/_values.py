"""Property values on the wire to plain Python and back, and made-up computed outputs, for the test kit."""

import importlib
import inspect
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi._types import resource_types
from pulumi.output import Unknown

__all__ = ["UNKNOWN", "computed_outputs", "plain", "to_value", "unknown_outputs", "without_sdk_unknowns"]

# Signatures of the engine's wire format: pulumi/pulumi, sdk/go/common/resource/properties.go.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the wire format, not a secret
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

_ACCOUNT = "123456789012"
_REGION = "us-east-1"


class _Unknown:
    """The value of an output that a preview can not know."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


def plain(struct: struct_pb2.Struct) -> tuple[dict[str, Any], set[str]]:
    """Return a struct as plain values (whole numbers as int, unknowns as `UNKNOWN`) and its secret paths."""
    secrets: set[str] = set()
    return {key: _plain(value, key, secrets) for key, value in struct.fields.items()}, secrets


def _plain(value: struct_pb2.Value, path: str, secrets: set[str]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
        if signature == _SECRET:
            secrets.add(path)
            return _plain(fields["value"], path, secrets)
        if signature == _RESOURCE:
            return fields["urn"].string_value
        return {key: _plain(item, f"{path}.{key}", secrets) for key, item in fields.items()}
    if kind == "list_value":
        return [_plain(item, f"{path}[{i}]", secrets) for i, item in enumerate(value.list_value.values)]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value == _UNKNOWN_WIRE else value.string_value
    return value.bool_value if kind == "bool_value" else None


def to_value(value: Any) -> struct_pb2.Value:
    """Return a plain JSON-like value, `UNKNOWN` included, in wire form."""
    wire = struct_pb2.Value()
    json_format.ParseDict(_with_wire_unknowns(value), wire)
    return wire


def _with_wire_unknowns(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    if isinstance(value, dict):
        return {key: _with_wire_unknowns(item) for key, item in value.items()}
    return [_with_wire_unknowns(item) for item in value] if isinstance(value, list) else value


def without_sdk_unknowns(value: Any) -> Any:
    """Return `value` with the SDK's own unknown objects replaced by `UNKNOWN`, at any depth."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: without_sdk_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_sdk_unknowns(item) for item in value]
    return value


def computed_outputs(type_: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return made-up but well-formed values for the outputs that a provider would compute.

    Every string or whole-number output of the SDK's class that is not an input gets one (ARNs look like
    ARNs), a missing `name` is named after the resource, and the few nested outputs that programs read are
    in `_NESTED`.
    """
    package, _, class_name = type_.rpartition(":")
    made = {
        key: {**value, **inputs[key]} if isinstance(inputs.get(key), dict) else value
        for key, value in _NESTED.get(type_, {}).items()
    }
    if type_.startswith("kubernetes:"):
        metadata = inputs.get("metadata") or {}
        return {**made, "metadata": {"name": name, **metadata}}
    cls = _class_of(package, class_name)
    if cls is None:
        return made
    accepted = set(inspect.signature(cls._internal_init).parameters)  # type: ignore[attr-defined]
    for key, annotation in resource_types(cls).items():
        if key in inputs or key in made or (key != "name" and _snake(key) in accepted):
            continue
        if annotation is str:
            made[key] = _string(type_, name, key)
        elif annotation is int:
            made[key] = 1
    return made


def unknown_outputs(type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the nested outputs of `computed_outputs` as a preview shows them: inputs kept, the rest
    unknown."""
    return {
        key: {**dict.fromkeys(value, _UNKNOWN_WIRE), **inputs[key]}
        for key, value in _NESTED.get(type_, {}).items()
        if isinstance(value, dict) and isinstance(inputs.get(key), dict)
    }


def _string(type_: str, name: str, key: str) -> str:
    if key == "name":
        return name
    if key.lower().endswith("arn"):
        service = type_.split(":")[1].split("/")[0]
        region = "" if service == "iam" else _REGION
        return f"arn:aws:{service}:{region}:{_ACCOUNT}:{type_.rpartition(':')[2].lower()}/{name}"
    return f"{name}-{key}"


def _class_of(package: str, class_name: str) -> type | None:
    provider, _, module = package.partition(":")
    try:
        found = getattr(importlib.import_module(f"pulumi_{provider}.{module.split('/')[0]}"), class_name)
    except (ImportError, AttributeError):
        return None
    return found if isinstance(found, type) and hasattr(found, "_internal_init") else None


def _snake(key: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in key)


_NESTED: Final[dict[str, dict[str, Any]]] = {
    "aws:eks/cluster:Cluster": {
        "vpcConfig": {"clusterSecurityGroupId": "sg-0123456789abcdef0", "vpcId": "vpc-0123456789abcdef0"},
        "endpoint": f"https://0123456789ABCDEF0123456789ABCDEF.gr7.{_REGION}.eks.amazonaws.com",
        "certificateAuthority": {"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="},
        "certificateAuthorities": [{"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="}],
        "identities": [
            {
                "oidcs": [
                    {
                        "issuer": f"https://oidc.eks.{_REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
                    }
                ]
            }
        ],
    },
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {
                "domainName": "model.example.com",
                "resourceRecordName": "_0.model.example.com.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_1.acm-validations.aws.",
            }
        ],
    },
}
