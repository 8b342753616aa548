"""Network, cluster and nodes through the real engine."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import engine, program, sandbox

__all__ = ["engine", "program", "sandbox"]  # fixtures

pytestmark = pytest.mark.engine

BLOCK = "cr-0123456789abcdef0"
ADMIN = "arn:aws:iam::123456789012:role/deploy"

SOURCE = f"""
    import pulumi
    import pulumi_aws as aws
    import pulumi_kubernetes as k8s

    from inferplane.aws.cluster import Cluster
    from inferplane.aws.gpu_node_group import RegionalGpuNodeGroup
    from inferplane.aws.network import Network
    from inferplane.aws.node_role import NodeRole
    from inferplane.aws.system_node_group import SystemNodeGroup
    from inferplane.kubernetes.elastic_gpu_pool import ElasticGpuNodePool

    config = pulumi.Config()
    version, zones = config.get("version") or "1.34", (config.get("zones") or "a,b").split(",")
    region = pulumi.ResourceOptions(providers=[aws.Provider("aws", region="us-east-1")])
    tags = {{"inferplane:environment": "prod"}}
    network = Network(
        "prod",
        {{
            "zones": ["us-east-1" + zone for zone in zones],
            "cluster_name": "prod",
            "flow_log_retention_days": 30,
            "tags": tags,
        }},
        region,
    )
    cluster = Cluster(
        "prod",
        {{
            "subnet_ids": network.private_subnet_ids,
            "kubernetes_version": version,
            "admin_role_arns": ["{ADMIN}"],
            "deletion_protection": False,
            "tags": tags,
        }},
        region,
    )
    nodes = SystemNodeGroup(
        "prod",
        {{
            "cluster_name": cluster.cluster_name,
            "subnet_ids": network.private_subnet_ids,
            "kubernetes_version": version,
            "tags": tags,
        }},
        region,
    )
    RegionalGpuNodeGroup(
        "prod-h100",
        {{
            "cluster_name": cluster.cluster_name,
            "pool": "h100",
            "instance_type": "p5.48xlarge",
            "subnet_ids_by_zone": network.private_subnet_ids_by_zone,
            "zones": ["us-east-1a"],
            "purchase": "capacity_block",
            "reservation_id": "{BLOCK}",
            "min_nodes": 2,
            "max_nodes": 2,
            "kubernetes_version": version,
            "tags": tags,
        }},
        region,
    )
    role = NodeRole("prod-elastic", {{"karpenter_cluster_name": cluster.cluster_name, "tags": tags}}, region)
    ElasticGpuNodePool(
        "prod-elastic",
        {{
            "cluster_name": cluster.cluster_name,
            "pool": "elastic",
            "instance_types": ["p5.4xlarge"],
            "zones": network.zones,
            "max_gpus": 8,
            "node_role_name": role.role_name,
            "tags": tags,
        }},
        pulumi.ResourceOptions(
            providers=[k8s.Provider("k8s", kubeconfig=cluster.kubeconfig)], depends_on=[nodes]
        ),
    )
"""


@pytest.fixture
def region(program: Callable[..., Session], tmp_path: Path) -> Session:
    """A region's base in a sandbox where the reservation and the administrators' role exist."""
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "world.json").write_text(json.dumps({"existing": [BLOCK, ADMIN]}))
    return program(SOURCE)


def test_a_region_comes_up_stays_and_goes(region: Session) -> None:
    """The base of a region deploys; a second run and a refresh find nothing to do; destroy leaves nothing."""
    region.up()
    assert set(region.preview_steps()) == {"same"}
    region.refresh()
    assert set(region.preview_steps()) == {"same"}
    region.destroy()
    assert region.resources() == []


def test_an_upgrade_replaces_nothing(region: Session) -> None:
    """A newer Kubernetes updates cluster, add-ons and node groups where they are."""
    region.up()
    region.configure("version", "1.35")
    assert set(region.preview_steps()) == {"same", "update"}


def test_a_new_zone_replaces_the_system_nodes_alone(region: Session) -> None:
    """A third zone leaves subnets, cluster and GPU nodes; system nodes get a new group beside the old."""
    region.up()
    region.configure("zones", "a,b,c")
    steps = region.preview()["steps"]
    assert [step["urn"].rpartition("::")[2] for step in steps if "replace" in step["op"]] == ["prod-system"]
    assert not [step["urn"] for step in steps if step["op"] == "delete"]
    region.up()
    assert set(region.preview_steps()) == {"same"}
