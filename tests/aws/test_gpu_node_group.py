"""The RegionalGpuNodeGroup component."""

import base64
from typing import Any

import pytest

from inferplane.aws.gpu_node_group import GPU_INSTANCE_TYPES, RegionalGpuNodeGroup
from inferplane.aws.user_data import instance_store_user_data
from tests import golden
from tests.mocks import Recording, Registered, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "prod"}
SUBNETS = {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"}
BLOCK = "cr-0123456789abcdef0"
GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def arguments(**more: Any) -> Any:
    return {
        "cluster_name": "prod",
        "pool": "h100",
        "instance_type": "p5.48xlarge",
        "subnet_ids_by_zone": SUBNETS,
        "min_nodes": 2,
        "max_nodes": 2,
        "tags": TAGS,
        **more,
    }


def gpu_group(**more: Any) -> Recording:
    return record(lambda: RegionalGpuNodeGroup("prod-h100", arguments(**more)))


def group(**more: Any) -> Registered:
    return gpu_group(**more).one(GROUP)


def template(**more: Any) -> dict[str, Any]:
    return gpu_group(**more).one(TEMPLATE).inputs


def test_contract() -> None:
    """Token, parents, providers, tags, outputs and previews are as of every component."""
    assert_contract(lambda opts: RegionalGpuNodeGroup("prod-h100", arguments(), opts), TAGS)


def test_nodes_carry_the_pools_label_and_the_gpu_taint() -> None:
    """Models find the nodes by their pool, and nothing without a toleration lands there."""
    inputs = group().inputs
    assert inputs["labels"] == {"inferplane.dev/pool": "h100"}
    assert inputs["taints"] == [{"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}]


def test_nodes_run_the_nvidia_image() -> None:
    """The AMI is EKS's own for NVIDIA GPUs, so that EKS keeps it patched and joins the node."""
    assert group().inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert "imageId" not in template()


def test_instances_take_imdsv2_only_within_one_hop() -> None:
    """No pod can reach the node's credentials through the metadata service."""
    metadata = template()["metadataOptions"]
    assert (metadata["httpTokens"], metadata["httpPutResponseHopLimit"]) == ("required", 1)


def test_the_root_volume_is_encrypted_gp3() -> None:
    """The root volume is gp3, encrypted, and of the given size."""
    disk = template(root_volume_gib=200)["blockDeviceMappings"][0]
    assert disk["deviceName"] == "/dev/xvda"
    assert disk["ebs"]["encrypted"] == "true"
    assert (disk["ebs"]["volumeType"], disk["ebs"]["volumeSize"]) == ("gp3", 200)


def test_user_data_rendering() -> None:
    """The user data is the committed one, and the template carries it."""
    golden.check("aws/gpu_node_user_data.txt", instance_store_user_data())
    assert base64.b64decode(template()["userData"]).decode() == instance_store_user_data()


def test_user_data_is_mime_multi_part_that_a_parser_reads() -> None:
    """The user data parses as a MIME message with one NodeConfig part."""
    import email

    import yaml

    message = email.message_from_string(instance_store_user_data())
    [part] = message.get_payload()
    assert part.get_content_type() == "application/node.eks.aws"
    config = yaml.safe_load(part.get_payload())
    assert config["spec"]["instance"]["localStorage"] == {"strategy": "RAID0"}


def test_tags_reach_instances_volumes_and_interfaces() -> None:
    """What the instances make is tagged with environment and pool."""
    specifications = template()["tagSpecifications"]
    assert {s["resourceType"] for s in specifications} == {"instance", "volume", "network-interface"}
    assert all((TAGS | {"inferplane:pool": "h100"}).items() <= s["tags"].items() for s in specifications)


def test_the_node_role_has_exactly_what_a_node_needs() -> None:
    """A node may join and pull; it may not touch interfaces, and no shell leads to it."""
    attached = gpu_group().of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert sorted(a.inputs["policyArn"].rpartition("/")[2] for a in attached) == [
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
    ]


def test_the_group_waits_for_the_roles_policies() -> None:
    """A node that starts before its role has policies can not join."""
    recording = gpu_group()
    attached = {a.urn for a in recording.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert attached <= set(recording.one(GROUP).depends_on)


@pytest.mark.parametrize(
    ("purchase", "capacity_type"),
    [
        ("on_demand", "ON_DEMAND"),
        ("spot", "SPOT"),
        ("odcr", "ON_DEMAND"),
        ("capacity_block", "CAPACITY_BLOCK"),
    ],
)
def test_capacity_type_follows_the_purchase(purchase: str, capacity_type: str) -> None:
    """Each way to buy has the managed node group's word for it."""
    reserved = (
        {"reservation_id": BLOCK, "zones": ["us-east-1b"]} if purchase in ("odcr", "capacity_block") else {}
    )
    assert group(purchase=purchase, **reserved).inputs["capacityType"] == capacity_type


def test_a_capacity_block_is_named_in_the_template() -> None:
    """A block needs its market type and its reservation, and the group stays in the block's zone."""
    recording = gpu_group(purchase="capacity_block", reservation_id=BLOCK, zones=["us-east-1b"])
    inputs = recording.one(TEMPLATE).inputs
    assert inputs["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert inputs["instanceType"] == "p5.48xlarge"
    target = inputs["capacityReservationSpecification"]["capacityReservationTarget"]
    assert target == {"capacityReservationId": BLOCK}
    assert recording.one(GROUP).inputs["subnetIds"] == ["subnet-b"]


def test_an_odcr_is_targeted_without_a_market() -> None:
    """An on-demand reservation is a target of ordinary instances."""
    inputs = template(purchase="odcr", reservation_id=BLOCK, zones=["us-east-1a"])
    assert "instanceMarketOptions" not in inputs
    assert "capacityReservationSpecification" in inputs


def test_open_capacity_names_no_reservation() -> None:
    """Without a reservation the template names none."""
    assert "capacityReservationSpecification" not in template()


@pytest.mark.parametrize(
    ("more", "strategy"),
    [
        ({}, "DEFAULT"),
        ({"purchase": "odcr", "reservation_id": BLOCK, "zones": ["us-east-1a"]}, "MINIMAL"),
    ],
)
def test_an_update_never_needs_a_node_more_than_a_reservation_has(more: Any, strategy: str) -> None:
    """Reserved groups terminate first; others bring the new node up first; always one at a time."""
    assert group(**more).inputs["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": strategy}


def test_broken_nodes_are_repaired() -> None:
    """Node repair is on."""
    assert group().inputs["nodeRepairConfig"] == {"enabled": True}


def test_a_gpu_start_fits_the_timeouts() -> None:
    """Creation may take an hour and an update three: GPU nodes launch and drain slowly."""
    assert group().timeouts == {"create": "60m", "update": "3h", "delete": "60m"}


def test_a_group_of_fixed_size_is_the_programs() -> None:
    """With minimum = maximum the size is set and nobody else's."""
    made = group()
    assert made.inputs["scalingConfig"] == {"minSize": 2, "maxSize": 2, "desiredSize": 2}
    assert made.ignore_changes == ()


def test_a_group_between_bounds_belongs_to_its_autoscaler() -> None:
    """It begins at the minimum, and a size that somebody set later is left alone."""
    made = group(min_nodes=0, max_nodes=4)
    assert made.inputs["scalingConfig"]["desiredSize"] == 0
    assert made.ignore_changes == ("scalingConfig.desiredSize",)


def test_a_given_size_is_the_programs() -> None:
    """With desired_nodes the program says how many nodes there are, also between bounds."""
    made = group(min_nodes=0, max_nodes=4, desired_nodes=3)
    assert made.inputs["scalingConfig"]["desiredSize"] == 3
    assert made.ignore_changes == ()


def test_a_replacement_can_come_up_beside_the_old_group() -> None:
    """The group's name gets a suffix of its own, and the new group is made before the old one is deleted."""
    made = group()
    assert made.inputs["nodeGroupNamePrefix"] == "prod-h100-gpu-"
    assert "nodeGroupName" not in made.inputs
    assert made.delete_before_replace is False


def test_long_names_stay_within_the_limits() -> None:
    """Group, role and template have names that AWS takes."""
    recording = record(lambda: RegionalGpuNodeGroup("p" * 130, arguments()))
    assert len(recording.one(GROUP).inputs["nodeGroupNamePrefix"]) == 37
    assert len(recording.one("aws:iam/role:Role").inputs["name"]) == 64
    assert len(recording.one(TEMPLATE).inputs["name"]) == 128


@pytest.mark.parametrize(
    ("more", "fragments"),
    [
        ({"instance_type": "p5.24xlarge"}, ["instance_type", *GPU_INSTANCE_TYPES]),
        ({"purchase": "on-demand"}, ["purchase", "did you mean 'on_demand'?"]),
        ({"purchase": "odcr"}, ["reservation_id", "needs the id of its reservation"]),
        ({"reservation_id": BLOCK}, ["is of no use to purchase 'on_demand'"]),
        (
            {"purchase": "odcr", "reservation_id": "lr-1", "zones": ["us-east-1a"]},
            ["'lr-1' is not the id of a capacity reservation"],
        ),
        (
            {"purchase": "capacity_block", "reservation_id": BLOCK},
            ["zones", "a reservation lies in one zone", "us-east-1a, us-east-1b"],
        ),
        ({"zones": ["us-east-1c"]}, ["zones", "'us-east-1c' is not a choice", "us-east-1a, us-east-1b"]),
        ({"zones": []}, ["no zone is given"]),
        ({"min_nodes": 3}, ["min_nodes", "above the maximum of 2"]),
        ({"min_nodes": -1}, ["min_nodes", "out of range"]),
        ({"desired_nodes": 5}, ["desired_nodes", "2 to 2 nodes"]),
        ({"root_volume_gib": 8}, ["root_volume_gib", "30 to 16384 GiB"]),
        ({"pool": "H100!"}, ["pool", "'H100!' can not be used"]),
        ({"spot": True}, ["unknown property 'spot'"]),
    ],
)
def test_mistakes_are_refused_before_anything_is_declared(more: Any, fragments: list[str]) -> None:
    """A mistake ends in one clear error that names the property, and nothing was declared."""
    assert_refused(
        lambda: RegionalGpuNodeGroup("prod-h100", arguments(**more)),
        "RegionalGpuNodeGroup 'prod-h100'",
        *fragments,
    )
