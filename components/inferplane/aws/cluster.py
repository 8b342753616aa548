"""An EKS control plane that is private, encrypted and logged, with its add-ons."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.aws.cluster_arguments import ClusterSettings, parse_cluster
from inferplane.aws.kubeconfig import render_kubeconfig
from inferplane.aws.managed_addons import ManagedAddons
from inferplane.aws.trust_policy import service_trust
from inferplane.component import Component

__all__ = ["Cluster", "ClusterArgs", "render_kubeconfig"]

_LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


class ClusterArgs(TypedDict):
    """What a Cluster is made of."""

    subnet_ids: pulumi.Input[list[str]]
    """Private subnets of at least two zones, for the control plane's interfaces."""
    kubernetes_version: NotRequired[str]
    """Kubernetes version, e.g. "1.35" (default). Raise it by one minor version at a time; the add-ons
    follow."""
    public_access_cidrs: NotRequired[list[str]]
    """IPv4 networks that may reach the API server's public endpoint. Default: none, and then there is no
    public endpoint; the private one is always there. Networks wider than /8 are refused."""
    admin_role_arns: NotRequired[list[str]]
    """IAM roles that administer the cluster, each by an access entry. The role that this program is
    deployed with must be one of them, or it can not reach the Kubernetes API. Left out: whoever creates the
    cluster is its administrator, which EKS shows as an access entry too."""
    log_retention_days: NotRequired[int]
    """Days that the control plane's logs are kept. Default: 90."""
    deletion_protection: NotRequired[bool]
    """Whether EKS refuses to delete the cluster. Default: true; set it to false, and deploy that, before a
    destroy."""
    addon_versions: NotRequired[dict[str, str]]
    """Versions of managed add-ons that replace the pinned ones."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class Cluster(Component):
    """An EKS cluster. CoreDNS and metrics-server become active with the first nodes: declare a node group
    in the same program, and give it this component's `cluster_name` rather than a `depends_on` on the
    component.
    """

    cluster_name: pulumi.Output[str]
    """Known in a preview; what uses it waits for the cluster and for the add-ons that nodes need."""
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    """The API server's CA certificate in base64."""
    kubeconfig: pulumi.Output[str]
    """JSON text; fetches tokens with the AWS CLI and holds no secret. What uses it waits for the access
    entries."""
    security_group_id: pulumi.Output[str]
    """The security group that EKS makes for control plane and managed nodes."""
    oidc_issuer_url: pulumi.Output[str]
    kubernetes_version: str

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        where = f"Cluster '{name}'"
        check_keys(args, ClusterArgs, where)
        settings = parse_cluster(args, where)
        super().__init__(name, opts)
        self.kubernetes_version = settings.kubernetes_version
        cluster = self._cluster(args["subnet_ids"], settings)
        access = self._access(cluster, settings)
        addons = ManagedAddons(
            name,
            {
                "cluster_name": cluster.name,
                "kubernetes_version": settings.kubernetes_version,
                "addon_versions": settings.addon_versions,
                "tags": settings.tags,
            },
            self.child(),
        )
        self.cluster_name = addons.ready_for_nodes
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.data
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        self.oidc_issuer_url = cluster.identities[0].oidcs[0].issuer
        self.kubeconfig = pulumi.Output.all(
            cluster.name, self.endpoint, self.certificate_authority, cluster.arn, *access
        ).apply(lambda known: render_kubeconfig(known[0], known[1], known[2], str(known[3]).split(":")[3]))
        self.register_outputs(
            {
                "cluster_name": self.cluster_name,
                "endpoint": self.endpoint,
                "certificate_authority": self.certificate_authority,
                "kubeconfig": self.kubeconfig,
                "security_group_id": self.security_group_id,
                "oidc_issuer_url": self.oidc_issuer_url,
                "kubernetes_version": self.kubernetes_version,
            }
        )

    def _cluster(self, subnet_ids: pulumi.Input[list[str]], settings: ClusterSettings) -> aws.eks.Cluster:
        name, tags = self.name, settings.tags
        physical = naming.fit(name, naming.EKS_CLUSTER)
        key = self._key(tags)
        role = aws.iam.Role(
            f"{name}-control-plane",
            name=naming.fit(f"{name}-control-plane", naming.IAM_ROLE),
            description=f"EKS control plane of {physical}",
            assume_role_policy=service_trust("eks.amazonaws.com"),
            tags=tags,
            opts=self.child(),
        )
        policy = aws.iam.RolePolicyAttachment(
            f"{name}-control-plane",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=self.child(),
        )
        # EKS would make the group itself, to be kept for ever.
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{physical}/cluster",
            retention_in_days=settings.log_retention_days,
            tags={**tags, "Name": f"{name}-logs"},
            opts=self.child(),
        )
        public = bool(settings.public_access_cidrs)
        return aws.eks.Cluster(
            f"{name}-cluster",
            name=physical,
            version=settings.kubernetes_version,
            role_arn=role.arn,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=public,
                public_access_cidrs=list(settings.public_access_cidrs) if public else None,
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key.arn), resources=["secrets"]
            ),
            enabled_cluster_log_types=_LOG_TYPES,
            access_config=aws.eks.ClusterAccessConfigArgs(
                # API only: the aws-auth ConfigMap would be a second, invisible list of administrators.
                authentication_mode="API",
                # An implicit administrator is wanted only where no explicit one is named.
                bootstrap_cluster_creator_admin_permissions=not settings.admins,
            ),
            # The add-ons are managed ones from the start; adopting self-managed ones later leaves their
            # settings.
            bootstrap_self_managed_addons=False,
            # No silent move into extended support, which costs six times as much per hour (EKS pricing,
            # 2026-11).
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            deletion_protection=settings.deletion_protection,
            tags={**tags, "Name": physical},
            opts=self.child(
                depends_on=[policy, logs],
                # Only read when the cluster is created, and a change would replace the cluster.
                ignore_changes=["accessConfig.bootstrapClusterCreatorAdminPermissions"],
            ),
        )

    def _key(self, tags: dict[str, str]) -> aws.kms.Key:
        name = self.name
        key = aws.kms.Key(
            f"{name}-secrets",
            description=f"Kubernetes secrets of {name}",
            enable_key_rotation=True,
            # The longest there is: without its key a cluster is lost.
            deletion_window_in_days=30,
            tags={**tags, "Name": f"{name}-secrets"},
            opts=self.child(),
        )
        aws.kms.Alias(
            f"{name}-secrets",
            name=naming.fit(f"alias/{name}-eks-secrets", naming.KMS_ALIAS),
            target_key_id=key.key_id,
            opts=self.child(),
        )
        return key

    def _access(self, cluster: aws.eks.Cluster, settings: ClusterSettings) -> list[pulumi.Output[str]]:
        granted = []
        for label, arn in settings.admins.items():
            logical = f"{self.name}-admin-{label}"
            entry = aws.eks.AccessEntry(
                logical,
                cluster_name=cluster.name,
                principal_arn=arn,
                type="STANDARD",
                tags=settings.tags,
                opts=self.child(),
            )
            association = aws.eks.AccessPolicyAssociation(
                logical,
                cluster_name=cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                opts=self.child(),
            )
            granted.append(association.policy_arn)
        return granted
