"""What a type token means to the API server: kind, scope, and the changes that it can not make in place."""

from __future__ import annotations

from typing import Final

from ..values import Path

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 (a type token)
# They exist in every cluster: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
SYSTEM_NAMESPACES: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})

# Kinds without a namespace (`kubectl api-resources --namespaced=false` of Kubernetes 1.35), and those of the
# operators in use: Karpenter, KEDA, the AWS load balancer controller, Gateway API, NVIDIA's GPU operator.
_CLUSTER_WIDE: Final = frozenset(
    [
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CustomResourceDefinition",
        "DeviceClass",
        "DeviceTaintRule",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersion",
        "StorageVersionMigration",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
        "EC2NodeClass",
        "NodeClaim",
        "NodePool",
        "ClusterTriggerAuthentication",
        "IngressClassParams",
        "GatewayClass",
        "ClusterPolicy",
        "ClusterIssuer",
    ]
)

# https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
_IMMUTABLE: Final = {
    "ClusterRoleBinding": "roleRef",
    "ConfigMap": "data binaryData",
    "DaemonSet": "spec.selector",
    "Deployment": "spec.selector",
    "Job": "spec.completions spec.parallelism spec.selector spec.template",
    "PersistentVolumeClaim": "spec",
    "Release": "name namespace",
    "ResourceQuota": "spec.scopes",
    "RoleBinding": "roleRef",
    "Secret": "type stringData data",
    "Service": "spec.clusterIP",
    "StatefulSet": (
        "spec.podManagementPolicy spec.revisionHistoryLimit spec.selector spec.serviceName"
        " spec.volumeClaimTemplates"
    ),
    "StorageClass": "parameters provisioner",
}


def kind_of(token: str) -> str:
    """`Deployment` for `kubernetes:apps/v1:Deployment`."""
    return token.rsplit(":", 1)[-1]


def api_version_of(token: str) -> str:
    """`v1` for `kubernetes:core/v1:Secret`, `keda.sh/v1alpha1` for a custom resource."""
    return token.split(":")[1].removeprefix("core/")


def is_namespaced(token: str) -> bool:
    """Whether objects of this type live in a namespace; custom resources do unless known otherwise."""
    return kind_of(token) not in _CLUSTER_WIDE


def forces_replacement(token: str, path: Path) -> bool:
    """Whether the API server refuses a change at `path`."""
    names = [segment for segment in path if isinstance(segment, str)]
    if names[:1] == ["metadata"]:
        return names[1:2] in (["name"], ["namespace"]) or len(names) == 1
    table = _IMMUTABLE.get(kind_of(token), "").split()
    return any(".".join(names[: length + 1]) in table for length in range(len(names)))
