"""What a region's models stand on: network, cluster and nodes, new ones or those that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from inferplane.aws.cluster import Cluster
from inferplane.aws.gpu_node_group import RegionalGpuNodeGroup, RegionalGpuNodeGroupArgs
from inferplane.aws.kubeconfig import render_kubeconfig
from inferplane.aws.network import Network
from inferplane.aws.node_role import NodeRole
from inferplane.aws.system_node_group import SystemNodeGroup
from inferplane.naming import EKS_CLUSTER, fit
from inferplane.planning.plan import RegionPlan
from inferplane.spec.region import RegionSpec

__all__ = ["Base", "build_base"]


@dataclass(frozen=True)
class _Network:
    vpc_id: pulumi.Input[str]
    cidr: str
    private: pulumi.Input[list[str]]
    private_by_zone: Mapping[str, pulumi.Input[str]]
    public: pulumi.Input[list[str]]


@dataclass(frozen=True)
class _Cluster:
    name: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    kubeconfig: pulumi.Output[str]


@dataclass(frozen=True)
class Base:
    """References to a region's network, cluster and nodes."""

    network: _Network
    cluster: _Cluster
    nodes: Sequence[pulumi.Resource]
    """Node groups; add-ons wait for them, since they have nowhere to run before."""
    elastic_node_role: NodeRole | None
    """Role of nodes that Karpenter starts; None where no pool is elastic."""


def build_base(
    plan: RegionPlan,
    spec: RegionSpec,
    tags: dict[str, str],
    provider: aws.Provider,
    opts: pulumi.ResourceOptions,
) -> Base:
    """Declare or look up network and cluster, and declare the node groups of the plan."""
    name = plan.name
    network = _network(name, plan, spec, tags, opts)
    new = spec.cluster.existing is None
    cluster = (
        _new_cluster(name, plan, spec, network, tags, opts)
        if new
        else _existing_cluster(plan, spec, provider)
    )
    nodes: list[pulumi.Resource] = []
    if new:
        nodes.append(
            SystemNodeGroup(
                name,
                {
                    "cluster_name": cluster.name,
                    "subnet_ids": network.private,
                    "instance_types": [plan.system_node_type],
                    "min_nodes": plan.system_nodes,
                    "max_nodes": 2 * plan.system_nodes,
                    "kubernetes_version": spec.cluster.kubernetes_version,
                    "tags": tags,
                },
                opts,
            )
        )
    for pool in plan.pools:
        if not pool.elastic:
            args: RegionalGpuNodeGroupArgs = {
                "cluster_name": cluster.name,
                "pool": pool.pool,
                "instance_type": pool.instance_type,
                "subnet_ids_by_zone": dict(network.private_by_zone),
                "zones": list(pool.zones),
                "purchase": pool.purchase,
                "min_nodes": pool.min_nodes,
                "max_nodes": pool.max_nodes,
                "desired_nodes": pool.desired_nodes,
                "tags": tags,
            }
            if pool.reservation_id:
                args["reservation_id"] = pool.reservation_id
            if new:  # an existing cluster's version is its owner's; nodes begin with it
                args["kubernetes_version"] = spec.cluster.kubernetes_version
            nodes.append(RegionalGpuNodeGroup(f"{name}-{pool.pool}", args, opts))
    role = (
        NodeRole(f"{name}-elastic", {"karpenter_cluster_name": cluster.name, "tags": tags}, opts)
        if plan.uses_karpenter
        else None
    )
    return Base(network, cluster, nodes, role)


def _network(
    name: str, plan: RegionPlan, spec: RegionSpec, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> _Network:
    existing = spec.network.existing
    if existing is not None:
        return _Network(
            existing.vpc_id,
            existing.cidr,
            list(existing.private_subnets.values()),
            dict(existing.private_subnets),
            list(existing.public_subnets.values()),
        )
    network = Network(
        name,
        {
            "zones": list(plan.zones),
            "cidr": spec.network.cidr,
            "nat": plan.nat,
            "cluster_name": fit(name, EKS_CLUSTER),
            "tags": tags,
        },
        opts,
    )
    return _Network(
        network.vpc_id,
        network.cidr,
        network.private_subnet_ids,
        network.private_subnet_ids_by_zone,
        network.public_subnet_ids,
    )


def _new_cluster(
    name: str,
    plan: RegionPlan,
    spec: RegionSpec,
    network: _Network,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> _Cluster:
    cluster = Cluster(
        name,
        {
            "subnet_ids": network.private,
            "kubernetes_version": spec.cluster.kubernetes_version,
            "public_access_cidrs": list(spec.cluster.public_access_cidrs),
            "admin_role_arns": list(spec.cluster.admin_role_arns),
            "deletion_protection": plan.deletion_protection,
            "tags": tags,
        },
        opts,
    )
    return _Cluster(cluster.cluster_name, cluster.endpoint, cluster.security_group_id, cluster.kubeconfig)


def _existing_cluster(plan: RegionPlan, spec: RegionSpec, provider: aws.Provider) -> _Cluster:
    assert spec.cluster.existing is not None
    found = aws.eks.get_cluster_output(
        name=spec.cluster.existing.name, opts=pulumi.InvokeOutputOptions(provider=provider)
    )
    endpoint, authority = found.endpoint, found.certificate_authorities[0].data
    kubeconfig = pulumi.Output.all(found.name, endpoint, authority).apply(
        lambda known: render_kubeconfig(known[0], known[1], known[2], plan.region)
    )
    return _Cluster(found.name, endpoint, found.vpc_config.cluster_security_group_id, kubeconfig)
