"""The ScaledObject of a slot and its queries."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inferplane.errors import InferplaneError
from inferplane.kubernetes.render_scaled_object import scaled_object
from inferplane.kubernetes.scaling_queries import QUERIES, render_query
from inferplane.kubernetes.scaling_settings import ScalingSettings
from tests import golden
from tests.kubernetes.examples import autoscaler_args

URL = "http://prometheus-server.monitoring.svc.cluster.local"


def rendered(**changes: Any) -> dict[str, Any]:
    """The ScaledObject of a slot, with changes to its args."""
    settings = ScalingSettings.parse(autoscaler_args(**changes), "autoscaler")
    return scaled_object(settings, URL, "llama-3-3-70b-blue")


def query(name: str) -> str:
    """A query with short values."""
    return render_query(name, namespace="n", model="m", slot="blue", deployment="m-blue")


def test_scaled_object_is_as_committed() -> None:
    """A slot with schedules and a request rate has the golden file's ScaledObject."""
    golden.check("kubernetes/scaled_object.yaml", rendered())


def test_queue_query() -> None:
    """Waiting requests count only while as many pods report them as are ready."""
    series = 'vllm:num_requests_waiting{namespace="n",inferplane_model="m",inferplane_slot="blue"}'
    ready = 'sum(kube_deployment_status_replicas_ready{namespace="n",deployment="m-blue"})'
    assert query("queue") == f"sum({series}) and on () (count(count by (pod) ({series})) >= on () {ready})"


def test_gpu_query() -> None:
    """Utilisation is averaged over a replica's GPUs and summed over replicas, joined to the model by pod."""
    series = (
        'DCGM_FI_DEV_GPU_UTIL{namespace="n",pod!=""} and on (namespace, pod) '
        'kube_pod_labels{namespace="n",label_inferplane_dev_model="m",label_inferplane_dev_slot="blue"}'
    )
    ready = 'sum(kube_deployment_status_replicas_ready{namespace="n",deployment="m-blue"})'
    assert (
        query("gpu")
        == f"sum(avg by (pod) ({series})) and on () (count(count by (pod) ({series})) >= on () {ready})"
    )


def test_request_rate_query() -> None:
    """The request rate is that of completed requests."""
    series = 'vllm:request_success_total{namespace="n",inferplane_model="m",inferplane_slot="blue"}'
    ready = 'sum(kube_deployment_status_replicas_ready{namespace="n",deployment="m-blue"})'
    assert query("request-rate") == (
        f"sum(rate({series}[2m])) and on () (count(count by (pod) ({series})) >= on () {ready})"
    )


@pytest.mark.parametrize("value", ['m"', "m} or vector(1)", "", "m\n"])
def test_values_can_not_leave_their_quotes(value: str) -> None:
    """A value that could change a query is refused."""
    with pytest.raises(InferplaneError, match="can not stand in a query"):
        render_query("queue", namespace="n", model=value, slot="blue", deployment="d")


@pytest.mark.parametrize("name", QUERIES)
def test_queries_name_nothing_gone(name: str) -> None:
    """No query names a series that vLLM dropped."""
    assert not re.search(
        "gpu_cache_usage_perc|time_per_output_token_seconds|num_requests_swapped", QUERIES[name]
    )


def test_lost_metrics_never_shrink() -> None:
    """Every metric trigger fails on a missing value, and the fallback keeps the replicas and the floor."""
    spec = rendered()["spec"]
    metrics = [trigger for trigger in spec["triggers"] if trigger["type"] == "prometheus"]
    assert [trigger["metadata"]["ignoreNullValues"] for trigger in metrics] == ["false"] * 3
    assert {trigger["metricType"] for trigger in metrics} == {"AverageValue"}
    assert spec["fallback"] == {"failureThreshold": 4, "replicas": 2, "behavior": "currentReplicasIfHigher"}
    assert "scalingModifiers" not in spec["advanced"]


@pytest.mark.parametrize(("utilisation", "moves"), [(75, False), (75.01, True), (65, False), (64.99, True)])
def test_tolerance_is_75_and_65(utilisation: float, moves: bool) -> None:
    """With a target of 70 the HPA's rule acts above 75 and below 65 only."""
    behavior = rendered()["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleUp"]["tolerance"] == behavior["scaleDown"]["tolerance"]
    assert (abs(utilisation / 70 - 1) > float(behavior["scaleUp"]["tolerance"])) == moves


@given(st.integers(30, 7200))
def test_replicas_stay_a_cold_start(seconds: int) -> None:
    """Replicas are kept for as long as it takes to get them back, within Kubernetes' limit of an hour."""
    behavior = rendered(cold_start_seconds=seconds)["spec"]["advanced"]["horizontalPodAutoscalerConfig"][
        "behavior"
    ]
    window = behavior["scaleDown"]["stabilizationWindowSeconds"]
    assert min(seconds, 3600) <= window <= 3600


def test_parked_slot_is_paused_at_zero() -> None:
    """A parked slot is held at zero replicas, and its limits stay what they are."""
    parked, running = rendered(parked=True), rendered()
    assert parked["metadata"].pop("annotations") == {"autoscaling.keda.sh/paused-replicas": "0"}
    assert parked == running


def test_schedules_are_triggers_of_their_own() -> None:
    """A schedule is a floor beside the metrics, so it holds without Prometheus."""
    (cron,) = [trigger for trigger in rendered()["spec"]["triggers"] if trigger["type"] == "cron"]
    assert cron["metadata"]["desiredReplicas"] == "4"
    assert "metricType" not in cron


def schedule(**changes: Any) -> list[dict[str, Any]]:
    """One schedule, with changes."""
    first = autoscaler_args()["schedules"][0]
    return [{**first, **changes}]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"min_replicas": 0}, "autoscaler.min_replicas"),
    ({"max_replicas": 1}, "autoscaler.max_replicas"),
    ({"slot": "red"}, "autoscaler.slot"),
    ({"model": 'm"}'}, "autoscaler.model"),
    ({"queue_per_replica": 0}, "autoscaler.queue_per_replica"),
    ({"gpu_utilisation_percent": 100}, "autoscaler.gpu_utilisation_percent"),
    ({"requests_per_second_per_replica": 0}, "autoscaler.requests_per_second_per_replica"),
    ({"schedules": schedule(end="0 19 * * *")}, "autoscaler.schedules.working-day"),
    ({"schedules": schedule(start="0 7")}, "autoscaler.schedules.working-day"),
    ({"schedules": schedule(min_replicas=9)}, "autoscaler.schedules.working-day"),
    ({"schedules": schedule() + schedule()}, "autoscaler.schedules.working-day"),
]


@pytest.mark.parametrize(
    ("changes", "where"), WRONG, ids=[f"{next(iter(c))}-{i}" for i, (c, _) in enumerate(WRONG)]
)
def test_wrong_args_are_refused(changes: dict[str, Any], where: str) -> None:
    """A mistake is one error that names the property."""
    with pytest.raises(InferplaneError) as caught:
        rendered(**changes)
    assert str(caught.value).startswith(f"{where}: ")
