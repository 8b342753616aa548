"""The components through the real engine: what it accepts, refuses and leaves behind."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.session import PulumiFailedError, Session

pytestmark = pytest.mark.engine

ACCOUNT = "123456789012"
TARGET_GROUPS = {
    slot: f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/{slot}/0123456789abcde{number}"
    for number, slot in enumerate(("blue", "green"))
}
WORLD = {
    "account": ACCOUNT,
    "existing": [
        "prod-us-east-1",
        "vpc-0123456789abcdef0",
        "acme-models",
        "arn:aws:s3:::acme-models",
        f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod-us-east-1",
        f"arn:aws:iam::{ACCOUNT}:role/nodes",
        *TARGET_GROUPS.values(),
    ],
}

PROGRAM = f'''
import pulumi, pulumi_aws, pulumi_kubernetes
from inferplane.kubernetes.cluster_addons import ClusterAddons
from inferplane.kubernetes.model_namespace import ModelNamespace
from inferplane.kubernetes.slot_autoscaler import SlotAutoscaler
from inferplane.kubernetes.vllm_service import VllmService

config = pulumi.Config()
aws = pulumi_aws.Provider("aws", region="us-east-1")
kubernetes = pulumi_kubernetes.Provider("kubernetes", kubeconfig="{{}}")

def opts(*after):
    return pulumi.ResourceOptions(providers=[aws, kubernetes], depends_on=list(after))

addons = [] if config.get_bool("addons") is not True else [ClusterAddons("prod", {{
    "cluster_name": "prod-us-east-1", "vpc_id": "vpc-0123456789abcdef0", "region": "us-east-1",
    "account_id": "{ACCOUNT}", "karpenter": True,
    "node_role_arn": "arn:aws:iam::{ACCOUNT}:role/nodes",
}}, opts())]
namespace = ModelNamespace("prod", {{"namespace": "models", "environment": "prod"}}, opts())

def slot(name, serving):
    return {{
        "image": "registry.example.com/vllm@sha256:" + (config.get(name + "-image") or "0" * 64),
        "weights_uri": "s3://acme-models/llama/rev-1/", "revision": "rev-1", "manifest_sha256": "f" * 64,
        "args": [], "gpus": 2, "cpu_cores": 8, "memory_gib": 200, "shm_gib": 32, "disk_gib": 110,
        "pools": ["reserved"], "startup_seconds": 900, "drain_seconds": 600, "deregistration_seconds": 35,
        "serving": serving, "parked": not serving,
        "protected": serving and config.get_bool("protected") is True,
    }}

service = VllmService("prod-llama", {{
    "namespace": "models", "environment": "prod", "model": "llama",
    "slots": {{"blue": slot("blue", True), "green": slot("green", False)}},
    "vpc_cidr": "10.0.0.0/16", "target_group_arns": {TARGET_GROUPS!r}, "cluster_name": "prod-us-east-1",
    "priority_class_name": namespace.priority_class_name,
    "allow_live_changes": config.get_bool("live") is True,
}}, opts(*addons, namespace)) if config.get_bool("gone") is not True else None
if service:
    for name in ("blue", "green"):
        SlotAutoscaler(f"prod-llama-{{name}}", {{
            "namespace": "models", "environment": "prod", "model": "llama", "slot": name,
            "deployment_name": service.deployment_names[name], "min_replicas": 2, "max_replicas": 8,
            "parked": name == "green", "queue_per_replica": 7, "cold_start_seconds": 900,
            **({{"prometheus_url": addons[0].prometheus_url}} if addons else {{}}),
        }}, opts(*addons))
    pulumi.export("api_key", service.api_key)
'''


@pytest.fixture
def stack(program: Callable[..., Session], tmp_path: Path) -> Session:
    """The program, in a world with a cluster, a bucket and two target groups."""
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "world.json").write_text(json.dumps(WORLD))
    return program(PROGRAM)


def test_up_and_nothing_to_do(stack: Session) -> None:
    """Everything comes up, the key is a secret in the state, and another update has nothing to do."""
    stack.configure("addons", "true")
    stack.run("preview")
    stack.up()
    key = stack.outputs(show_secrets=True)["api_key"]
    stored = stack.checkpoint_text()
    assert key not in stored
    assert base64.b64encode(key.encode()).decode() not in stored
    assert set(stack.preview_steps()) == {"same"}


def deployments(stack: Session) -> dict[str, object]:
    """The inputs of all Deployments in the state, by URN: their order is that of the last run's registrations."""
    return {r["urn"]: r["inputs"] for r in stack.resources() if r["type"] == "kubernetes:apps/v1:Deployment"}


def test_live_change_is_refused(stack: Session) -> None:
    """Another image for the serving slot is refused by preview and update, unless it is allowed or the slot
    is free."""
    stack.up()
    before = deployments(stack)
    stack.configure("blue-image", "1" * 64)
    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        with pytest.raises(PulumiFailedError) as caught:
            stack.run(*command)
        message = str(caught.value)
        for part in (
            "slot 'blue' of model 'llama' carries traffic",
            "containers[vllm].image",
            "'green' is free",
        ):
            assert part in message
        assert "Traceback" not in message
    assert deployments(stack) == before
    stack.configure("live", "true")
    assert stack.preview_steps()["update"] == 1
    stack.configure("live", "false")
    stack.configure("blue-image", "0" * 64)
    stack.configure("green-image", "1" * 64)
    assert stack.preview_steps()["update"] == 1


def test_protected_slot_stays(stack: Session) -> None:
    """A protected serving slot can go neither with its model nor with its stack; unprotected, all of it
    goes."""
    stack.configure("protected", "true")
    stack.up()
    stack.configure("gone", "true")
    with pytest.raises(PulumiFailedError, match="prod-llama-blue-deployment") as caught:
        stack.run("preview")
    assert "protect" in str(caught.value)
    with pytest.raises(PulumiFailedError, match="protect"):
        stack.destroy()
    stack.configure("gone", "false")
    stack.configure("protected", "false")
    stack.up()
    stack.destroy()
    assert stack.resources() == []
