"""H100 nodes of a region, reserved, on demand or spot, as a managed node group."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_choice, check_keys, check_range
from inferplane.aws.node_group_size import GroupSize, parse_size
from inferplane.aws.node_launch_template import node_launch_template
from inferplane.aws.node_role import NodeRole
from inferplane.aws.purchase import Capacity, parse_capacity
from inferplane.aws.user_data import instance_store_user_data
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import POOL_LABEL, check_label
from inferplane.spec.hardware import INSTANCES

__all__ = ["GPU_INSTANCE_TYPES", "RegionalGpuNodeGroup", "RegionalGpuNodeGroupArgs"]

GPU_INSTANCE_TYPES = tuple(name for name, instance in INSTANCES.items() if instance.cloud == "aws")
"""The GPU instance types that plans can be made for; all have an instance store."""


class RegionalGpuNodeGroupArgs(TypedDict):
    """What a RegionalGpuNodeGroup is made of."""

    cluster_name: pulumi.Input[str]
    """The cluster's name; of a Cluster, its `cluster_name`, which waits for the add-ons that nodes need."""
    pool: str
    """Name of the pool: value of the nodes' label inferplane.dev/pool, by which models choose them."""
    instance_type: str
    """p5.48xlarge (8 H100s) or p5.4xlarge (1 H100)."""
    subnet_ids_by_zone: dict[str, pulumi.Input[str]]
    """Private subnet per zone, e.g. a Network's `private_subnet_ids_by_zone`."""
    zones: NotRequired[list[str]]
    """Zones to use, of those above. Default: all. A reservation needs exactly its own."""
    purchase: NotRequired[str]
    """on_demand (default), odcr (an On-Demand Capacity Reservation), capacity_block or spot."""
    reservation_id: NotRequired[str]
    """cr-...: the reservation to launch into. Needed for odcr and capacity_block."""
    min_nodes: int
    """Fewest nodes; 0 is allowed."""
    max_nodes: int
    """Most nodes. Reserved capacity is paid for in any case: minimum = maximum = its size is the usual
    choice."""
    desired_nodes: NotRequired[int]
    """Nodes that this program sets the group to. Left out, a group with minimum < maximum begins at its
    minimum and then belongs to an autoscaler or a person; run `pulumi up --refresh` when you change such a
    group's bounds, or the number last recorded is sent again. Set it to 0 before a change that rolls the
    nodes of a Capacity Block."""
    kubernetes_version: NotRequired[str]
    """Kubernetes version of the nodes. Given, nodes roll when it changes; left out, they keep the version
    they began with."""
    root_volume_gib: NotRequired[int]
    """Size of the encrypted gp3 root volume in GiB; images and ephemeral volumes are on the instance store.
    Default: 100."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource and of instances, volumes and interfaces. A change rolls the nodes, one at a
    time."""


@dataclass(frozen=True)
class _Parsed:
    zones: tuple[str, ...]
    capacity: Capacity
    size: GroupSize
    root_volume_gib: int
    tags: dict[str, str]


def _parse(name: str, args: RegionalGpuNodeGroupArgs) -> _Parsed:
    where = f"RegionalGpuNodeGroup '{name}'"
    check_keys(args, RegionalGpuNodeGroupArgs, where)
    check_label(args["pool"], f"{where}.pool")
    check_choice(args["instance_type"], GPU_INSTANCE_TYPES, f"{where}.instance_type")
    offered = args["subnet_ids_by_zone"]
    zones = tuple(args.get("zones", sorted(offered)))
    if not zones:
        raise InferplaneError("no zone is given", where=f"{where}.zones", fix="name a zone and its subnet")
    for zone in zones:
        check_choice(zone, tuple(offered), f"{where}.zones")
    root = args.get("root_volume_gib", 100)
    check_range(root, 30, 16384, f"{where}.root_volume_gib", "GiB")
    return _Parsed(
        zones=zones,
        capacity=parse_capacity(args.get("purchase", "on_demand"), args.get("reservation_id"), zones, where),
        size=parse_size(args["min_nodes"], args["max_nodes"], args.get("desired_nodes"), where),
        root_volume_gib=root,
        tags=dict(args.get("tags", {})),
    )


class RegionalGpuNodeGroup(Component):
    """A managed node group of GPU nodes: labelled with its pool, tainted nvidia.com/gpu=true:NoSchedule."""

    node_group_name: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: RegionalGpuNodeGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        parsed = _parse(name, args)
        super().__init__(name, opts)
        capacity, size = parsed.capacity, parsed.size
        tags = {**parsed.tags, "inferplane:pool": args["pool"]}
        label = f"{name}-gpu"
        role = NodeRole(label, {"tags": tags}, self.child())
        template = node_launch_template(
            label,
            tags=tags,
            root_volume_gib=parsed.root_volume_gib,
            opts=self.child(),
            instance_type=args["instance_type"],
            user_data=instance_store_user_data(),
            capacity=capacity,
        )
        group = aws.eks.NodeGroup(
            label,
            cluster_name=args["cluster_name"],
            # Another purchase or zone replaces the group: with a name of its own the new one can come up
            # first.
            node_group_name_prefix=f"{naming.fit(label, naming.EKS_NODE_GROUP_PREFIX - 1)}-",
            node_role_arn=role.role_arn,
            subnet_ids=[args["subnet_ids_by_zone"][zone] for zone in parsed.zones],
            version=args.get("kubernetes_version"),
            # Driver and container toolkit are in the image, the device plugin is not: ClusterAddons brings
            # it.
            ami_type="AL2023_x86_64_NVIDIA",
            capacity_type=capacity.capacity_type,
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=size.minimum, max_size=size.maximum, desired_size=size.desired
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(
                max_unavailable=1, update_strategy=capacity.update_strategy
            ),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            labels={POOL_LABEL: args["pool"]},
            taints=[aws.eks.NodeGroupTaintArgs(key="nvidia.com/gpu", value="true", effect="NO_SCHEDULE")],
            tags={**tags, "Name": label},
            opts=self.child(
                ignore_changes=list(size.ignored),
                delete_before_replace=False,
                # A GPU node takes up to 20 minutes to launch and join; an update drains replicas one node
                # at a time.
                custom_timeouts=pulumi.CustomTimeouts(create="60m", update="3h", delete="60m"),
            ),
        )
        self.node_group_name = group.node_group_name
        self.node_role_arn = role.role_arn
        self.register_outputs({"node_group_name": self.node_group_name, "node_role_arn": self.node_role_arn})
