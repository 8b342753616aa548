"""What ModelNamespace and SlotAutoscaler declare."""

from typing import Any

import pulumi

from inferplane.kubernetes.model_namespace import ModelNamespace
from inferplane.kubernetes.slot_autoscaler import SlotAutoscaler
from tests.kubernetes.examples import NAMESPACE, TAGS, autoscaler_args
from tests.mocks import assert_contract, assert_refused, record

ARGS: Any = {"namespace": NAMESPACE, "environment": "prod", "tags": TAGS}


def changed(**changes: Any) -> Any:
    """The namespace's args, with changes."""
    return {**ARGS, **changes}


def test_namespace_contract() -> None:
    """The namespace keeps the contract of every component."""
    assert_contract(lambda opts: ModelNamespace("prod", ARGS, opts), TAGS)


def test_namespace_outputs() -> None:
    """What pods are declared with is given as outputs."""

    def program() -> Any:
        namespace = ModelNamespace("prod", ARGS)
        return {"namespace": namespace.namespace, "priority": namespace.priority_class_name}

    assert record(program).result == {"namespace": NAMESPACE, "priority": f"{NAMESPACE}-serving"}


def test_namespace_name_is_checked() -> None:
    """A namespace has no dots and no capitals."""
    for wrong in ("Models", "a.b", ""):
        assert_refused(
            lambda wrong=wrong: ModelNamespace("prod", changed(namespace=wrong)),
            "ModelNamespace 'prod'.namespace",
        )


def test_autoscaler_contract() -> None:
    """The autoscaler keeps the contract of every component."""
    assert_contract(lambda opts: SlotAutoscaler("prod-blue", autoscaler_args(), opts), TAGS)


def test_autoscaler_scales_the_given_deployment() -> None:
    """The Deployment and Prometheus may be outputs."""

    def program() -> None:
        args = autoscaler_args(
            deployment_name=pulumi.Output.from_input("llama-3-3-70b-blue"),
            prometheus_url=pulumi.Output.from_input("http://elsewhere"),
        )
        SlotAutoscaler("prod-blue", args)

    resource = record(program)["prod-blue-scaled-object"]
    assert resource.type == "kubernetes:keda.sh/v1alpha1:ScaledObject"
    assert resource.inputs["spec"]["scaleTargetRef"]["name"] == "llama-3-3-70b-blue"
    assert resource.inputs["spec"]["triggers"][0]["metadata"]["serverAddress"] == "http://elsewhere"


def test_other_deployments_are_refused() -> None:
    """A Deployment of another name would be scaled by the wrong replicas' readiness."""
    args = autoscaler_args(deployment_name="mine")
    assert_refused(
        lambda: SlotAutoscaler("x", args), "SlotAutoscaler 'x'.deployment_name", "llama-3-3-70b-blue"
    )


def test_schedule_keys_are_checked() -> None:
    """An unknown key of a schedule is refused with the right one."""
    schedule = {**autoscaler_args()["schedules"][0], "time_zone": "UTC"}
    assert_refused(
        lambda: SlotAutoscaler("x", autoscaler_args(schedules=[schedule])),
        "SlotAutoscaler 'x'.schedules",
        "did you mean 'timezone'?",
    )
