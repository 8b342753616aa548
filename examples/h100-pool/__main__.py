"""One component in a program of one's own: an H100 node group for an EKS cluster that is already there."""

import pulumi

from inferplane import RegionalGpuNodeGroup

config = pulumi.Config()

pool = RegionalGpuNodeGroup(
    "research-h100",
    {
        "cluster_name": config.require("clusterName"),
        "pool": "research",
        "instance_type": "p5.4xlarge",
        "subnet_ids_by_zone": {"us-east-1a": config.require("subnetId")},
        "min_nodes": 1,
        "max_nodes": 2,
        "tags": {"team": "research"},
    },
)
pulumi.export("nodeGroup", pool.node_group_name)
