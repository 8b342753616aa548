"""Arguments of a 70B model with a serving blue and a parked green slot, for many tests."""

from typing import Any

from inferplane.kubernetes.slot import Slot

MODEL = "llama-3-3-70b"
NAMESPACE = "inferplane-models"
ENVIRONMENT = "prod"
TAGS = {"environment": "prod", "owner": "ml-platform"}
DIGEST = "0123456789abcdef" * 4


def slot_args(**changes: Any) -> dict[str, Any]:
    """The args of one slot, with changes."""
    return {
        "image": f"registry.example.com/vllm@sha256:{DIGEST}",
        "weights_uri": "s3://acme-models/llama-3-3-70b-fp8/2026-10-01/",
        "revision": "2026-10-01",
        "manifest_sha256": "f" * 64,
        "args": ["--served-model-name=llama-3-3-70b", "--tensor-parallel-size=2", "--shutdown-timeout=600"],
        "gpus": 2,
        "cpu_cores": 40,
        "memory_gib": 430,
        "shm_gib": 32,
        "disk_gib": 110,
        "pools": ["reserved", "elastic"],
        "startup_seconds": 900,
        "drain_seconds": 600,
        "deregistration_seconds": 35,
        "serving": True,
        **changes,
    }


def slot(**changes: Any) -> Slot:
    """One parsed slot, with changes to its args."""
    return Slot.parse(slot_args(**changes), "slot")


def service_args(**changes: Any) -> Any:
    """The args of a VllmService, with changes."""
    return {
        "namespace": NAMESPACE,
        "environment": ENVIRONMENT,
        "model": MODEL,
        "slots": {
            "blue": slot_args(),
            "green": slot_args(serving=False, parked=True, revision="2026-11-01"),
        },
        "vpc_cidr": "10.0.0.0/16",
        "target_group_arns": {
            "blue": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/blue/1",
            "green": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/green/2",
        },
        "cluster_name": "prod-us-east-1",
        "priority_class_name": "inferplane-models-serving",
        "tags": TAGS,
        **changes,
    }


def autoscaler_args(**changes: Any) -> Any:
    """The args of a SlotAutoscaler, with changes."""
    return {
        "namespace": NAMESPACE,
        "environment": ENVIRONMENT,
        "model": MODEL,
        "slot": "blue",
        "deployment_name": "llama-3-3-70b-blue",
        "min_replicas": 2,
        "max_replicas": 8,
        "queue_per_replica": 7,
        "requests_per_second_per_replica": 2.5,
        "schedules": [
            {
                "name": "working-day",
                "timezone": "Europe/Berlin",
                "start": "30 7 * * 1-5",
                "end": "0 19 * * 1-5",
                "min_replicas": 4,
            }
        ],
        "cold_start_seconds": 900,
        "tags": TAGS,
        **changes,
    }
