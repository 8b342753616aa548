"""The pod of one vLLM replica, as plain data. Pure."""

from typing import Any

from inferplane.kubernetes.object_names import (
    POOL_LABEL,
    model_object,
    slot_labels,
    slot_selector,
)
from inferplane.kubernetes.slot import MODEL_PORT, Slot

__all__ = ["WEIGHTS_PATH", "grace_seconds", "pod_template"]

WEIGHTS_PATH = "/models/weights"
_SCRIPT_PATH = "/opt/inferplane"
_CACHE_PATH = "/cache"

# The user that the official vLLM image creates (docker/Dockerfile of vllm-project/vllm); any other number
# works too, since everything that is written lies in volumes that fsGroup opens.
_USER = 2000

# GiB; torch.compile, Triton and FlashInfer caches of one model, and scratch files. Both count within
# disk_gib.
_CACHE_GIB = 24
_TMP_GIB = 8

_PROBE_PERIOD_SECONDS = 10

# A load balancer keeps idle connections for its own idle timeout (an ALB for at most 4000 s) and reuses one
# that the server has just closed as a 502: the server must be the more patient of the two. vLLM's default is 5 s.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
_KEEP_ALIVE_SECONDS = 4100

# From SIGTERM to the end of an undrained engine: vLLM's own shutdown and the container runtime.
_SHUTDOWN_MARGIN_SECONDS = 30

_CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


def grace_seconds(slot: Slot) -> int:
    """Return the pod's grace period: leave the balancer, drain, end (seconds). SIGKILL comes after it."""
    return slot.deregistration_seconds + slot.drain_seconds + _SHUTDOWN_MARGIN_SECONDS


def pod_template(
    slot: Slot, *, environment: str, model: str, slot_name: str, priority_class: Any = None
) -> dict[str, Any]:
    """Return the pod template of a slot's Deployment.

    It holds nothing that changes with the library's version or with where traffic goes, since each change of
    it restarts every replica.
    """
    volumes = [
        # Node-local NVMe where the node has it (the node group's kubelet directory lies on the instance
        # store).
        {"name": "weights", "emptyDir": {"sizeLimit": f"{slot.disk_gib}Gi"}},
        {"name": "cache", "emptyDir": {"sizeLimit": f"{_CACHE_GIB}Gi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": f"{_TMP_GIB}Gi"}},
        # NCCL and the engine's processes exchange tensors here; the runtime's default is 64 MiB.
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": f"{slot.shm_gib}Gi"}},
        {
            "name": "scripts",
            "configMap": {"name": model_object(model, "fetch-weights"), "defaultMode": 0o444},
        },
    ]
    spec: dict[str, Any] = {
        "serviceAccountName": model_object(model),
        # The Kubernetes API is not vLLM's business. EKS Pod Identity is not affected: its webhook adds a
        # projected token of its own (audience pods.eks.amazonaws.com) and AWS_CONTAINER_CREDENTIALS_FULL_URI.
        "automountServiceAccountToken": False,
        # A Service named vllm would set VLLM_PORT, which vLLM reads as its own setting.
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": grace_seconds(slot),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            # Walking over hundreds of GB of weights at each start would cost minutes.
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": {"nodeAffinity": _pool_affinity(slot.pools)},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "topologySpreadConstraints": _spread(model, slot_name),
        "initContainers": [_fetch_weights(slot)],
        "containers": [_vllm(slot, model)],
        "volumes": volumes,
    }
    if priority_class is not None:
        spec["priorityClassName"] = priority_class
    return {
        "metadata": {
            "labels": slot_labels(environment, model, slot_name),
            "annotations": {
                "inferplane.dev/revision": slot.revision,
                "kubectl.kubernetes.io/default-container": "vllm",
            },
        },
        "spec": spec,
    }


def _fetch_weights(slot: Slot) -> dict[str, Any]:
    return {
        "name": "fetch-weights",
        # The model's own image: it has Python and boto3, and is on the node anyway.
        "image": slot.image,
        "command": ["python3", f"{_SCRIPT_PATH}/fetch_weights.py"],
        "args": [
            f"--source={slot.weights_uri}",
            f"--manifest-sha256={slot.manifest_sha256}",
            f"--target={WEIGHTS_PATH}",
        ],
        "env": [{"name": "HOME", "value": "/tmp"}, {"name": "PYTHONUNBUFFERED", "value": "1"}],  # noqa: S108
        # Requests of init containers do not add to the pod's: the larger of both counts.
        "resources": _resources(slot, gpus=0),
        "securityContext": _CONTAINER_SECURITY,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "weights", "mountPath": WEIGHTS_PATH},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
            {"name": "scripts", "mountPath": _SCRIPT_PATH, "readOnly": True},
        ],
    }


