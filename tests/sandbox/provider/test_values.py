"""Property values on the wire and in the cloud's file."""

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from inferplane.sandbox.provider import values
from inferplane.sandbox.provider.values import UNKNOWN, Secret

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
keys = texts.filter(lambda key: key != values.SIGNATURE)
scalars = st.booleans() | st.integers(-(2**50), 2**50) | st.floats(-1e6, 1e6) | texts | st.just(UNKNOWN)
trees = st.recursive(
    scalars | scalars.map(Secret),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, trees, max_size=5))
def test_the_wire_loses_nothing(tree: dict[str, Any]) -> None:
    """What is marshalled comes back equal, with secrets and unknowns in their places."""
    assert values.unmarshal(values.marshal(tree)) == tree


@given(st.dictionaries(keys, trees, max_size=5))
def test_the_cloud_file_loses_nothing(tree: dict[str, Any]) -> None:
    """The stored form of a tree reads back equal."""
    assert values.from_wire(values.to_wire(tree)) == tree


@given(trees)
def test_known_values_hold_no_wrapper(tree: Any) -> None:
    """`known` leaves neither a secret nor an unknown."""
    found = values.known(tree)
    assert not any(isinstance(leaf, Secret | values.Unknown) for _, leaf in values.leaves(found))


def test_output_values_become_what_they_carry() -> None:
    """An output value on the wire is its value, secret or unknown as marked."""
    wire = struct_pb2.Struct()
    wire.update(
        {
            "known": {values.SIGNATURE: values.OUTPUT_SIGNATURE, "value": "x"},
            "hidden": {values.SIGNATURE: values.OUTPUT_SIGNATURE, "value": "x", "secret": True},
            "open": {values.SIGNATURE: values.OUTPUT_SIGNATURE},
        }
    )
    assert values.unmarshal(wire) == {"known": "x", "hidden": Secret("x"), "open": UNKNOWN}


def test_a_secret_never_shows_its_value() -> None:
    """The text form of a secret does not hold the value."""
    assert "hunter2" not in f"{Secret('hunter2')!r} {Secret('hunter2')}"


def test_paths_are_written_as_the_engine_reads_them() -> None:
    """Names are joined by dots, indexes and odd keys stand in brackets."""
    path = ("spec", "containers", 0, "env", "a.b/c")
    assert values.format_path(path) == 'spec.containers[0].env["a.b/c"]'
