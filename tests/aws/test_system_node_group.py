"""The SystemNodeGroup and NodeRole components."""

import json
from typing import Any

import pytest

from inferplane.aws.node_role import NodeRole
from inferplane.aws.system_node_group import SystemNodeGroup
from tests.mocks import Registered, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "prod"}
GROUP = "aws:eks/nodeGroup:NodeGroup"


def arguments(**more: Any) -> Any:
    return {"cluster_name": "prod", "subnet_ids": ["subnet-a", "subnet-b"], "tags": TAGS, **more}


def group(**more: Any) -> Registered:
    return record(lambda: SystemNodeGroup("prod", arguments(**more))).one(GROUP)


def test_contract() -> None:
    """Token, parents, providers, tags, outputs and previews are as of every component."""
    assert_contract(lambda opts: SystemNodeGroup("prod", arguments(), opts), TAGS)


def test_nodes_are_open_to_everything_without_a_gpu() -> None:
    """The nodes have no taint and no pool label: the label is how GPU daemons know their nodes."""
    inputs = group().inputs
    assert "taints" not in inputs
    assert "inferplane.dev/pool" not in inputs["labels"]


def test_a_node_for_each_of_three_zones_by_default() -> None:
    """Three nodes are there from the start, and the size is left to others above that."""
    made = group()
    assert made.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 6, "desiredSize": 3}
    assert made.ignore_changes == ("scalingConfig.desiredSize",)


def test_a_large_minimum_raises_the_default_maximum() -> None:
    """A minimum above the default maximum needs no second number."""
    assert group(min_nodes=9).inputs["scalingConfig"]["maxSize"] == 9


def test_nodes_are_encrypted_and_take_imdsv2_only() -> None:
    """Disk encryption and IMDSv2 hold for CPU nodes too."""
    recording = record(lambda: SystemNodeGroup("prod", arguments()))
    template = recording.one("aws:ec2/launchTemplate:LaunchTemplate").inputs
    assert template["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1


def test_a_replacement_can_come_up_beside_the_old_group() -> None:
    """The group's name gets a suffix of its own, and the new group is made before the old one is deleted."""
    made = group()
    assert made.inputs["nodeGroupNamePrefix"] == "prod-system-"
    assert made.delete_before_replace is False


@pytest.mark.parametrize(
    ("more", "fragments"),
    [
        ({"instance_types": []}, ["instance_types", "no instance type is given"]),
        ({"min_nodes": 4, "max_nodes": 3}, ["min_nodes", "above the maximum of 3"]),
        ({"min_node": 4}, ["did you mean 'min_nodes'?"]),
    ],
)
def test_mistakes_are_refused_before_anything_is_declared(more: Any, fragments: list[str]) -> None:
    """A mistake ends in one clear error, and nothing was declared."""
    assert_refused(lambda: SystemNodeGroup("prod", arguments(**more)), *fragments)


def test_node_role_contract() -> None:
    """The node role, useful alone, keeps the components' promises."""
    args: Any = {"karpenter_cluster_name": "prod", "session_manager": True, "tags": TAGS}
    assert_contract(lambda opts: NodeRole("prod", args, opts), TAGS)


def test_only_ec2_takes_on_the_role() -> None:
    """The trust policy names EC2 and nobody else."""
    role = record(lambda: NodeRole("prod", {})).one("aws:iam/role:Role").inputs
    statements = json.loads(role["assumeRolePolicy"])["Statement"]
    assert [s["Principal"] for s in statements] == [{"Service": "ec2.amazonaws.com"}]


def test_karpenters_nodes_get_an_access_entry() -> None:
    """Nodes without a managed node group need an entry to join; without the argument there is none."""
    recording = record(lambda: NodeRole("prod", {"karpenter_cluster_name": "prod"}))
    entry = recording.one("aws:eks/accessEntry:AccessEntry").inputs
    assert (entry["type"], entry["clusterName"]) == ("EC2_LINUX", "prod")
    assert record(lambda: NodeRole("prod", {})).of("aws:eks/accessEntry:AccessEntry") == []


def test_session_manager_is_opt_in() -> None:
    """Shells on nodes are possible only where they were asked for."""
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    without = record(lambda: NodeRole("prod", {})).of(attachment)
    with_it = record(lambda: NodeRole("prod", {"session_manager": True})).of(attachment)
    assert not any("SSM" in a.inputs["policyArn"] for a in without)
    assert any(a.inputs["policyArn"].endswith("AmazonSSMManagedInstanceCore") for a in with_it)
