"""Differences between old and new inputs, and what they force."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

from inferplane.sandbox.provider.aws import replacement
from inferplane.sandbox.provider.diff import Change, Difference, compare
from inferplane.sandbox.provider.kubernetes import kinds
from inferplane.sandbox.provider.property_types import ListOf, MapOf, ObjectOf, PropertyType
from inferplane.sandbox.provider.schema import Schemas
from inferplane.sandbox.provider.values import UNKNOWN, Secret, has_unknown
from tests.sandbox.provider.driver import (
    CLUSTER,
    DEPLOYMENT,
    LISTENER_RULE,
    TARGET_GROUP,
    VPC,
    aws,
    forward,
    kubernetes,
)
from tests.sandbox.provider.test_values import trees


@given(trees)
def test_equal_values_do_not_differ(tree: Any) -> None:
    """A value without unknowns has no difference to itself."""
    assume(not has_unknown(tree))
    assert compare({"x": tree}, {"x": tree}) == []


def test_the_deepest_path_is_told() -> None:
    """Each change is reported where it is, with its kind."""
    old = {"a": {"b": [1, 2], "gone": "x"}, "same": True}
    new = {"a": {"b": [1, 3], "new": "y"}, "same": True}
    assert set(compare(old, new)) == {
        Difference(("a", "b", 1), Change.UPDATE),
        Difference(("a", "gone"), Change.DELETE),
        Difference(("a", "new"), Change.ADD),
    }


def test_an_unknown_differs_from_all() -> None:
    """In a preview an unknown new value is a change."""
    assert compare({"a": 1}, {"a": UNKNOWN}) == [Difference(("a",), Change.UPDATE)]


def test_empty_and_absent_are_the_same() -> None:
    """No tags and an empty map of tags are no change."""
    assert compare({"tags": {}}, {"list": []}) == []


def test_secrecy_alone_is_no_change() -> None:
    """A value that becomes secret is still the same value."""
    assert compare({"a": "x"}, {"a": Secret("x")}) == []


def test_target_groups_are_a_set(tmp_path: Path) -> None:
    """The same weighted target groups in another order are no difference, other weights are."""
    life = aws(tmp_path).life
    old, swapped = forward("blue", "green"), forward("green", "blue", (0, 100))
    assert life.diff(LISTENER_RULE, old, swapped).differences == []
    changed = life.diff(LISTENER_RULE, old, forward("blue", "green", (90, 10)))
    assert len(changed.differences) == 2
    assert changed.replacing == frozenset()


@pytest.mark.parametrize(
    ("token", "old", "new", "replaces"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, True),
        (VPC, {"enableDnsHostnames": False}, {"enableDnsHostnames": True}, False),
        (TARGET_GROUP, {"name": "a"}, {"name": "b"}, True),
        (TARGET_GROUP, {"vpcId": "a"}, {"vpcId": UNKNOWN}, True),
        (TARGET_GROUP, {"healthCheck": {"path": "/a"}}, {"healthCheck": {"path": "/b"}}, False),
        (CLUSTER, {"version": "1.34"}, {"version": "1.35"}, False),
        (CLUSTER, {"region": "us-east-1"}, {"region": "us-west-2"}, True),
        (
            CLUSTER,
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}},
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.100.0.0/16"}},
            True,
        ),
    ],
)
def test_aws_replaces_what_can_not_change(
    tmp_path: Path, token: str, old: dict[str, Any], new: dict[str, Any], replaces: bool
) -> None:
    """Immutable properties mean a replacement, others an update."""
    plan = aws(tmp_path).life.diff(token, old, new)
    assert plan.differences
    assert bool(plan.replacing) == replaces


@pytest.mark.parametrize(
    ("token", "old", "new", "replaces"),
    [
        (DEPLOYMENT, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        (DEPLOYMENT, {"metadata": {"labels": {"a": "b"}}}, {"metadata": {"labels": {"a": "c"}}}, False),
        (
            DEPLOYMENT,
            {"spec": {"selector": {"matchLabels": {"a": "b"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "c"}}}},
            True,
        ),
        ("kubernetes:core/v1:ConfigMap", {"data": {"a": "b"}}, {"data": {"a": "c"}}, True),
        ("kubernetes:keda.sh/v1alpha1:ScaledObject", {"spec": {"a": 1}}, {"spec": {"a": 2}}, False),
    ],
)
def test_kubernetes_replaces_what_can_not_change(
    tmp_path: Path, token: str, old: dict[str, Any], new: dict[str, Any], replaces: bool
) -> None:
    """Names, namespaces, selectors and the content of config maps are immutable."""
    assert bool(kubernetes(tmp_path).life.diff(token, old, new).replacing) == replaces


def test_a_given_name_means_deletion_first(tmp_path: Path) -> None:
    """Two target groups can not share a name; an automatic name leaves room for both."""
    life = aws(tmp_path).life
    given = life.diff(TARGET_GROUP, {"name": "a", "port": 1}, {"name": "a", "port": 2})
    automatic = life.diff(
        TARGET_GROUP, {"name": "a", "port": 1}, {"name": "a", "port": 2, "__defaults": ["name"]}
    )
    assert (given.delete_first, automatic.delete_first) == (True, False)


def _names(kind: PropertyType) -> set[str]:
    if isinstance(kind, ListOf | MapOf):
        return _names(kind.item)
    return set(kind.shape().properties) if isinstance(kind, ObjectOf) else set()


def test_the_replacement_table_names_real_properties() -> None:
    """Every entry of the table is an input of its type in the installed SDK."""
    schemas, wrong = Schemas("pulumi_aws"), []
    for token, entries in replacement._TABLE.items():
        inputs = schemas.resource(token).inputs.properties
        for entry in entries:
            first, *rest = entry.split(".")
            if first not in inputs or (rest and rest[0] not in _names(inputs[first].type)):
                wrong.append(f"{token} {entry}")
    assert wrong == []


def test_cluster_wide_kinds_have_no_namespace() -> None:
    """A Namespace and a NodePool stand in no namespace, a Deployment and an unknown kind do."""
    assert not kinds.is_namespaced("kubernetes:core/v1:Namespace")
    assert not kinds.is_namespaced("kubernetes:karpenter.sh/v1:NodePool")
    assert kinds.is_namespaced(DEPLOYMENT)
    assert kinds.is_namespaced("kubernetes:example.com/v1:Thing")
