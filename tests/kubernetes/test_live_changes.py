"""The refusal of changes that restart replicas under their users."""

import asyncio
import copy
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import UNKNOWN, Unknown

from inferplane.errors import InferplaneError
from inferplane.kubernetes.live_change_hook import live_change_guard
from inferplane.kubernetes.live_changes import changed_paths, live_change_error
from inferplane.kubernetes.render_pod import pod_template
from inferplane.kubernetes.render_slot import deployment
from tests.kubernetes.examples import MODEL, slot
from tests.mocks import record

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def template(**changes: Any) -> dict[str, Any]:
    """A slot's pod template, with changes."""
    return pod_template(slot(**changes), environment="prod", model=MODEL, slot_name="blue")


@given(json_values)
def test_nothing_changed(value: Any) -> None:
    """A value does not differ from its copy."""
    assert changed_paths(value, copy.deepcopy(value)) == []


@given(json_values, json_values)
def test_differences_are_seen_from_both_sides(one: Any, other: Any) -> None:
    """What differs from one side differs from the other."""
    assert changed_paths(one, other) == changed_paths(other, one)


def test_image_and_flags_are_named() -> None:
    """Changed fields are named by their paths, containers by their names."""
    image = f"registry.example.com/vllm@sha256:{'9' * 64}"
    assert changed_paths(template(), template(image=image, args=["--shutdown-timeout=600"])) == [
        "spec.containers[vllm].args",
        "spec.containers[vllm].image",
        "spec.initContainers[fetch-weights].image",
    ]


def test_values_are_never_named() -> None:
    """A message has paths only, so nothing secret can be in it."""
    old, new = template(), template()
    new["spec"]["containers"][0]["env"].append({"name": "TOKEN", "value": "s3cr3t"})
    changes = changed_paths(old, new)
    assert changes == ["spec.containers[vllm].env[TOKEN]"]


def test_numbers_from_the_engine_are_the_same() -> None:
    """Whole numbers come back as floats; that is no change. True is not 1."""
    assert changed_paths({"a": 1, "b": True}, {"a": 1.0, "b": True}) == []
    assert changed_paths({"b": True}, {"b": 1}) == ["b"]


def test_order_of_containers_counts() -> None:
    """Kubernetes takes another order for another template."""
    items = [{"name": "a"}, {"name": "b"}]
    assert changed_paths({"x": items}, {"x": items[::-1]}) == ["x"]


def test_unknown_values_wait() -> None:
    """What a preview does not know yet is not called a change."""
    assert changed_paths({"a": "x"}, {"a": UNKNOWN}, unknown=(Unknown,)) == []


def test_message_says_what_to_do() -> None:
    """The refusal names model, slot, fields, the free slot and both ways out."""
    text = str(
        live_change_error(
            model=MODEL,
            slot="blue",
            other="green",
            other_serving=False,
            changes=["spec.x"] * 20,
            where="here",
        )
    )
    for part in (
        MODEL,
        "'blue' of",
        "slot 'green' is free",
        "release it",
        "allow_live_changes",
        "and 8 more",
    ):
        assert part in text


def test_message_in_a_release() -> None:
    """While both slots carry traffic none is called free."""
    text = str(
        live_change_error(
            model=MODEL, slot="blue", other="green", other_serving=True, changes=["a"], where="here"
        )
    )
    assert "free" not in text
    assert "finish or abort" in text


def call_guard(old: Any, new: Any) -> None:
    """Run the hook as the engine does, with a Deployment's old and new inputs."""
    raised: list[Exception] = []

    def program() -> Any:
        guard = live_change_guard("prod", model=MODEL, slot="blue", other="green", other_serving=False)

        async def run() -> None:
            try:
                result = guard(
                    pulumi.ResourceHookArgs("urn", "id", "n", "t", new_inputs=new(), old_inputs=old())
                )
                assert result is not None
                await result
            except Exception as error:
                raised.append(error)

        return pulumi.Output.from_input(asyncio.ensure_future(run()))

    recording = record(program)
    assert recording.hooks == {"prod-blue-live-change-guard": {"on_dry_run": True}}
    if raised:
        raise raised[0]


def inputs(**changes: Any) -> dict[str, Any]:
    """A Deployment's inputs, with changes to its slot."""
    where = {"namespace": "n", "environment": "prod", "model": MODEL, "slot_name": "blue"}
    return deployment(slot(**changes), **where)


def test_guard_refuses_another_revision() -> None:
    """The hook refuses other weights for a slot that serves."""
    with pytest.raises(InferplaneError, match=r"fetch-weights.*differ"):
        call_guard(inputs, lambda: inputs(weights_uri="s3://acme-models/other/"))


def test_guard_sees_through_secrets() -> None:
    """A template that the engine hands over as a secret is compared as well."""

    def secret(**changes: Any) -> dict[str, Any]:
        plain = inputs(**changes)
        return {**plain, "spec": pulumi.Output.secret(plain["spec"])}

    call_guard(secret, secret)
    with pytest.raises(InferplaneError, match="image"):
        call_guard(secret, lambda: secret(image=f"other@sha256:{'1' * 64}"))


def test_guard_lets_through_what_restarts_nothing() -> None:
    """Labels of the Deployment and its deadlines may change under traffic."""

    def relabelled() -> dict[str, Any]:
        changed = inputs()
        changed["metadata"]["labels"]["team"] = "x"
        changed["spec"]["progressDeadlineSeconds"] = 7000
        changed["spec"]["replicas"] = 5
        return changed

    call_guard(inputs, relabelled)
