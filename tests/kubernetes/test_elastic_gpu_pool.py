"""The ElasticGpuNodePool component and what it renders."""

from typing import Any

import pulumi
import pytest

from inferplane.kubernetes.elastic_gpu_pool import ElasticGpuNodePool
from tests import golden
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "prod"}
RESERVATION = "cr-0123456789abcdef0"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


def arguments(**more: Any) -> Any:
    return {
        "cluster_name": "prod",
        "pool": "elastic",
        "instance_types": ["p5.4xlarge", "p5.48xlarge"],
        "zones": ["us-east-1a", "us-east-1b"],
        "max_gpus": 16,
        "node_role_name": "prod-nodes",
        "tags": TAGS,
        **more,
    }


def pool(**more: Any) -> Recording:
    return record(lambda: ElasticGpuNodePool("prod-elastic", arguments(**more)))


def objects(recording: Recording) -> list[dict[str, Any]]:
    return [recording.one(NODE_CLASS).inputs, recording.one(NODE_POOL).inputs]


def requirement(recording: Recording, key: str) -> list[str]:
    requirements = recording.one(NODE_POOL).inputs["spec"]["template"]["spec"]["requirements"]
    [values] = [r["values"] for r in requirements if r["key"] == key]
    return list(values)


def test_contract() -> None:
    """Token, parents, providers, outputs and previews are as of every component."""
    assert_contract(lambda opts: ElasticGpuNodePool("prod-elastic", arguments(), opts), TAGS)


def test_rendering_of_an_on_demand_pool() -> None:
    """The objects of an ordinary elastic pool are the committed ones."""
    golden.check("kubernetes/elastic_gpu_pool.yaml", objects(pool()))


def test_rendering_of_a_reserved_pool() -> None:
    """The objects of a pool that takes a reservation first and on-demand next are the committed ones."""
    recording = pool(purchases=["odcr", "on_demand"], reservation_ids=[RESERVATION])
    golden.check("kubernetes/elastic_gpu_pool_reserved.yaml", objects(recording))


def test_a_busy_node_is_never_consolidated() -> None:
    """Only empty nodes go to save money, after the wait; underutilized ones have a budget of none."""
    disruption = pool(empty_minutes=15).one(NODE_POOL).inputs["spec"]["disruption"]
    assert disruption["consolidationPolicy"] == "WhenEmpty"
    assert disruption["consolidateAfter"] == "15m"
    assert {"nodes": "0", "reasons": ["Underutilized"]} in disruption["budgets"]


def test_nodes_do_not_expire() -> None:
    """Expiry is forceful, so a GPU node has none."""
    spec = pool().one(NODE_POOL).inputs["spec"]["template"]["spec"]
    assert spec["expireAfter"] == "Never"
    assert "terminationGracePeriod" not in spec


def test_the_pool_is_limited_in_gpus() -> None:
    """Karpenter stops at the given number of GPUs."""
    assert pool().one(NODE_POOL).inputs["spec"]["limits"] == {"nvidia.com/gpu": "16"}


def test_nodes_carry_the_pools_label_and_the_gpu_taint() -> None:
    """Elastic nodes look to pods like those of a managed group."""
    template = pool().one(NODE_POOL).inputs["spec"]["template"]
    assert template["metadata"]["labels"] == {"inferplane.dev/pool": "elastic"}
    assert template["spec"]["taints"] == [{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}]


def test_nodes_are_encrypted_private_and_take_imdsv2_only() -> None:
    """Elastic nodes are as safe as those of a managed group."""
    spec = pool().one(NODE_CLASS).inputs["spec"]
    assert spec["metadataOptions"]["httpTokens"] == "required"
    assert spec["metadataOptions"]["httpPutResponseHopLimit"] == 1
    assert spec["blockDeviceMappings"][0]["ebs"]["encrypted"] is True
    assert spec["associatePublicIPAddress"] is False


