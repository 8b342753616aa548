"""An IAM role for the pods of one ServiceAccount in one EKS cluster."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.component import Component

__all__ = ["PodIdentityRole", "PodIdentityRoleArgs", "service_account_trust"]


class PodIdentityRoleArgs(TypedDict):
    """Who may act as the role, and what it may do."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster; it needs the eks-pod-identity-agent add-on."""

    namespace: str
    """Namespace of the ServiceAccount."""

    service_account: str
    """Name of the ServiceAccount; it need not exist yet."""

    policy: pulumi.Input[str]
    """IAM policy document, JSON."""

    tags: NotRequired[dict[str, str]]
    """Tags of the role and the association."""


def service_account_trust(cluster_name: str, namespace: str, service_account: str) -> dict[str, Any]:
    """Return the trust policy: EKS Pod Identity, and only for this ServiceAccount of this cluster.

    The session tags are those that EKS sets (EKS user guide, "Grant Pods access to AWS resources based on tags").
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:RequestTag/eks-cluster-name": cluster_name,
                        "aws:RequestTag/kubernetes-namespace": namespace,
                        "aws:RequestTag/kubernetes-service-account": service_account,
                    }
                },
            }
        ],
    }


class PodIdentityRole(Component):
    """A role, its one policy and its association with a ServiceAccount (EKS Pod Identity)."""

    role_arn: pulumi.Output[str]
    """ARN of the role."""

    association_id: pulumi.Output[str]
    """ID of the association; pods that start before it exist get no credentials."""

    def __init__(
        self, name: str, args: PodIdentityRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_keys(args, PodIdentityRoleArgs, f"PodIdentityRole '{name}'")
        super().__init__(name, opts)
        tags = args.get("tags", {})
        namespace, account = args["namespace"], args["service_account"]
        role = aws.iam.Role(
            f"{name}-role",
            name=naming.fit(name, naming.IAM_ROLE),
            description=f"Pods of ServiceAccount {namespace}/{account}",
            assume_role_policy=pulumi.Output.from_input(args["cluster_name"]).apply(
                lambda cluster: json.dumps(service_account_trust(cluster, namespace, account))
            ),
            tags=tags,
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=args["policy"], opts=self.child()
        )
        association = aws.eks.PodIdentityAssociation(
            f"{name}-association",
            cluster_name=args["cluster_name"],
            namespace=namespace,
            service_account=account,
            role_arn=role.arn,
            tags=tags,
            # Credentials are handed out from here on: the rights must be there first.
            opts=self.child(depends_on=[policy]),
        )
        self.role_arn = role.arn
        self.association_id = association.association_id
        self.register_outputs({"role_arn": self.role_arn, "association_id": self.association_id})
