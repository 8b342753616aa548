"""Schemas read from the SDK's sources, compared with the SDK as Python sees it."""

import importlib
from typing import Any

import pytest
from pulumi import _types

from inferplane.sandbox.provider.property_types import ListOf, ObjectOf, Scalar
from inferplane.sandbox.provider.schema import Schemas, UnknownTypeError

AWS = Schemas("pulumi_aws")
KUBERNETES = Schemas("pulumi_kubernetes")


@pytest.mark.parametrize(
    ("schemas", "token", "module", "name"),
    [
        (AWS, "aws:lb/targetGroup:TargetGroup", "pulumi_aws.lb", "TargetGroup"),
        (AWS, "aws:lb/listenerRule:ListenerRule", "pulumi_aws.lb", "ListenerRule"),
        (AWS, "aws:kms/key:Key", "pulumi_aws.kms", "Key"),
        (
            KUBERNETES,
            "kubernetes:policy/v1:PodDisruptionBudget",
            "pulumi_kubernetes.policy.v1",
            "PodDisruptionBudget",
        ),
    ],
)
def test_schemas_agree_with_the_imported_sdk(schemas: Schemas, token: str, module: str, name: str) -> None:
    """Input and output names read from the source are those that the imported classes have."""
    imported = importlib.import_module(module)
    resource = getattr(imported, name)
    arguments = getattr(imported, f"{name}InitArgs", None) or getattr(imported, f"{name}Args")
    schema = schemas.resource(token)
    inputs = set(_types.input_type_py_to_pulumi_names(arguments).values())
    assert set(schema.inputs.properties) == inputs
    assert set(schema.outputs.properties) == set(_types.resource_types(resource)) - {"id", "urn"}


def test_required_properties_are_the_constructors() -> None:
    """A property without a default in the SDK's constructor is required, others are not."""
    rule = AWS.resource("aws:lb/listenerRule:ListenerRule")
    assert {name for name, each in rule.inputs.properties.items() if each.required} == {
        "actions",
        "conditions",
        "listenerArn",
    }


def test_nested_types_are_followed() -> None:
    """The type of a property three objects deep is known."""
    deployment = KUBERNETES.resource("kubernetes:apps/v1:Deployment")

    def inner(kind: Any, name: str) -> Any:
        assert isinstance(kind, ObjectOf)
        return kind.shape().properties[name].type

    template = inner(deployment.inputs.properties["spec"].type, "template")
    containers = inner(inner(template, "spec"), "containers")
    assert isinstance(containers, ListOf)
    assert inner(containers.item, "image") == Scalar("string")


def test_computed_properties_are_output_only() -> None:
    """An ARN is computed, a name can be given."""
    schema = AWS.resource("aws:iam/role:Role")
    assert (schema.is_output_only("arn"), schema.is_output_only("name")) == (True, False)


def test_an_unknown_type_suggests_the_nearest() -> None:
    """The error for a misspelt token holds the right one."""
    with pytest.raises(UnknownTypeError, match="aws:ec2/vpc:Vpc"):
        AWS.resource("aws:ec2/vpc:Vcp")


def test_the_version_is_the_installed_sdks() -> None:
    """The provider calls itself by the SDK's version."""
    assert AWS.source.version.split(".")[0] == "7"
