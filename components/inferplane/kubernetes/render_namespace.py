"""The namespace of the models, its default policies and the priority of its pods, as plain data. Pure."""

from typing import Any

from inferplane import naming
from inferplane.kubernetes.object_names import ENVIRONMENT_LABEL

__all__ = ["namespace_objects", "priority_class_name"]

# Far below system-cluster-critical (2,000,000,000), above the default of 0: what serves users goes first when
# GPUs are short. Only pods that may be preempted have less (batch work, placeholders).
_SERVING_PRIORITY = 100_000


def priority_class_name(namespace: str) -> str:
    """Return the name of the namespace's PriorityClass. It is cluster-scoped: two fleets in a cluster must
    not share it."""
    return f"{naming.label(namespace, naming.DNS_LABEL - len('-serving'))}-serving"


def namespace_objects(namespace: str, environment: str) -> dict[str, dict[str, Any]]:
    """Return the Namespace, its PriorityClass and its two default NetworkPolicies, by what they are."""
    labels = {
        "app.kubernetes.io/part-of": "inferplane",
        "app.kubernetes.io/managed-by": "pulumi",
        ENVIRONMENT_LABEL: environment,
    }
    return {
        "namespace": {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": namespace,
                "labels": {
                    **labels,
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/audit": "restricted",
                    "pod-security.kubernetes.io/warn": "restricted",
                    # A replica counts as ready when its target is healthy in the load balancer, not before.
                    "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
                },
            },
        },
        "priority": {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": priority_class_name(namespace), "labels": labels},
            "value": _SERVING_PRIORITY,
            "globalDefault": False,
            "preemptionPolicy": "PreemptLowerPriority",
            "description": "Replicas that serve models.",
        },
        "default-deny": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny", "namespace": namespace, "labels": labels},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        },
        "allow-dns": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "allow-dns", "namespace": namespace, "labels": labels},
            "spec": {
                "podSelector": {},
                "policyTypes": ["Egress"],
                "egress": [
                    {
                        "to": [
                            {
                                "namespaceSelector": {
                                    "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
                                },
                                "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                            }
                        ],
                        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
                    }
                ],
            },
        },
    }
