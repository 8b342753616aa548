"""The rendered objects of a model."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inferplane.kubernetes.object_names import model_object, slot_labels, slot_object
from inferplane.kubernetes.render_model import model_network_policy, model_objects
from inferplane.kubernetes.render_namespace import namespace_objects, priority_class_name
from inferplane.kubernetes.render_pod import pod_template
from inferplane.kubernetes.render_slot import (
    deployment,
    disruption_budget,
    progress_deadline_seconds,
    service,
    target_group_binding,
)
from tests import golden
from tests.kubernetes.examples import ENVIRONMENT, MODEL, NAMESPACE, slot
from tests.kubernetes.pod_security import violations

WHERE: dict[str, Any] = {"namespace": NAMESPACE, "environment": ENVIRONMENT, "model": MODEL}

names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?", fullmatch=True)


def vllm(**changes: Any) -> dict[str, Any]:
    """The vLLM container of a slot with changes."""
    container: dict[str, Any] = pod(**changes)["containers"][0]
    return container


def pod(**changes: Any) -> dict[str, Any]:
    """The pod's spec of a slot with changes."""
    spec: dict[str, Any] = pod_template(slot(**changes), environment="prod", model=MODEL, slot_name="blue")[
        "spec"
    ]
    return spec


def test_serving_slot_is_as_committed() -> None:
    """A serving slot's objects are those of the golden file."""
    where = {**WHERE, "slot_name": "blue"}
    objects = [
        deployment(slot(), **where, priority_class="inferplane-models-serving"),
        service(**where),
        target_group_binding(**where),
        disruption_budget(**where),
    ]
    golden.check("kubernetes/slot_serving.yaml", objects)


def test_parked_slot_starts_without_replicas() -> None:
    """A parked slot differs from a serving one in nothing but replicas 0 and that Pulumi does not wait."""
    where = {**WHERE, "slot_name": "blue"}
    serving, parked = deployment(slot(), **where), deployment(slot(serving=False, parked=True), **where)
    assert parked["spec"].pop("replicas") == 0
    assert parked["metadata"].pop("annotations") == {"pulumi.com/skipAwait": "true"}
    assert parked == serving


def test_shared_objects_are_as_committed() -> None:
    """What the slots share is that of the golden file, the script apart."""
    objects = model_objects(**WHERE)
    assert set(objects["fetch-weights"].pop("data")) == {"fetch_weights.py"}
    policy = model_network_policy(**WHERE, vpc_cidr="10.0.0.0/16", monitoring_namespace="monitoring")
    golden.check("kubernetes/model_shared.yaml", [*objects.values(), policy])


def test_namespace_is_as_committed() -> None:
    """The namespace's objects are those of the golden file."""
    golden.check("kubernetes/namespace.yaml", list(namespace_objects(NAMESPACE, ENVIRONMENT).values()))


def test_s3_addresses_close_the_rest() -> None:
    """With S3's addresses given, HTTPS leads there only."""
    policy = model_network_policy(
        **WHERE, vpc_cidr="10.0.0.0/16", monitoring_namespace="monitoring", s3_cidrs=["3.5.0.0/19"]
    )
    assert policy["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "3.5.0.0/19"}}]


def test_metadata_service_is_out_of_reach() -> None:
    """No rule lets a model's pods reach the instance metadata service."""
    policy = model_network_policy(**WHERE, vpc_cidr="10.0.0.0/16", monitoring_namespace="monitoring")
    blocks = [peer["ipBlock"] for rule in policy["spec"]["egress"] for peer in rule["to"]]
    assert blocks == [
        {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]},
        {"cidr": "169.254.170.23/32"},
    ]


@pytest.mark.parametrize(
    "changes", [{}, {"serving": False, "parked": True}, {"deregistration_seconds": 0, "gpus": 8}]
)
def test_pods_are_restricted(changes: dict[str, Any]) -> None:
    """Every pod meets the Pod Security Standard that its namespace enforces."""
    assert violations(pod(**changes)) == []