def _vllm(slot: Slot, model: str) -> dict[str, Any]:
    health = {
        "httpGet": {"path": "/health", "port": "http"},
        "periodSeconds": _PROBE_PERIOD_SECONDS,
        "timeoutSeconds": 5,
    }
    container: dict[str, Any] = {
        "name": "vllm",
        "image": slot.image,
        # No shell: signals reach vLLM, and nothing is interpolated.
        "command": ["vllm", "serve"],
        "args": [WEIGHTS_PATH, "--host=0.0.0.0", f"--port={MODEL_PORT}", *slot.args],
        "env": [
            # Everything that vLLM, torch, Triton and FlashInfer cache goes below HOME; the root filesystem is
            # read-only.
            {"name": "HOME", "value": _CACHE_PATH},
            {"name": "VLLM_CACHE_ROOT", "value": f"{_CACHE_PATH}/vllm"},
            # torch names its cache after the user and fails where the number has no entry in /etc/passwd.
            {"name": "USER", "value": "vllm"},
            {"name": "HF_HUB_OFFLINE", "value": "1"},
            {"name": "VLLM_NO_USAGE_STATS", "value": "1"},
            {"name": "VLLM_HTTP_TIMEOUT_KEEP_ALIVE", "value": str(_KEEP_ALIVE_SECONDS)},
            {
                "name": "VLLM_API_KEY",
                "valueFrom": {"secretKeyRef": {"name": model_object(model, "api-key"), "key": "api-key"}},
            },
        ],
        "ports": [{"name": "http", "containerPort": MODEL_PORT, "protocol": "TCP"}],
        "resources": _resources(slot, gpus=slot.gpus),
        "securityContext": _CONTAINER_SECURITY,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        # The model loads and compiles before /health answers; until then no other probe runs.
        "startupProbe": {**health, "failureThreshold": -(-slot.startup_seconds // _PROBE_PERIOD_SECONDS)},
        # Out of rotation after 15 s of a dead engine (/health is 503 within 0.1 s of its crash).
        "readinessProbe": {**health, "periodSeconds": 5, "failureThreshold": 3},
        # A restart costs a whole cold start, and a dead engine ends the process by itself: only a server that
        # does not answer for a minute is killed. A busy one may miss a probe.
        "livenessProbe": {**health, "failureThreshold": 6},
        "volumeMounts": [
            {"name": "weights", "mountPath": WEIGHTS_PATH, "readOnly": True},
            {"name": "cache", "mountPath": _CACHE_PATH},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
            {"name": "shm", "mountPath": "/dev/shm"},  # noqa: S108
        ],
    }
    if slot.deregistration_seconds:
        # vLLM answers 500 to new requests once it drains, with /health still 200: first the balancer must
        # have let go. The kubelet's own sleep (Kubernetes 1.30, stable in 1.34) needs no shell in the image.
        container["lifecycle"] = {"preStop": {"sleep": {"seconds": slot.deregistration_seconds}}}
    return container


def _resources(slot: Slot, gpus: int) -> dict[str, Any]:
    memory, disk = f"{slot.memory_gib}Gi", f"{slot.disk_gib}Gi"
    requests: dict[str, Any] = {"cpu": str(slot.cpu_cores), "memory": memory, "ephemeral-storage": disk}
    # No CPU limit: throttling vLLM's scheduler and API server stalls the GPU that waits for them.
    limits: dict[str, Any] = {"memory": memory, "ephemeral-storage": disk}
    if gpus:
        requests["nvidia.com/gpu"] = limits["nvidia.com/gpu"] = str(gpus)
    return {"requests": requests, "limits": limits}


def _pool_affinity(pools: tuple[str, ...]) -> dict[str, Any]:
    affinity: dict[str, Any] = {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {"matchExpressions": [{"key": POOL_LABEL, "operator": "In", "values": list(pools)}]}
            ]
        }
    }
    if len(pools) > 1:
        affinity["preferredDuringSchedulingIgnoredDuringExecution"] = [
            # Reserved capacity first, it is paid for anyway; 100 outweighs the spread over zones.
            {
                "weight": 100,
                "preference": {
                    "matchExpressions": [{"key": POOL_LABEL, "operator": "In", "values": [pools[0]]}]
                },
            }
        ]
    return affinity


def _spread(model: str, slot_name: str) -> list[dict[str, Any]]:
    selector = {"matchLabels": slot_selector(model, slot_name)}
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            # H100s are often in one zone only (a reservation is pinned to its zone): a strict rule would
            # leave replicas pending beside free GPUs.
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": selector,
            # Old replicas of a rollout that are about to go do not count.
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
