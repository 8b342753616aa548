"""The EKS managed add-ons of a cluster, at pinned versions."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.aws.addon_versions import ADDONS, NEED_NODES, pinned_versions
from inferplane.aws.trust_policy import pod_identity_trust
from inferplane.component import Component

__all__ = ["ManagedAddons", "ManagedAddonsArgs"]


class ManagedAddonsArgs(TypedDict):
    """What ManagedAddons is made of."""

    cluster_name: pulumi.Input[str]
    """Name of the cluster. It must have been made without self-managed add-ons."""
    kubernetes_version: str
    """Kubernetes version of the cluster, e.g. "1.35": it picks the pinned versions."""
    addon_versions: NotRequired[dict[str, str]]
    """Versions that replace pinned ones, by add-on; all of them for a Kubernetes version without pins."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class ManagedAddons(Component):
    """Networking, DNS, Pod Identity, metrics and node monitoring of a cluster."""

    ready_for_nodes: pulumi.Output[str]
    """The cluster's name, known only once the add-ons are there without which no node becomes ready."""

    def __init__(
        self, name: str, args: ManagedAddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"ManagedAddons '{name}'"
        check_keys(args, ManagedAddonsArgs, where)
        versions = pinned_versions(args["kubernetes_version"], args.get("addon_versions", {}), where)
        super().__init__(name, opts)
        self._tags = dict(args.get("tags", {}))
        cluster_name = pulumi.Output.from_input(args["cluster_name"])
        cni_role = self._cni_role()
        special: dict[str, dict[str, Any]] = {
            "vpc-cni": {
                # Without it Kubernetes NetworkPolicy objects are accepted and do nothing.
                "configuration_values": json.dumps({"enableNetworkPolicy": "true"}),
                # The add-on's own identity, so that the nodes' role (and every pod with host network) can not
                # create and attach interfaces.
                "pod_identity_associations": [{"role_arn": cni_role, "service_account": "aws-node"}],
            }
        }
        addons = {
            addon: aws.eks.Addon(
                f"{name}-{addon}",
                cluster_name=cluster_name,
                addon_name=addon,
                addon_version=versions[addon],
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                tags=self._tags,
                opts=self.child(),
                **special.get(addon, {}),
            )
            for addon in ADDONS
        }
        # The add-ons' names are inputs, known in a preview; as outputs they also carry the wait for the
        # add-ons.
        first = [addons[addon].addon_name for addon in ADDONS if addon not in NEED_NODES]
        self.ready_for_nodes = pulumi.Output.all(cluster_name, *first).apply(lambda values: str(values[0]))
        self.register_outputs({"ready_for_nodes": self.ready_for_nodes})

    def _cni_role(self) -> pulumi.Output[str]:
        role = aws.iam.Role(
            f"{self.name}-vpc-cni",
            name=naming.fit(f"{self.name}-vpc-cni", naming.IAM_ROLE),
            description="VPC CNI add-on: addresses of pods",
            assume_role_policy=pod_identity_trust(),
            tags=self._tags,
            opts=self.child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{self.name}-vpc-cni",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
            opts=self.child(),
        )
        return pulumi.Output.all(role.arn, attachment.policy_arn).apply(lambda values: str(values[0]))
