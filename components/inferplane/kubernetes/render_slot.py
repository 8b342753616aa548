"""Deployment, Service, target group binding and disruption budget of one slot, as plain data. Pure."""

from typing import Any

from inferplane.kubernetes.object_names import slot_labels, slot_object, slot_selector
from inferplane.kubernetes.render_pod import grace_seconds, pod_template
from inferplane.kubernetes.slot import MODEL_PORT, Slot

__all__ = [
    "SKIP_AWAIT",
    "deployment",
    "disruption_budget",
    "progress_deadline_seconds",
    "service",
    "target_group_binding",
]

SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}
"""Annotation: Pulumi does not wait until the object is ready."""


def progress_deadline_seconds(slot: Slot) -> int:
    """Return how long a rollout may go without one more ready replica, seconds.

    Without surge an old replica must first be gone before a new one can start; 120 s are for scheduling and
    images.
    """
    return grace_seconds(slot) + slot.startup_seconds + 120


def deployment(
    slot: Slot,
    *,
    namespace: str,
    environment: str,
    model: str,
    slot_name: str,
    priority_class: Any = None,
) -> dict[str, Any]:
    """Return the slot's Deployment. `replicas` belongs to the autoscaler and is not set.

    Only a slot that is parked carries `replicas: 0`, which counts when the object is created: Kubernetes'
    default of 1 would start a GPU node for a replica that the autoscaler takes away again.
    """
    spec: dict[str, Any] = {
        "selector": {"matchLabels": slot_selector(model, slot_name)},
        # A surge waits for a GPU that is not there: a rollout would never end on a full pool.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "progressDeadlineSeconds": progress_deadline_seconds(slot),
        # Going back is a release of the other slot, not an old ReplicaSet.
        "revisionHistoryLimit": 2,
        "template": pod_template(
            slot, environment=environment, model=model, slot_name=slot_name, priority_class=priority_class
        ),
    }
    metadata = _metadata(namespace, environment, model, slot_name)
    if slot.parked:
        spec["replicas"] = 0
        metadata["annotations"] = SKIP_AWAIT
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def service(*, namespace: str, environment: str, model: str, slot_name: str) -> dict[str, Any]:
    """Return the slot's headless Service: the replicas' addresses, for the binding and for a router's DNS."""
    metadata = _metadata(namespace, environment, model, slot_name)
    # A Service of a parked slot has no endpoints, on purpose.
    metadata["annotations"] = SKIP_AWAIT
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "clusterIP": "None",
            "selector": slot_selector(model, slot_name),
            "ports": [{"name": "http", "port": MODEL_PORT, "targetPort": "http", "protocol": "TCP"}],
        },
    }


def target_group_binding(*, namespace: str, environment: str, model: str, slot_name: str) -> dict[str, Any]:
    """Return the binding of the slot's replicas to a target group, without its ARN (the component adds it).

    It names no security groups: who may reach the replicas is declared with the load balancer, so the
    controller needs no right to edit security groups.
    """
    return {
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": _metadata(namespace, environment, model, slot_name),
        "spec": {
            "targetType": "ip",
            "serviceRef": {"name": slot_object(model, slot_name), "port": MODEL_PORT},
        },
    }


def disruption_budget(*, namespace: str, environment: str, model: str, slot_name: str) -> dict[str, Any]:
    """Return the slot's disruption budget: one replica at a time leaves for a node's sake."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(namespace, environment, model, slot_name),
        "spec": {
            # maxUnavailable rather than minAvailable: a slot with one replica must not block a node's
            # replacement for ever.
            "maxUnavailable": 1,
            "selector": {"matchLabels": slot_selector(model, slot_name)},
            # A replica that never became ready serves nobody and must not keep a broken node alive.
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def _metadata(namespace: str, environment: str, model: str, slot_name: str) -> dict[str, Any]:
    return {
        "name": slot_object(model, slot_name),
        "namespace": namespace,
        "labels": slot_labels(environment, model, slot_name),
    }
