"""Mistakes in inputs, found from the SDK's types."""

from pathlib import Path
from typing import Any

import pytest

from inferplane.sandbox.provider.values import UNKNOWN, Secret
from tests.sandbox.provider.driver import DEPLOYMENT, LISTENER_RULE, ROLE, TARGET_GROUP, VPC, aws, kubernetes

CONTAINER: dict[str, Any] = {"name": "c", "image": "v1"}


def deployment(container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A Deployment around one container."""
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "m"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec},
    }


def test_a_misspelt_property_suggests_the_right_one(tmp_path: Path) -> None:
    """The failure names the path and the property that was meant."""
    found = aws(tmp_path).failures(TARGET_GROUP, {"helth_check": {"path": "/"}})
    assert found == {"helth_check": "unknown property; did you mean 'healthCheck'?"}


def test_a_misspelt_nested_property_has_its_full_path(tmp_path: Path) -> None:
    """A mistake inside a container is reported at its index."""
    found = kubernetes(tmp_path).failures(DEPLOYMENT, deployment({**CONTAINER, "imagePullPolcy": "Always"}))
    path = "spec.template.spec.containers[0].imagePullPolcy"
    assert found == {path: "unknown property; did you mean 'imagePullPolicy'?"}


def test_missing_properties_are_listed_together(tmp_path: Path) -> None:
    """All required properties that are absent are reported at once."""
    found = aws(tmp_path).failures(LISTENER_RULE, {})
    assert set(found) == {"actions", "conditions", "listenerArn"}


def test_a_missing_nested_property_is_reported(tmp_path: Path) -> None:
    """A container without a name fails."""
    found = kubernetes(tmp_path).failures(DEPLOYMENT, deployment({"image": "v1"}))
    assert found == {"spec.template.spec.containers[0].name": "missing required property: a string"}


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"port": "8000"}, "port", "expected a whole number, got the string '8000'"),
        ({"port": 80.5}, "port", "expected a whole number, got the number 80.5"),
        ({"port": True}, "port", "expected a whole number, got the bool true"),
        ({"name": 5}, "name", "expected a string, got the number 5"),
        ({"tags": ["a"]}, "tags", "expected a map of strings, got a list"),
        ({"healthCheck": [{}]}, "healthCheck", "expected an object (TargetGroupHealthCheck), got a list"),
        ({"targetFailovers": "x"}, "targetFailovers", "got the string 'x'"),
    ],
)
def test_a_wrong_type_is_a_failure(tmp_path: Path, inputs: dict[str, Any], path: str, reason: str) -> None:
    """The failure tells what was expected and what was given."""
    found = aws(tmp_path).failures(TARGET_GROUP, inputs)
    assert list(found) == [path]
    assert reason in found[path]


def test_unknown_values_are_right_everywhere(tmp_path: Path) -> None:
    """In a preview an unknown stands for a value of any type."""
    assert aws(tmp_path).failures(TARGET_GROUP, {"port": UNKNOWN, "healthCheck": UNKNOWN}) == {}


def test_a_failure_never_shows_a_secret(tmp_path: Path) -> None:
    """A secret of the wrong type is reported without its value."""
    found = aws(tmp_path).failures(TARGET_GROUP, {"port": Secret("hunter2")})
    assert found == {"port": "expected a whole number"}


def test_an_output_can_not_be_given(tmp_path: Path) -> None:
    """An ARN is computed and no input."""
    assert "arn" in aws(tmp_path).failures(VPC, {"arn": "arn:aws:ec2:us-east-1:123456789012:vpc/x"})


def test_a_policy_must_be_json(tmp_path: Path) -> None:
    """A policy document that does not parse fails where AWS would refuse it."""
    found = aws(tmp_path).failures(ROLE, {"assumeRolePolicy": "{'Version': 1}"})
    assert found["assumeRolePolicy"].startswith("must be a JSON text")


def test_quantities_may_be_numbers_or_strings(tmp_path: Path) -> None:
    """A union type takes each of its members: `targetPort` is a name or a number."""
    service = "kubernetes:core/v1:Service"
    for port in ("http", 8000):
        inputs = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80, "targetPort": port}]}}
        assert kubernetes(tmp_path).failures(service, inputs) == {}
    wrong = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80, "targetPort": [1]}]}}
    assert "spec.ports[0].targetPort" in kubernetes(tmp_path).failures(service, wrong)


def test_a_wrong_api_version_is_refused(tmp_path: Path) -> None:
    """Constants of the type (apiVersion, kind) are checked."""
    inputs = {**deployment(CONTAINER), "kind": "Deploy"}
    assert kubernetes(tmp_path).failures(DEPLOYMENT, inputs) == {
        "kind": "expected 'Deployment', got the string 'Deploy'"
    }


def test_a_custom_resource_has_free_fields_and_checked_metadata(tmp_path: Path) -> None:
    """`spec` and its like are free, `metadata` is not, and kind must be the token's."""
    token = "kubernetes:keda.sh/v1alpha1:ScaledObject"
    good = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "x"},
        "spec": {"any": [1]},
    }
    assert kubernetes(tmp_path).failures(token, good) == {}
    bad = {**good, "kind": "ScaledJob", "metadata": {"nam": "x"}}
    assert set(kubernetes(tmp_path).failures(token, bad)) == {"kind", "metadata.nam"}
