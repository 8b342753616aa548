"""What Prometheus scrapes for the autoscaler, as plain data. Pure."""

from typing import Any

from inferplane.kubernetes.object_names import MODEL_LABEL, SLOT_LABEL

__all__ = [
    "GPU_NAMESPACE",
    "MONITORING_NAMESPACE",
    "POD_LABELS_ALLOWED",
    "PROMETHEUS_URL",
    "SCRAPE_CONFIGS",
    "SCRAPE_SECONDS",
]

MONITORING_NAMESPACE = "monitoring"

GPU_NAMESPACE = "kube-system"
"""Where the device plugin and the DCGM exporter run: both are privileged parts of a node."""

PROMETHEUS_URL = f"http://prometheus-server.{MONITORING_NAMESPACE}.svc.cluster.local"
"""The Service of the Prometheus that ClusterAddons installs."""

# The lag of scaling begins with it; a quarter of it is lost on average before anything else happens.
SCRAPE_SECONDS = 15

POD_LABELS_ALLOWED = f"pods=[{MODEL_LABEL},{SLOT_LABEL}]"
"""kube-state-metrics exports no labels unless they are named: these join DCGM's series to models."""


def _meta(label: str) -> str:
    """Return the name under which service discovery shows a pod's label."""
    return "__meta_kubernetes_pod_label_" + label.replace(".", "_").replace("/", "_").replace("-", "_")


def _pods(keep: list[dict[str, Any]], namespaces: list[str] | None = None) -> dict[str, Any]:
    discovery: dict[str, Any] = {"role": "pod"}
    if namespaces:
        discovery["namespaces"] = {"names": namespaces}
    return {
        "scrape_interval": f"{SCRAPE_SECONDS}s",
        "kubernetes_sd_configs": [discovery],
        "relabel_configs": keep,
    }


SCRAPE_CONFIGS: dict[str, dict[str, Any]] = {
    "inferplane-vllm": _pods(
        [
            {"source_labels": [_meta(MODEL_LABEL)], "regex": ".+", "action": "keep"},
            {
                "source_labels": ["__meta_kubernetes_pod_container_port_name"],
                "regex": "http",
                "action": "keep",
            },
            # A pod that ended keeps its entry for a while; its address may be another's by then.
            {"source_labels": ["__meta_kubernetes_pod_phase"], "regex": "Running", "action": "keep"},
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
            {"source_labels": [_meta(MODEL_LABEL)], "target_label": "inferplane_model"},
            {"source_labels": [_meta(SLOT_LABEL)], "target_label": "inferplane_slot"},
        ]
    ),
    "inferplane-dcgm": {
        **_pods(
            [
                {
                    "source_labels": [_meta("app.kubernetes.io/name")],
                    "regex": "dcgm-exporter",
                    "action": "keep",
                },
                {
                    "source_labels": ["__meta_kubernetes_pod_container_port_number"],
                    "regex": "9400",
                    "action": "keep",
                },
                {"source_labels": ["__meta_kubernetes_pod_node_name"], "target_label": "node"},
            ],
            [GPU_NAMESPACE],
        ),
        # The exporter's own `namespace` and `pod` say who uses the GPU.
        "honor_labels": True,
    },
    "inferplane-kube-state-metrics": {
        **_pods(
            [
                {
                    "source_labels": [_meta("app.kubernetes.io/name")],
                    "regex": "kube-state-metrics",
                    "action": "keep",
                },
                {
                    "source_labels": ["__meta_kubernetes_pod_container_port_name"],
                    "regex": "http",
                    "action": "keep",
                },
            ],
            [MONITORING_NAMESPACE],
        ),
        "honor_labels": True,
    },
}
"""Scrape jobs by name."""
