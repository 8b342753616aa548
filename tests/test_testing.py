"""The test kit itself."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.testing import UNKNOWN, record, refusal


class Example(Component):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", opts=self.child(protect=True))
        self.register_outputs({"arn": self.vpc.arn})


def test_options_and_parents_are_recorded() -> None:
    """A child shows its parent, its inherited provider and its options."""

    def program() -> None:
        chosen = aws.Provider("chosen", region="us-east-1")
        Example("x", pulumi.ResourceOptions(providers=[chosen]))

    vpc = record(program)["x-vpc"]
    assert (vpc.parent, vpc.provider, vpc.protect) == ("x", "chosen", True)
    assert vpc.urn == "urn:pulumi:stack::project::inferplane:index:Example$aws:ec2/vpc:Vpc::x-vpc"


def test_computed_outputs_are_made_up() -> None:
    """An output that the provider computes has a well-formed value after an up."""
    outputs = record(lambda: Example("x")).one("inferplane:index:Example").outputs
    assert outputs == {"arn": "arn:aws:ec2:us-east-1:123456789012:vpc/x-vpc"}


def test_preview_leaves_computed_outputs_unknown() -> None:
    """Ids and computed outputs are unknown in a preview, inputs are known."""

    def program() -> dict[str, pulumi.Output[str]]:
        vpc = Example("x").vpc
        return {"id": vpc.id, "cidr": vpc.cidr_block}

    assert record(program, preview=True).result == {"id": UNKNOWN, "cidr": "10.0.0.0/16"}


def test_secrets_are_marked() -> None:
    """A secret input is opened for the test and its path is noted."""

    def program() -> None:
        kubernetes.core.v1.Secret("s", string_data={"key": pulumi.Output.secret("value")})

    secret = record(program)["s"]
    assert secret.inputs["stringData"] == {"key": "value"}
    assert secret.secrets == {"stringData"}


def test_hooks_are_recorded() -> None:
    """A resource hook is seen at its resource and with its options."""

    def program() -> None:
        hook = pulumi.ResourceHook("guard", lambda _: None, pulumi.ResourceHookOptions(on_dry_run=True))
        aws.ec2.Vpc("v", opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook])))

    recording = record(program)
    assert recording["v"].hooks == {"before_update": ("guard",)}
    assert recording.hooks == {"guard": {"on_dry_run": True}}


def test_duplicate_urns_are_refused() -> None:
    """Two resources of one type, parent and name are an error, as with the engine."""

    def program() -> None:
        aws.ec2.Vpc("v")
        aws.ec2.Vpc("v")

    with pytest.raises(AssertionError, match="two resources have the URN"):
        record(program)


def test_runs_do_not_see_each_other() -> None:
    """A second run starts with an empty deployment and a new event loop."""
    assert record(lambda: Example("x")).resources == record(lambda: Example("x")).resources


def test_invokes_are_answered_from_the_given_table() -> None:
    """An invoke gets the answer that the test gave and is noted."""
    recording = record(
        lambda: aws.get_region_output().region,
        calls={"aws:index/getRegion:getRegion": {"region": "us-west-2"}},
    )
    assert recording.result == "us-west-2"
    assert [token for token, _ in recording.calls] == ["aws:index/getRegion:getRegion"]


def test_refusal_keeps_what_was_declared_before() -> None:
    """A refused program shows its error and the resources that it had declared already."""

    def program() -> None:
        aws.ec2.Vpc("v")
        raise InferplaneError("no", where="x")

    refused = refusal(program)
    assert str(refused.error) == "x: no"
    assert [resource.name for resource in refused.resources] == ["v"]


def test_a_program_that_is_not_refused_fails_the_test() -> None:
    """`refusal` itself fails where nothing was refused."""
    with pytest.raises(AssertionError, match="expected to be refused"):
        refusal(lambda: None)
