"""GPU nodes that come when pods need them and go when they are empty (Karpenter)."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from inferplane import naming
from inferplane.args import check_choice, check_keys, check_range
from inferplane.aws.gpu_node_group import GPU_INSTANCE_TYPES
from inferplane.aws.purchase import PURCHASES, RESERVED, check_reservation_ids
from inferplane.aws.subnet_plan import region_of
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import check_label
from inferplane.kubernetes.render_elastic_gpu_pool import (
    AL2023_RELEASE,
    PoolSpec,
    ec2_node_class,
    node_pool,
)

__all__ = ["ElasticGpuNodePool", "ElasticGpuNodePoolArgs"]

# Karpenter refuses to put these on instances: it sets them itself, or EKS does (EC2NodeClass reference,
# spec.tags).
_RESERVED_TAG_PREFIXES = (
    "karpenter.sh/",
    "karpenter.k8s.aws/",
    "kubernetes.io/cluster",
    "eks:eks-cluster-name",
)


class ElasticGpuNodePoolArgs(TypedDict):
    """What an ElasticGpuNodePool is made of."""

    cluster_name: pulumi.Input[str]
    """The cluster's name: subnets are found by the tag karpenter.sh/discovery, the security group by EKS's
    own tag."""
    pool: str
    """Name of the pool: value of the nodes' label inferplane.dev/pool, and name of the Karpenter objects."""
    instance_types: list[str]
    """GPU instance types that pods may get, e.g. ["p5.4xlarge"]."""
    zones: list[str]
    """Zones that nodes may be in."""
    purchases: NotRequired[list[str]]
    """on_demand (default), spot, odcr, capacity_block. Of several, Karpenter takes reserved capacity first,
    then the cheapest. It consumes reservations and never buys them."""
    reservation_ids: NotRequired[list[str]]
    """cr-...: reservations to launch into. Needed for odcr and capacity_block."""
    max_gpus: int
    """Most GPUs of all nodes of the pool together."""
    node_role_name: pulumi.Input[str]
    """IAM role of the nodes, by name. It needs an access entry: see NodeRole, `karpenter_cluster_name`."""
    empty_minutes: NotRequired[int]
    """Minutes that an empty node is kept for the next pod. Default: 10, about one cold start."""
    root_volume_gib: NotRequired[int]
    """Size of the encrypted gp3 root volume in GiB. Default: 100."""
    ami_release: NotRequired[str]
    """Release of the EKS-optimized AL2023 images, e.g. "v20260903". A change replaces nodes one by one."""
    tags: NotRequired[dict[str, str]]
    """Tags of instances, volumes and interfaces. A change replaces nodes one by one."""


def _parse(name: str, args: ElasticGpuNodePoolArgs) -> PoolSpec:
    where = f"ElasticGpuNodePool '{name}'"
    check_keys(args, ElasticGpuNodePoolArgs, where)
    check_label(args["pool"], f"{where}.pool")
    types = args["instance_types"]
    if not types:
        raise InferplaneError("no instance type is given", where=f"{where}.instance_types")
    for instance_type in types:
        check_choice(instance_type, GPU_INSTANCE_TYPES, f"{where}.instance_types")
    region_of(args["zones"], f"{where}.zones")
    purchases = args.get("purchases", ["on_demand"])
    if not purchases:
        raise InferplaneError(
            "no purchase is given", where=f"{where}.purchases", allowed=", ".join(PURCHASES)
        )
    for purchase in purchases:
        check_choice(purchase, PURCHASES, f"{where}.purchases")
    reservations = args.get("reservation_ids", [])
    check_reservation_ids(reservations, f"{where}.reservation_ids")
    reserved = [purchase for purchase in purchases if purchase in RESERVED]
    if reserved and not reservations:
        raise InferplaneError(
            f"purchase '{reserved[0]}' needs the ids of its reservations",
            where=f"{where}.reservation_ids",
            allowed="cr-...",
            fix="aws ec2 describe-capacity-reservations lists them",
        )
    if reservations and not reserved:
        raise InferplaneError(
            f"reservations are of no use to purchases {', '.join(purchases)}",
            where=f"{where}.reservation_ids",
            fix=f"remove them, or add one of {', '.join(RESERVED)} to purchases",
        )
    check_range(args["max_gpus"], 1, 10_000, f"{where}.max_gpus", "GPUs")
    empty = args.get("empty_minutes", 10)
    check_range(empty, 0, 24 * 60, f"{where}.empty_minutes", "minutes")
    root = args.get("root_volume_gib", 100)
    check_range(root, 30, 16384, f"{where}.root_volume_gib", "GiB")
    tags = args.get("tags", {})
    for key in tags:
        if key.startswith(_RESERVED_TAG_PREFIXES):
            raise InferplaneError(
                f"the tag '{key}' is Karpenter's own", where=f"{where}.tags", fix="use another key"
            )
    return PoolSpec(
        object_name=naming.label(args["pool"]),
        pool=args["pool"],
        instance_types=tuple(types),
        zones=tuple(args["zones"]),
        purchases=tuple(purchases),
        reservation_ids=tuple(reservations),
        max_gpus=int(args["max_gpus"]),
        empty_minutes=int(empty),
        root_volume_gib=int(root),
        ami_release=args.get("ami_release", AL2023_RELEASE),
        tags=tuple(sorted({**tags, "inferplane:pool": args["pool"]}.items())),
    )


class ElasticGpuNodePool(Component):
    """A Karpenter NodePool with its EC2NodeClass; never takes a node from a running replica to save money.

    Karpenter and its CRDs must be there: pass `depends_on=[addons]`.
    """

    node_pool_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ElasticGpuNodePoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        pool = _parse(name, args)
        super().__init__(name, opts)
        labels = {"app.kubernetes.io/part-of": "inferplane", "app.kubernetes.io/managed-by": "pulumi"}
        node_class = k8s.apiextensions.CustomResource(
            f"{name}-node-class",
            api_version="karpenter.k8s.aws/v1",
            kind="EC2NodeClass",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=pool.object_name, labels=labels),
            spec=pulumi.Output.all(args["cluster_name"], args["node_role_name"]).apply(
                lambda known: ec2_node_class(pool, known[0], known[1])
            ),
            opts=self.child(),
        )
        node_pool_object = k8s.apiextensions.CustomResource(
            f"{name}-node-pool",
            api_version="karpenter.sh/v1",
            kind="NodePool",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=pool.object_name, labels=labels),
            spec=node_pool(pool),
            opts=self.child(depends_on=[node_class]),
        )
        # Known in a preview; what uses it waits for the pool.
        self.node_pool_name = node_pool_object.urn.apply(lambda _: pool.object_name)
        self.register_outputs({"node_pool_name": self.node_pool_name})
