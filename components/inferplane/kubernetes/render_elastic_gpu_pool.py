"""Renders Karpenter's NodePool and EC2NodeClass for GPU nodes. Pure: plain values in, plain dicts out.

Written for the APIs karpenter.sh/v1 and karpenter.k8s.aws/v1 (Karpenter 1.6 and later: Capacity Blocks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inferplane.kubernetes.object_names import POOL_LABEL

__all__ = ["AL2023_RELEASE", "PoolSpec", "ec2_node_class", "node_pool"]

AL2023_RELEASE = "v20260903"
"""Release of the EKS-optimized AL2023 AMIs (github.com/awslabs/amazon-eks-ami, read 2026-11). For instance
types with NVIDIA GPUs Karpenter takes the release's NVIDIA image. Pinned: with "latest" each release would
make every node drift."""

# Karpenter's word for how a node is bought; a reservation of either kind is "reserved".
_CAPACITY_TYPES = {
    "on_demand": "on-demand",
    "spot": "spot",
    "odcr": "reserved",
    "capacity_block": "reserved",
}


@dataclass(frozen=True)
class PoolSpec:
    """An elastic pool. `root_volume_gib` is in GiB, `empty_minutes` is how long an empty node is kept."""

    object_name: str
    pool: str
    instance_types: tuple[str, ...]
    zones: tuple[str, ...]
    purchases: tuple[str, ...]
    reservation_ids: tuple[str, ...]
    max_gpus: int
    empty_minutes: int
    root_volume_gib: int
    ami_release: str
    tags: tuple[tuple[str, str], ...]


def _in(key: str, values: Sequence[str]) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": list(values)}


def node_pool(pool: PoolSpec) -> dict[str, Any]:
    """Return the `spec` of the NodePool (karpenter.sh/v1)."""
    capacity_types = sorted({_CAPACITY_TYPES[purchase] for purchase in pool.purchases})
    return {
        "limits": {"nvidia.com/gpu": str(pool.max_gpus)},
        "disruption": {
            # A node with one pod is never emptied to save money: its replica would have to load its weights
            # again, and the capacity may not be had a second time.
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": f"{pool.empty_minutes}m",
            "budgets": [
                {"nodes": "100%", "reasons": ["Empty"]},
                # A changed AMI or node class replaces nodes one by one, each after its replacement is ready.
                {"nodes": "1", "reasons": ["Drifted"]},
                {"nodes": "0", "reasons": ["Underutilized"]},
            ],
        },
        "template": {
            "metadata": {"labels": {POOL_LABEL: pool.pool}},
            "spec": {
                "nodeClassRef": {
                    "group": "karpenter.k8s.aws",
                    "kind": "EC2NodeClass",
                    "name": pool.object_name,
                },
                # Expiry is forceful since Karpenter 1.0: it waits for no budget. New images come by
                # ami_release, as drift. No terminationGracePeriod for the same reason: it would cut through
                # disruption budgets of pods.
                "expireAfter": "Never",
                "taints": [{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}],
                "requirements": [
                    _in("kubernetes.io/arch", ["amd64"]),
                    _in("kubernetes.io/os", ["linux"]),
                    _in("node.kubernetes.io/instance-type", pool.instance_types),
                    _in("topology.kubernetes.io/zone", pool.zones),
                    _in("karpenter.sh/capacity-type", capacity_types),
                ],
            },
        },
    }


def ec2_node_class(pool: PoolSpec, cluster_name: str, node_role_name: str) -> dict[str, Any]:
    """Return the `spec` of the EC2NodeClass (karpenter.k8s.aws/v1)."""
    spec: dict[str, Any] = {
        "amiSelectorTerms": [{"alias": f"al2023@{pool.ami_release}"}],
        "role": node_role_name,
        # Private subnets only: a Network tags no others. The zones are the NodePool's requirement.
        "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": cluster_name}}],
        # EKS puts this tag on the security group that it makes for the cluster, and on no other.
        "securityGroupSelectorTerms": [{"tags": {"aws:eks:cluster-name": cluster_name}}],
        "associatePublicIPAddress": False,
        # Images and ephemeral volumes on the instance store, as on the managed node groups.
        "instanceStorePolicy": "RAID0",
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeType": "gp3",
                    "volumeSize": f"{pool.root_volume_gib}Gi",
                    "encrypted": True,
                    "deleteOnTermination": True,
                },
            }
        ],
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpPutResponseHopLimit": 1,
            "httpTokens": "required",
        },
        "tags": dict(pool.tags),
    }
    if pool.reservation_ids:
        spec["capacityReservationSelectorTerms"] = [{"id": item} for item in pool.reservation_ids]
    return spec
