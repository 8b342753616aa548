"""The autoscaler's queries and the scrape configuration, in the real Prometheus engine (promtool)."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from inferplane.kubernetes.chart_values import prometheus_values
from inferplane.kubernetes.scaling_queries import QUERIES, render_query

PROMTOOL = shutil.which("promtool")

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(
        PROMTOOL is None, reason="promtool is not on PATH (Debian package prometheus): PromQL is not checked"
    ),
]


def run(*arguments: str) -> None:
    """Run promtool; its complaint is the failure's message."""
    result = subprocess.run(
        [str(PROMTOOL), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def pods(metric: str, values: dict[str, str], extra: str = "") -> list[dict[str, str]]:
    """Series of one metric by pod."""
    return [
        {"series": f'{metric}{{namespace="models",pod="{pod}"{extra}}}', "values": series}
        for pod, series in values.items()
    ]


OF_BLUE = ',inferplane_model="m",inferplane_slot="blue"'
OF_GREEN = ',inferplane_model="m",inferplane_slot="green"'


def ready(count: str) -> list[dict[str, str]]:
    """What kube-state-metrics says of ready replicas."""
    return [
        {
            "series": 'kube_deployment_status_replicas_ready{namespace="models",deployment="m-blue"}',
            "values": count,
        }
    ]


def labels(*names: str) -> list[dict[str, str]]:
    """What kube-state-metrics says of the labels of blue pods."""
    return pods(
        "kube_pod_labels",
        dict.fromkeys(names, "1x20"),
        ',label_inferplane_dev_model="m",label_inferplane_dev_slot="blue"',
    )


def gpus(values: dict[str, list[str]]) -> list[dict[str, str]]:
    """What DCGM says of each pod's GPUs, and of a GPU that nobody uses."""
    found = [
        {"series": f'DCGM_FI_DEV_GPU_UTIL{{namespace="models",pod="{pod}",gpu="{gpu}"}}', "values": series}
        for pod, per_gpu in values.items()
        for gpu, series in enumerate(per_gpu)
    ]
    return [*found, {"series": 'DCGM_FI_DEV_GPU_UTIL{gpu="7"}', "values": "99x20"}]


CASES: dict[str, tuple[str, list[dict[str, str]], float | None]] = {
    "both report": (
        "queue",
        [
            *pods("vllm:num_requests_waiting", {"a": "3x20", "b": "5x20"}, OF_BLUE),
            *pods("vllm:num_requests_waiting", {"g": "100x20"}, OF_GREEN),
            *ready("2x20"),
        ],
        8,
    ),
    "a loading replica reports early": (
        "queue",
        [*pods("vllm:num_requests_waiting", {"a": "3x20", "b": "5x20"}, OF_BLUE), *ready("1x20")],
        8,
    ),
    "one of two is lost": (
        "queue",
        [*pods("vllm:num_requests_waiting", {"a": "3x20"}, OF_BLUE), *ready("2x20")],
        None,
    ),
    "all are lost": ("queue", ready("2x20"), None),
    "kube-state-metrics is lost": ("queue", pods("vllm:num_requests_waiting", {"a": "3x20"}, OF_BLUE), None),
    "tensor parallel replicas": (
        "gpu",
        [
            *gpus({"a": ["80x20", "60x20"], "b": ["40x20", "40x20"], "other": ["99x20"]}),
            *labels("a", "b"),
            *ready("2x20"),
        ],
        110,
    ),
    "one exporter is lost": (
        "gpu",
        [*gpus({"a": ["80x20", "60x20"]}), *labels("a", "b"), *ready("2x20")],
        None,
    ),
    "completed requests": (
        "request-rate",
        [
            *pods(
                "vllm:request_success_total",
                {"a": "0+60x20", "b": "0+30x20"},
                OF_BLUE + ',finished_reason="stop"',
            ),
            *pods(
                "vllm:request_success_total",
                {"a": "0+0x20", "b": "0+30x20"},
                OF_BLUE + ',finished_reason="length"',
            ),
            *ready("2x20"),
        ],
        2,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_query(case: str, tmp_path: Path) -> None:
    """Each query gives its sum over the slot's replicas, and nothing at all when replicas are missing from
    it."""
    name, series, expected = CASES[case]
    expr = render_query(name, namespace="models", model="m", slot="blue", deployment="m-blue")
    samples = [] if expected is None else [{"labels": "{}", "value": expected}]
    test: dict[str, Any] = {
        "rule_files": [],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": series,
                "promql_expr_test": [{"expr": expr, "eval_time": "10m", "exp_samples": samples}],
            }
        ],
    }
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(test))
    run("test", "rules", str(path))


def test_queries_parse(tmp_path: Path) -> None:
    """All queries are valid as rules."""
    rules = [
        {
            "record": f"inferplane:{name.replace('-', '_')}",
            "expr": render_query(name, namespace="models", model="m", slot="blue", deployment="m-blue"),
        }
        for name in QUERIES
    ]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "scaling", "rules": rules}]}))
    run("check", "rules", str(path))


def test_scrape_jobs_are_valid(tmp_path: Path) -> None:
    """Prometheus accepts the scrape jobs that the chart is given.

    Their targets are replaced: Debian builds Prometheus without Kubernetes discovery.
    """
    jobs = yaml.safe_load(prometheus_values()["extraScrapeConfigs"])
    for job in jobs:
        assert job.pop("kubernetes_sd_configs")[0]["role"] == "pod"
        job["static_configs"] = [{"targets": ["localhost:1"]}]
    path = tmp_path / "prometheus.yml"
    path.write_text(yaml.safe_dump({"scrape_configs": jobs}))
    run("check", "config", str(path))
