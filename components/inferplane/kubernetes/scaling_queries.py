"""The Prometheus queries that the autoscaler asks, as named data. Pure.

Labels: Prometheus gives every vLLM series `namespace`, `pod`, `inferplane_model` and `inferplane_slot` from
the pod's own labels (prometheus_scrape.py). DCGM series carry the `namespace` and `pod` that use the GPU and
no model: they are joined to kube-state-metrics' `kube_pod_labels` by those two.

Every query is guarded: it has a value only while at least as many pods report as the Deployment has ready
replicas. A missing exporter then makes the query empty, which KEDA treats as an error and holds the replicas,
instead of a small sum, which would shrink a busy service.
"""

import re
import string
from collections.abc import Mapping
from types import MappingProxyType

from inferplane.errors import InferplaneError

__all__ = ["QUERIES", "render_query"]

_PODS = '{namespace="$namespace",inferplane_model="$model",inferplane_slot="$slot"}'
_READY = 'sum(kube_deployment_status_replicas_ready{namespace="$namespace",deployment="$deployment"})'
_GPU = (
    'DCGM_FI_DEV_GPU_UTIL{namespace="$namespace",pod!=""} and on (namespace, pod) '
    'kube_pod_labels{namespace="$namespace",label_inferplane_dev_model="$model",label_inferplane_dev_slot="$slot"}'
)

QUERIES: Mapping[str, str] = MappingProxyType(
    {
        # Requests that no replica has started on. vLLM 0.32 and later.
        "queue": (
            f"sum(vllm:num_requests_waiting{_PODS}) and on () "
            f"(count(count by (pod) (vllm:num_requests_waiting{_PODS})) >= on () {_READY})"
        ),
        # Percent, summed over replicas, each the mean of its GPUs: with AverageValue this is the mean per
        # replica, and replicas that still load do not multiply it (with Value they cut four loading replicas
        # to one).
        "gpu": (f"sum(avg by (pod) ({_GPU})) and on () (count(count by (pod) ({_GPU})) >= on () {_READY})"),
        # Completed requests per second. It can not exceed what the replicas finish; the queue shows the rest.
        "request-rate": (
            f"sum(rate(vllm:request_success_total{_PODS}[2m])) and on () "
            f"(count(count by (pod) (vllm:request_success_total{_PODS})) >= on () {_READY})"
        ),
    }
)

_VALUE = re.compile(r"[A-Za-z0-9._-]+")


def render_query(name: str, *, namespace: str, model: str, slot: str, deployment: str) -> str:
    """Return a query with its values filled in. Raises InferplaneError for a value that could leave its
    quotes."""
    values = {"namespace": namespace, "model": model, "slot": slot, "deployment": deployment}
    for key, value in values.items():
        if not _VALUE.fullmatch(value):
            raise InferplaneError(
                f"'{value}' can not stand in a query", where=key, allowed="letters, digits, . _ -"
            )
    return string.Template(QUERIES[name]).substitute(values)