def test_the_image_is_pinned() -> None:
    """The AMI alias names a release, never the latest."""
    [term] = pool().one(NODE_CLASS).inputs["spec"]["amiSelectorTerms"]
    assert term["alias"].startswith("al2023@v2")


@pytest.mark.parametrize(
    ("purchases", "capacity_types"),
    [
        (["on_demand"], ["on-demand"]),
        (["spot", "on_demand"], ["on-demand", "spot"]),
        (["capacity_block"], ["reserved"]),
        (["odcr", "capacity_block"], ["reserved"]),
    ],
)
def test_capacity_types_follow_the_purchases(purchases: list[str], capacity_types: list[str]) -> None:
    """Each way to buy has Karpenter's word for it, once."""
    reserved = {"reservation_ids": [RESERVATION]} if "reserved" in capacity_types else {}
    recording = pool(purchases=purchases, **reserved)
    assert requirement(recording, "karpenter.sh/capacity-type") == capacity_types


def test_reservations_are_named_in_the_node_class() -> None:
    """Karpenter launches into the given reservations and into no other."""
    spec = pool(purchases=["capacity_block"], reservation_ids=[RESERVATION]).one(NODE_CLASS).inputs["spec"]
    assert spec["capacityReservationSelectorTerms"] == [{"id": RESERVATION}]
    assert "capacityReservationSelectorTerms" not in pool().one(NODE_CLASS).inputs["spec"]


def test_tags_reach_the_instances() -> None:
    """Instances carry the given tags and their pool."""
    assert pool().one(NODE_CLASS).inputs["spec"]["tags"] == TAGS | {"inferplane:pool": "elastic"}


def test_cluster_and_role_may_come_from_other_resources() -> None:
    """References that are known only later end up in the node class."""

    def program() -> None:
        ElasticGpuNodePool("prod-elastic", arguments(cluster_name=pulumi.Output.from_input("later")))

    recording = record(program)
    spec = recording.one(NODE_CLASS).inputs["spec"]
    assert spec["subnetSelectorTerms"] == [{"tags": {"karpenter.sh/discovery": "later"}}]
    assert spec["securityGroupSelectorTerms"] == [{"tags": {"aws:eks:cluster-name": "later"}}]


@pytest.mark.parametrize(
    ("more", "fragments"),
    [
        ({"instance_types": ["g5.xlarge"]}, ["instance_types", "'g5.xlarge' is not a choice"]),
        ({"instance_types": []}, ["no instance type is given"]),
        ({"zones": ["us-east-1a", "us-west-2a"]}, ["zones", "several regions"]),
        ({"purchases": []}, ["no purchase is given"]),
        ({"purchases": ["ondemand"]}, ["did you mean 'on_demand'?"]),
        ({"purchases": ["odcr"]}, ["reservation_ids", "needs the ids"]),
        ({"reservation_ids": [RESERVATION]}, ["are of no use to purchases on_demand"]),
        ({"purchases": ["odcr"], "reservation_ids": ["x"]}, ["'x' is not the id of a capacity reservation"]),
        ({"max_gpus": 0}, ["max_gpus", "1 to 10000 GPUs"]),
        ({"empty_minutes": -1}, ["empty_minutes", "out of range"]),
        ({"tags": {"karpenter.sh/nodepool": "x"}}, ["is Karpenter's own"]),
        ({"pool": "Elastic"}, ["pool", "'Elastic' can not be used"]),
        ({"max_gpu": 8}, ["did you mean 'max_gpus'?"]),
    ],
)
def test_mistakes_are_refused_before_anything_is_declared(more: Any, fragments: list[str]) -> None:
    """A mistake ends in one clear error that names the property, and nothing was declared."""
    assert_refused(
        lambda: ElasticGpuNodePool("prod-elastic", arguments(**more)),
        "ElasticGpuNodePool 'prod-elastic'",
        *fragments,
    )