def test_the_standard_finds_what_it_forbids() -> None:
    """The check of the standard is not blind."""
    spec = pod()
    spec["containers"][0]["securityContext"] = {}
    spec["volumes"].append({"name": "host", "hostPath": {"path": "/"}})
    assert len(violations(spec)) == 3


def test_root_filesystem_is_read_only() -> None:
    """No container writes to its image, and what vLLM writes to lies in volumes."""
    spec = pod()
    assert all(
        c["securityContext"]["readOnlyRootFilesystem"] for c in [*spec["initContainers"], *spec["containers"]]
    )
    writable = {m["mountPath"] for m in spec["containers"][0]["volumeMounts"] if not m.get("readOnly")}
    assert writable == {"/cache", "/tmp", "/dev/shm"}


def test_api_key_is_no_argument() -> None:
    """The API key reaches vLLM through a Secret, never through the command line."""
    container = vllm()
    assert not any("key" in word for word in [*container["command"], *container["args"]])
    (key,) = [env for env in container["env"] if env["name"] == "VLLM_API_KEY"]
    assert key["valueFrom"]["secretKeyRef"] == {"name": f"{MODEL}-api-key", "key": "api-key"}


@given(st.integers(30, 7200))
def test_startup_probe_covers_the_cold_start(seconds: int) -> None:
    """A replica is not restarted before its planned cold start is over."""
    probe = vllm(startup_seconds=seconds)["startupProbe"]
    assert seconds <= probe["failureThreshold"] * probe["periodSeconds"] < seconds + 10


@given(st.integers(0, 3600), st.integers(0, 7200))
def test_grace_covers_balancer_and_drain(leave: int, drain: int) -> None:
    """The pod's end comes after the balancer let go and the generations ended."""
    changes = {"deregistration_seconds": leave, "drain_seconds": drain, "args": []}
    spec = pod(**changes)
    assert spec["terminationGracePeriodSeconds"] == leave + drain + 30
    assert spec["containers"][0]["args"][-1] == f"--shutdown-timeout={drain}"
    hook = spec["containers"][0].get("lifecycle")
    assert hook == ({"preStop": {"sleep": {"seconds": leave}}} if leave else None)


def test_rollout_needs_no_spare_gpu() -> None:
    """A rollout takes a replica away before it starts one, and may wait for that one's whole cold start."""
    spec = deployment(slot(), **WHERE, slot_name="blue")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert spec["progressDeadlineSeconds"] == progress_deadline_seconds(slot()) == 35 + 600 + 30 + 900 + 120
    assert "replicas" not in spec


def test_only_named_pools_are_allowed() -> None:
    """Replicas run in the named pools only, in the first if it has room."""
    affinity = pod()["affinity"]["nodeAffinity"]
    (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"][0]["values"] == ["reserved", "elastic"]
    (preference,) = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    assert preference["preference"]["matchExpressions"][0]["values"] == ["reserved"]


def test_one_pool_is_no_preference() -> None:
    """With one pool there is nothing to prefer."""
    assert list(pod(pools=["only"])["affinity"]["nodeAffinity"]) == [
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]


@given(names, st.sampled_from(["blue", "green"]))
def test_names_fit(model: str, slot_name: str) -> None:
    """Names of objects, pods and HPAs and the values of labels stay within Kubernetes' limits, whatever the
    model's name."""
    assert len(slot_object(model, slot_name)) + len("-0123456789-01234") <= 63
    assert len(f"keda-hpa-{slot_object(model, slot_name)}") <= 63
    assert len(model_object(model, "fetch-weights")) <= 63
    assert all(len(value) <= 63 for value in slot_labels("prod", model, slot_name).values())


@given(names, names)
def test_names_do_not_collide(one: str, other: str) -> None:
    """Two models never share an object."""
    if one != other:
        assert slot_object(one, "blue") != slot_object(other, "blue")
        assert model_object(one) != model_object(other)
        assert model_object(one, "api-key") != model_object(other)


@given(names, names)
def test_priorities_do_not_collide(one: str, other: str) -> None:
    """The cluster-scoped priority classes of two namespaces differ and fit."""
    assert len(priority_class_name(one)) <= 63
    assert one == other or priority_class_name(one) != priority_class_name(other)
