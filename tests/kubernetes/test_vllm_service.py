"""What a VllmService declares."""

import base64
from typing import Any

import pulumi
import pytest

from inferplane.kubernetes.vllm_service import VllmService
from tests.kubernetes.examples import MODEL, TAGS, service_args, slot_args
from tests.mocks import Recording, assert_contract, assert_refused, record

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SECRET = "kubernetes:core/v1:Secret"


def declared(**changes: Any) -> Recording:
    """Record a VllmService, with changes to its args."""
    return record(lambda: VllmService("prod", service_args(**changes)).api_key)


def test_contract() -> None:
    """Token, parents, providers, tags and outputs are as of every component, in a preview too."""
    assert_contract(lambda opts: VllmService("prod", service_args(), opts), TAGS)


def test_pods_wait_for_all_that_they_need() -> None:
    """A Deployment comes after the binding (readiness gate), the role (credentials) and what it mounts."""
    deployment = declared()["prod-blue-deployment"]
    waited = {urn.rsplit("::", 1)[1] for urn in deployment.depends_on}
    assert {
        "prod-api-key",
        "prod-blue-binding",
        "prod-blue-service",
        "prod-fetch-weights",
        "prod-network-policy",
        "prod-service-account",
        "prod-weights-association",
    } <= waited


def test_replicas_are_the_autoscalers() -> None:
    """Pulumi never changes a slot's replicas."""
    for deployment in declared().of(DEPLOYMENT):
        assert list(deployment.ignore_changes) == ["spec.replicas"]


def test_only_the_serving_slot_is_guarded() -> None:
    """The slot that carries traffic has the guard in updates and previews and is protected, the other is
    free."""
    recording = declared()
    blue, green = recording["prod-blue-deployment"], recording["prod-green-deployment"]
    assert blue.hooks == {"before_update": ("prod-blue-live-change-guard",)}
    assert recording.hooks["prod-blue-live-change-guard"]["on_dry_run"] is True
    assert (blue.protect, bool(green.protect), green.hooks) == (True, False, {})


def test_live_changes_can_be_allowed() -> None:
    """allow_live_changes takes the guard away, not the protection."""
    blue = declared(allow_live_changes=True)["prod-blue-deployment"]
    assert (blue.hooks, blue.protect) == ({}, True)


def test_protection_can_be_left_out() -> None:
    """An environment that may be torn down has no protected slots."""
    blue = declared(slots={"blue": slot_args(protected=False)})["prod-blue-deployment"]
    assert not blue.protect


def test_timeouts_fit_a_gpu_start() -> None:
    """Pulumi waits longer than the Deployment's own deadline, and for a rollout of many replicas."""
    blue = declared()["prod-blue-deployment"]
    deadline = blue.inputs["spec"]["progressDeadlineSeconds"]
    timeouts = {key: int(value.rstrip("s")) for key, value in blue.timeouts.items()}
    assert timeouts["create"] > deadline
    assert timeouts["update"] == 16 * deadline
    assert timeouts["delete"] > blue.inputs["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]


def test_generated_key_is_secret_and_stays() -> None:
    """Without a key one is generated, a secret in the state, and kept by later updates."""
    one, other = declared(), declared()
    secret = one["prod-api-key"]
    assert "data" in secret.ignore_changes
    assert any(path.startswith("data") for path in secret.secrets)
    key = base64.b64decode(secret.inputs["data"]["api-key"]).decode()
    assert len(key) >= 43
    assert one.result == key
    assert other.result != key


def test_given_key_is_used_and_may_change() -> None:
    """A given key is the key, and a new one replaces it."""
    recording = record(
        lambda: VllmService("prod", service_args(api_key=pulumi.Output.secret("given"))).api_key
    )
    secret = recording["prod-api-key"]
    assert recording.result == "given"
    assert not secret.ignore_changes
    assert any(path.startswith("data") for path in secret.secrets)


def test_key_is_nowhere_else() -> None:
    """No other resource has the key among its inputs."""
    recording = declared(api_key="key-4711")
    encoded = base64.b64encode(b"key-4711").decode()
    holders = [r.name for r in recording.resources if "key-4711" in str(r.inputs) or encoded in str(r.inputs)]
    assert holders == ["prod-api-key"]


def test_binding_names_the_slots_target_group() -> None:
    """Each slot's replicas go to that slot's target group."""
    for binding in declared().of("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"):
        slot_name = binding.name.split("-")[1]
        assert f"targetgroup/{slot_name}/" in binding.inputs["spec"]["targetGroupARN"]
        assert binding.inputs["spec"]["serviceRef"]["name"] == f"{MODEL}-{slot_name}"


def test_without_cluster_or_target_groups() -> None:
    """Without cluster and target groups there are no AWS resources and no bindings."""
    args = service_args()
    del args["cluster_name"], args["target_group_arns"]
    recording = record(lambda: VllmService("prod", args))
    assert not [r.type for r in recording.resources if r.type.startswith("aws:") or "Binding" in r.type]


def test_role_reads_both_slots_weights() -> None:
    """The role may read the declared folders of both slots and nothing else."""
    green = slot_args(serving=False, weights_uri="s3://acme-models/llama-3-3-70b-fp8/2026-11-01/")
    policy = declared(slots={"blue": slot_args(), "green": green}).one("aws:iam/rolePolicy:RolePolicy")
    assert "2026-10-01/*" in policy.inputs["policy"]
    assert "2026-11-01/*" in policy.inputs["policy"]
    assert "s3:ListBucket" not in policy.inputs["policy"]


def test_s3_addresses_may_be_outputs() -> None:
    """S3's addresses can come from a look-up."""

    def program() -> None:
        VllmService("prod", service_args(s3_cidrs=pulumi.Output.from_input(["3.5.0.0/19"])))

    policy = record(program)["prod-network-policy"]
    assert policy.inputs["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "3.5.0.0/19"}}]


WRONG: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"slots": {}}, ("VllmService 'prod'.slots", "blue, green")),
    ({"slots": {"bleu": slot_args()}}, ("VllmService 'prod'.slots", "did you mean 'blue'?")),
    ({"slots": {"blue": slot_args(imge="x")}}, ("VllmService 'prod'.slots.blue", "'imge'", "'image'")),
    ({"slots": {"blue": slot_args(gpus=9)}}, ("VllmService 'prod'.slots.blue.gpus",)),
    ({"target_group_arns": {"green": "arn"}}, ("VllmService 'prod'.target_group_arns", "'blue'")),
    ({"vpc_cidr": "10.0.0.1/16"}, ("VllmService 'prod'.vpc_cidr",)),
    ({"model": "Llama 3"}, ("VllmService 'prod'.model",)),
    ({"modl": "x"}, ("VllmService 'prod'", "did you mean 'model'?")),
]


@pytest.mark.parametrize(("changes", "fragments"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_wrong_args_are_refused(changes: dict[str, Any], fragments: tuple[str, ...]) -> None:
    """A mistake is one error before anything is declared."""
    assert_refused(lambda: VllmService("prod", service_args(**changes)), *fragments)
