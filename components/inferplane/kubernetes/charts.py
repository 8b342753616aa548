"""The add-ons' charts at pinned versions, as dated data. Pure.

Checked 2026-11. "read" means that the chart's own files of that version were read; "seen" that the version is
published and the values' keys were read from an older version of the same chart. Helm upgrades no CRDs that
lie in a chart's `crds` folder: charts that have such say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CHARTS", "Chart"]


@dataclass(frozen=True)
class Chart:
    """One chart: where it comes from, its version and what of it was confirmed."""

    release: str
    """Name of the Helm release."""
    chart: str
    """Name of the chart, or its OCI reference."""
    repository: str
    """URL of the Helm repository; empty for an OCI reference."""
    version: str
    namespace: str
    source: str
    """What the version and the values rest on."""


CHARTS: Mapping[str, Chart] = MappingProxyType(
    {
        "load-balancer-controller": Chart(
            release="aws-load-balancer-controller",
            chart="aws-load-balancer-controller",
            repository="https://aws.github.io/eks-charts",
            version="3.4.2",
            namespace="kube-system",
            source=(
                "seen: aws/eks-charts v0.0.240 (2026-07-13) has controller v3.4.2, chart and controller "
                "share the number since 3.0; values read at controller v2.6.1. CRDs in `crds`: upgrade "
                "them by hand."
            ),
        ),
        "keda": Chart(
            release="keda",
            chart="keda",
            repository="https://kedacore.github.io/charts",
            version="2.21.1",
            namespace="keda",
            source=(
                "seen: kedacore/charts release v2.21.1 (2026-11-16), KEDA 2.21.1; values read at chart "
                "2.11. The safe form of ScaledObjects was measured with KEDA 2.21.0."
            ),
        ),
        "device-plugin": Chart(
            release="nvidia-device-plugin",
            chart="nvidia-device-plugin",
            repository="https://nvidia.github.io/k8s-device-plugin",
            version="0.18.2",
            namespace="kube-system",
            source=(
                "seen: charts of 0.18.2 in public use in 2026; values read at 0.14. Image tags of 0.19 exist."
            ),
        ),
        "dcgm-exporter": Chart(
            release="dcgm-exporter",
            chart="dcgm-exporter",
            repository="https://nvidia.github.io/dcgm-exporter/helm-charts",
            version="4.6.0",
            namespace="kube-system",
            source=(
                "seen: chart 4.6.0 in public use; values read at exporter 4.1.3. Exporter 4.8.3 "
                "(2026-07-15) renames the label Hostname, which nothing here uses."
            ),
        ),
        "prometheus": Chart(
            release="prometheus",
            chart="prometheus",
            repository="https://prometheus-community.github.io/helm-charts",
            version="29.27.2",
            namespace="monitoring",
            source=(
                "read: Chart.yaml and ci values of 29.27.2 (Prometheus 3.14.0, kube-state-metrics chart "
                "8.4.2); the server's other values from the chart's documentation."
            ),
        ),
        "karpenter-crd": Chart(
            release="karpenter-crd",
            chart="oci://public.ecr.aws/karpenter/karpenter-crd",
            repository="",
            version="1.14.1",
            namespace="kube-system",
            source=("read: same release as karpenter; a chart of its own, so that upgrades reach the CRDs."),
        ),
        "karpenter": Chart(
            release="karpenter",
            chart="oci://public.ecr.aws/karpenter/karpenter",
            repository="",
            version="1.14.1",
            namespace="kube-system",
            source=(
                "read: chart 1.14.1 with its values, from the module github.com/aws/karpenter-provider-"
                "aws. On-demand reservations since 1.3, Capacity Blocks since 1.6."
            ),
        ),
    }
)
