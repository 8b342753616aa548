"""CPU nodes for everything that is not a model: add-ons, controllers, routers, metrics."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys, check_range
from inferplane.aws.node_group_size import parse_size
from inferplane.aws.node_launch_template import node_launch_template
from inferplane.aws.node_role import NodeRole
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["SystemNodeGroup", "SystemNodeGroupArgs"]

# 4 vCPUs and 16 GiB each: Prometheus takes the memory. Several generations, so that one type's shortage in
# a zone stops nothing.
_INSTANCE_TYPES = ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge", "m6a.xlarge"]


class SystemNodeGroupArgs(TypedDict):
    """What a SystemNodeGroup is made of."""

    cluster_name: pulumi.Input[str]
    """The cluster's name; of a Cluster, its `cluster_name`, which waits for the add-ons that nodes need."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets; nodes spread over their zones. A change, as by a new zone, replaces the group: EKS
    can not move one. The new nodes come up before the old ones are drained."""
    instance_types: NotRequired[list[str]]
    """x86 types of like size, in order of preference. Default: m7i.xlarge and its kin."""
    min_nodes: NotRequired[int]
    """Default: 3, one per zone."""
    max_nodes: NotRequired[int]
    """Default: 6, or the minimum where that is more. Nothing here scales the group: beyond the minimum it
    is for an autoscaler or a person, whose change stays."""
    root_volume_gib: NotRequired[int]
    """Size of the encrypted gp3 root volume in GiB. Default: 100."""
    kubernetes_version: NotRequired[str]
    """Kubernetes version of the nodes. Given, nodes roll when it changes; left out, they keep the version
    they began with."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource and of instances, volumes and interfaces. A change rolls the nodes, one at a
    time."""


class SystemNodeGroup(Component):
    """A managed node group of small CPU nodes with the label inferplane.dev/system=true and no taint."""

    node_group_name: pulumi.Output[str]
    """What uses it waits until the nodes are ready."""
    node_role_name: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SystemNodeGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"SystemNodeGroup '{name}'"
        check_keys(args, SystemNodeGroupArgs, where)
        types = args.get("instance_types", _INSTANCE_TYPES)
        if not types:
            raise InferplaneError("no instance type is given", where=f"{where}.instance_types")
        minimum = args.get("min_nodes", 3)
        size = parse_size(minimum, args.get("max_nodes", max(6, minimum)), None, where)
        root = args.get("root_volume_gib", 100)
        check_range(root, 30, 16384, f"{where}.root_volume_gib", "GiB")
        tags = dict(args.get("tags", {}))
        super().__init__(name, opts)
        label = f"{name}-system"
        role = NodeRole(label, {"tags": tags}, self.child())
        template = node_launch_template(label, tags=tags, root_volume_gib=root, opts=self.child())
        group = aws.eks.NodeGroup(
            label,
            cluster_name=args["cluster_name"],
            # Other types or subnets replace the group: with a name of its own the new one can come up first.
            node_group_name_prefix=f"{naming.fit(label, naming.EKS_NODE_GROUP_PREFIX - 1)}-",
            node_role_arn=role.role_arn,
            subnet_ids=args["subnet_ids"],
            version=args.get("kubernetes_version"),
            ami_type="AL2023_x86_64_STANDARD",
            capacity_type="ON_DEMAND",
            instance_types=types,
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=size.minimum, max_size=size.maximum, desired_size=size.desired
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            labels={"inferplane.dev/system": "true"},
            tags={**tags, "Name": label},
            opts=self.child(ignore_changes=list(size.ignored), delete_before_replace=False),
        )
        self.node_group_name = group.node_group_name
        self.node_role_name = role.role_name
        self.node_role_arn = role.role_arn
        self.register_outputs(
            {
                "node_group_name": self.node_group_name,
                "node_role_name": self.node_role_name,
                "node_role_arn": self.node_role_arn,
            }
        )
