"""Property values between the engine's wire form (protobuf) and plain Python, with unknowns and secrets.

The signatures and the sentinel strings are fixed by Pulumi's wire protocol:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a protocol constant, no password)
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIGNATURES: Final = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_STRINGS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)

Path: TypeAlias = tuple[str | int, ...]


class Unknown:
    """The type of `UNKNOWN`: a value that only the real operation, not a preview, can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that must be encrypted in the state and never be shown; holds any value but another Secret."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


def unmarshal(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The Python form of a wire struct; whole numbers become int, nulls are left out."""
    return {key: value for key, raw in struct.fields.items() if (value := _unmarshal_value(raw)) is not None}


def _unmarshal_value(raw: struct_pb2.Value) -> Any:
    kind = raw.WhichOneof("kind")
    if kind == "string_value":
        text = raw.string_value
        return UNKNOWN if text in _UNKNOWN_STRINGS else text
    if kind == "struct_value":
        return unwire(unmarshal(raw.struct_value))
    if kind == "list_value":
        return [_unmarshal_value(item) for item in raw.list_value.values]
    if kind == "bool_value":
        return raw.bool_value
    if kind == "number_value":
        number = raw.number_value
        return int(number) if number.is_integer() else number
    return None


def unwire(fields: dict[str, Any]) -> Any:
    """Turn a dict that carries a signature into the Secret, output value or asset that it stands for."""
    signature = fields.get(SIGNATURE)
    if signature == SECRET_SIGNATURE:
        return secret(fields.get("value"))
    if signature == OUTPUT_SIGNATURE:
        value = fields.get("value", UNKNOWN)
        return secret(value) if fields.get("secret") else value
    return fields


def marshal(fields: Mapping[str, Any]) -> struct_pb2.Struct:
    """The wire form of a mapping of property values."""
    struct = struct_pb2.Struct()
    for key, value in fields.items():
        if value is not None:
            _marshal_value(value, struct.fields[key])
    return struct


def _marshal_value(value: Any, into: struct_pb2.Value) -> None:
    if isinstance(value, Secret):
        into.struct_value.fields[SIGNATURE].string_value = SECRET_SIGNATURE
        _marshal_value(value.value, into.struct_value.fields["value"])
    elif isinstance(value, Mapping):
        into.struct_value.SetInParent()
        for key, item in value.items():
            if item is not None:
                _marshal_value(item, into.struct_value.fields[key])
    elif isinstance(value, list | tuple):
        into.list_value.SetInParent()
        for item in value:
            _marshal_value(item, into.list_value.values.add())
    else:
        _marshal_leaf(value, into)


def _marshal_leaf(value: Any, into: struct_pb2.Value) -> None:
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        into.string_value = UNKNOWN_STRING
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, str):
        into.string_value = value
    else:
        into.number_value = value


def secret(value: Any) -> Any:
    """`value` as a Secret, once."""
    return value if isinstance(value, Secret) else Secret(value)


def transform(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A deep copy of `value` in which `leaf` has replaced everything that is neither mapping nor list."""
    if isinstance(value, dict):
        return {key: transform(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [transform(item, leaf) for item in value]
    return leaf(value)


def plain(value: Any) -> Any:
    """`value` with every Secret opened."""
    return transform(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def known(value: Any) -> Any:
    """`value` with every Secret opened and all that is unknown left out (None when it is unknown itself)."""
    if isinstance(value, Secret):
        return known(value.value)
    if isinstance(value, dict):
        return {key: item for key, raw in value.items() if (item := known(raw)) is not None}
    if isinstance(value, list):
        return [item for raw in value if (item := known(raw)) is not None]
    return None if value is UNKNOWN else value


def has_unknown(value: Any) -> bool:
    """Whether `value` is or holds an unknown."""
    return any(leaf is UNKNOWN for _, leaf in leaves(value))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf of `value` with its path; Secrets are opened."""
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def to_wire(value: Any) -> Any:
    """`value` as JSON-ready Python in which Secrets carry the wire signature (how `cloud.db` keeps them)."""
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": to_wire(value.value)}
    if isinstance(value, dict):
        return {key: to_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_wire(item) for item in value]
    return UNKNOWN_STRING if value is UNKNOWN else value


def from_wire(value: Any) -> Any:
    """The inverse of `to_wire`."""
    if isinstance(value, dict):
        return unwire({key: from_wire(item) for key, item in value.items()})
    if isinstance(value, list):
        return [from_wire(item) for item in value]
    return UNKNOWN if value == UNKNOWN_STRING else value


def format_path(path: Path) -> str:
    """A property path in the engine's syntax: `a.b[0]["key with dots"]`."""
    text = ""
    for segment in path:
        if isinstance(segment, int):
            text += f"[{segment}]"
        elif segment.isidentifier():
            text += f".{segment}" if text else segment
        else:
            text += '["' + segment.replace('"', '\\"') + '"]'
    return text
