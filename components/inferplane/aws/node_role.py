"""The IAM role of nodes, with what a node needs and no more."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.aws.trust_policy import service_trust
from inferplane.component import Component

__all__ = ["NodeRole", "NodeRoleArgs"]

# AmazonEKS_CNI_Policy is not here: the VPC CNI has a role of its own (managed_addons.py).
_POLICIES = {
    # Describe itself and its cluster, and ask for pods' credentials (eks-auth:AssumeRoleForPodIdentity).
    "worker": "AmazonEKSWorkerNodePolicy",
    # Pull images, nothing else in the registry.
    "pull": "AmazonEC2ContainerRegistryPullOnly",
}


class NodeRoleArgs(TypedDict):
    """What a NodeRole is made of."""

    session_manager: NotRequired[bool]
    """Whether people may open shells on the nodes with Session Manager. Default: false."""
    karpenter_cluster_name: NotRequired[pulumi.Input[str]]
    """Cluster that nodes of this role join without a managed node group (Karpenter's): they get an access
    entry. Managed node groups make theirs themselves, and two entries for one role are an error."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class NodeRole(Component):
    """An IAM role for EC2 instances that join an EKS cluster."""

    role_name: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    """What uses the name or the ARN waits for the role's policies: a node without them can not join."""

    def __init__(self, name: str, args: NodeRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_keys(args, NodeRoleArgs, f"NodeRole '{name}'")
        super().__init__(name, opts)
        tags = dict(args.get("tags", {}))
        role = aws.iam.Role(
            f"{name}-nodes",
            name=naming.fit(f"{name}-nodes", naming.IAM_ROLE),
            description=f"Nodes of {name}"[:1000],
            assume_role_policy=service_trust("ec2.amazonaws.com"),
            tags=tags,
            opts=self.child(),
        )
        policies = dict(_POLICIES)
        if args.get("session_manager", False):
            policies["ssm"] = "AmazonSSMManagedInstanceCore"
        attached = [
            aws.iam.RolePolicyAttachment(
                f"{name}-nodes-{label}",
                role=role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{policy}",
                opts=self.child(),
            ).policy_arn
            for label, policy in policies.items()
        ]
        cluster = args.get("karpenter_cluster_name")
        if cluster is not None:
            entry = aws.eks.AccessEntry(
                f"{name}-nodes",
                cluster_name=cluster,
                principal_arn=role.arn,
                type="EC2_LINUX",
                tags=tags,
                opts=self.child(),
            )
            attached.append(entry.principal_arn)
        self.role_name = pulumi.Output.all(role.name, *attached).apply(lambda values: str(values[0]))
        self.role_arn = pulumi.Output.all(role.arn, *attached).apply(lambda values: str(values[0]))
        self.register_outputs({"role_name": self.role_name, "role_arn": self.role_arn})
