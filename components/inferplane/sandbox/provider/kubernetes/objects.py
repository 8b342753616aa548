"""Makes the outputs of an API object: the object as given, with what the API server and controllers add."""

from __future__ import annotations

import base64
from typing import Any, Final

from ..cloud import CloudResource
from ..tokens import Tokens
from ..values import Secret, known, secret
from .kinds import RELEASE, SECRET, kind_of

# The pretend clusters have no clock, so that runs can be compared.
CREATED_AT: Final = "2026-01-01T00:00:00Z"


def make_outputs(
    token: str, inputs: dict[str, Any], tokens: Tokens, region: str, previous: CloudResource | None
) -> dict[str, Any]:
    """The outputs of an object with these inputs (which may hold secrets and unknowns)."""
    outputs = {key: value for key, value in inputs.items() if not key.startswith("__")}
    if token == RELEASE:
        return _release(outputs, previous)
    given = outputs.get("metadata")
    if isinstance(given, dict) or given is None:
        outputs["metadata"] = _metadata(given or {}, tokens, previous)
    spec = outputs.get("spec")
    if kind_of(token) == "Service" and isinstance(spec, dict):
        address = f"172.20.{tokens.number(254, 'second')}.{tokens.number(254, 'third') + 1}"
        outputs["spec"] = {"clusterIP": address, "type": "ClusterIP", **spec}
    if token == SECRET:
        _seal(outputs)
    if previous is not None and isinstance(outputs.get("spec"), dict):
        outputs["spec"] = _with_foreign_fields(
            outputs["spec"], known(previous.outputs.get("spec")), known(previous.inputs.get("spec"))
        )
    status = _status(kind_of(token), known(outputs.get("spec")) or {}, tokens, region)
    if status is not None:
        outputs["status"] = status
    return outputs


def _with_foreign_fields(new: dict[str, Any], old: Any, managed: Any) -> dict[str, Any]:
    """`new` and those fields of the old object that others set: server-side apply leaves them alone."""
    merged = dict(new)
    if isinstance(old, dict) and isinstance(managed, dict):
        for key, value in old.items():
            if key not in managed:
                merged.setdefault(key, value)
            elif isinstance(merged.get(key), dict):
                merged[key] = _with_foreign_fields(merged[key], value, managed[key])
    return merged


def _metadata(given: dict[str, Any], tokens: Tokens, previous: CloudResource | None) -> dict[str, Any]:
    before: dict[str, Any] = (known(previous.outputs["metadata"]) if previous else None) or {}
    return {
        **given,
        "uid": tokens.uuid("uid"),
        "creationTimestamp": CREATED_AT,
        "generation": int(before.get("generation", 0)) + 1,
        "resourceVersion": str(int(before.get("resourceVersion", tokens.number(10**6, "version"))) + 1),
    }


def _seal(outputs: dict[str, Any]) -> None:
    """A Secret's content is secret whether its author said so or not; `stringData` is merged into `data`."""
    strings, data = known(outputs.get("stringData")) or {}, known(outputs.get("data")) or {}
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in strings.items()}
    outputs["data"] = Secret({**data, **encoded})
    if outputs.get("stringData") is not None:
        outputs["stringData"] = secret(outputs["stringData"])
    outputs.setdefault("type", "Opaque")


def _status(kind: str, spec: dict[str, Any], tokens: Tokens, region: str) -> dict[str, Any] | None:
    replicas = int(spec.get("replicas", 1))
    balancer = {
        "loadBalancer": {
            "ingress": [{"hostname": f"k8s-{tokens.hex(32, 'balancer')}.elb.{region}.amazonaws.com"}]
        }
    }
    ready = {
        "replicas": replicas,
        "readyReplicas": replicas,
        "availableReplicas": replicas,
        "updatedReplicas": replicas,
    }
    statuses: dict[str, dict[str, Any]] = {
        "Deployment": {**ready, "conditions": [{"type": "Available", "status": "True"}]},
        "StatefulSet": ready,
        "ReplicaSet": ready,
        "DaemonSet": {"desiredNumberScheduled": 0, "numberReady": 0},
        "Ingress": balancer,
        "Job": {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]},
        "Namespace": {"phase": "Active"},
        "PersistentVolumeClaim": {"phase": "Bound"},
        "Pod": {"phase": "Running"},
        "Service": balancer if spec.get("type") == "LoadBalancer" else {"loadBalancer": {}},
    }
    return statuses.get(kind)


def _release(outputs: dict[str, Any], previous: CloudResource | None) -> dict[str, Any]:
    before: dict[str, Any] = (known(previous.outputs.get("status")) if previous else None) or {}
    outputs["status"] = {
        "appVersion": "",
        "chart": known(outputs.get("chart")) or "",
        "name": known(outputs.get("name")) or "",
        "namespace": known(outputs.get("namespace")) or "",
        "revision": int(before.get("revision", 0)) + 1,
        "status": "deployed",
        "version": known(outputs.get("version")) or "",
    }
    outputs.setdefault("resourceNames", {})
    return outputs
