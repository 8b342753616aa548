"""The KEDA ScaledObject of one slot, as plain data. Pure.

The form is the one that kept its replicas through lost exporters, half-lost exporters and a hanging
Prometheus in runs of KEDA 2.21.0 on Kubernetes 1.36; each setting below says what happens without it.
"""

from typing import Any

from inferplane.kubernetes.object_names import slot_labels, slot_object
from inferplane.kubernetes.scaling_queries import render_query
from inferplane.kubernetes.scaling_settings import ScalingSettings

__all__ = ["scaled_object"]

# 5/70: with a target of 70 the HPA acts above 75 and below 65. Rounded up: "0.0714" is stored as 71400u and
# already acts at exactly 75 and 65.
_TOLERANCE = "0.07143"

# Replicas may be added this fast. The demand is absolute (a sum over a target per replica), so pending
# replicas are not asked for twice; the limit bounds what a wrong metric can buy.
_ADD_REPLICAS, _ADD_SECONDS = 4, 60

# Replicas leave one at a time, so that what the rest then carries is seen before the next one goes.
_REMOVE_REPLICAS, _REMOVE_SECONDS = 1, 300

# Kubernetes allows at most an hour.
_MAX_STABILISATION_SECONDS = 3600
_MIN_STABILISATION_SECONDS = 300

# Seconds; a failed query counts at this pace, and KEDA asks Prometheus for each HPA sync anyway.
_POLLING_SECONDS = 15

# Failures until the fallback, about a minute: a Prometheus that restarts is not an outage.
_FAILURES = 4

# Only counts for scaling to zero, which minReplicaCount forbids; kept well above the way to the fallback,
# since KEDA 2.21.0 scaled healthy work to zero on a hanging Prometheus with less.
_COOLDOWN_SECONDS = 600


def scaled_object(settings: ScalingSettings, prometheus_url: Any, deployment_name: Any) -> dict[str, Any]:
    """Return the ScaledObject of a slot; the URL and the Deployment's name are put in as they are."""
    name = slot_object(settings.model, settings.slot)
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": settings.namespace,
        "labels": slot_labels(settings.environment, settings.model, settings.slot),
    }
    if settings.parked:
        metadata["annotations"] = {"autoscaling.keda.sh/paused-replicas": "0"}
    stabilisation = min(
        max(settings.cold_start_seconds, _MIN_STABILISATION_SECONDS), _MAX_STABILISATION_SECONDS
    )
    behavior = {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "tolerance": _TOLERANCE,
            "policies": [{"type": "Pods", "value": _ADD_REPLICAS, "periodSeconds": _ADD_SECONDS}],
        },
        "scaleDown": {
            # A replica that leaves costs a cold start to get back: the largest demand of that long counts.
            "stabilizationWindowSeconds": stabilisation,
            "tolerance": _TOLERANCE,
            "policies": [{"type": "Pods", "value": _REMOVE_REPLICAS, "periodSeconds": _REMOVE_SECONDS}],
        },
    }
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment_name},
            "minReplicaCount": settings.min_replicas,
            "maxReplicaCount": settings.max_replicas,
            "pollingInterval": _POLLING_SECONDS,
            "cooldownPeriod": _COOLDOWN_SECONDS,
            "initialCooldownPeriod": settings.cold_start_seconds,
            # In an outage of Prometheus the replicas stay what they are, and never fewer than the floor.
            "fallback": {
                "failureThreshold": _FAILURES,
                "replicas": settings.min_replicas,
                "behavior": "currentReplicasIfHigher",
            },
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": behavior}},
            # Separate triggers, the largest wins: a schedule is a floor that survives an outage of
            # Prometheus.
            "triggers": [*_metric_triggers(settings, prometheus_url, name), *_cron_triggers(settings)],
        },
    }


def _metric_triggers(settings: ScalingSettings, prometheus_url: Any, deployment: str) -> list[dict[str, Any]]:
    targets: dict[str, float] = {
        "queue": settings.queue_per_replica,
        "gpu": settings.gpu_utilisation_percent,
    }
    if settings.requests_per_second_per_replica is not None:
        targets["request-rate"] = settings.requests_per_second_per_replica
    return [
        {
            "type": "prometheus",
            "name": name,
            # The total over the replicas, divided by what one shall carry.
            "metricType": "AverageValue",
            "metadata": {
                "serverAddress": prometheus_url,
                "query": render_query(
                    name,
                    namespace=settings.namespace,
                    model=settings.model,
                    slot=settings.slot,
                    deployment=deployment,
                ),
                "threshold": f"{target:g}",
                # The default takes a lost metric for no load: 4 replicas went to 1 in 3.5 s.
                "ignoreNullValues": "false",
            },
        }
        for name, target in targets.items()
    ]


def _cron_triggers(settings: ScalingSettings) -> list[dict[str, Any]]:
    return [
        {
            "type": "cron",
            "name": f"schedule-{floor.name}",
            "metadata": {
                "timezone": floor.timezone,
                "start": floor.start,
                "end": floor.end,
                "desiredReplicas": str(floor.min_replicas),
            },
        }
        for floor in settings.floors
    ]
