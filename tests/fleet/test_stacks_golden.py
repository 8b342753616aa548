"""What the project's stacks would really run, committed, so that a change's diff shows it."""

from typing import Any

import pytest

from inferplane.testing import Recording
from tests import golden
from tests.fleet.recording import SCOPES, record_fleet


@pytest.fixture(scope="module", params=SCOPES, ids=[stack for stack, _, _ in SCOPES])
def stack(request: pytest.FixtureRequest) -> tuple[str, Recording]:
    """A stack's name and what its program declares."""
    name, file, scope = request.param
    return name, record_fleet(file, scope)


def _objects(recording: Recording) -> list[dict[str, Any]]:
    objects = []
    for resource in recording.resources:
        if resource.type.startswith("kubernetes:") and not resource.type.startswith("kubernetes:helm"):
            inputs = dict(resource.inputs)
            if inputs.get("kind") == "Secret":
                inputs["data"] = dict.fromkeys(inputs["data"], "(generated)")
            if inputs.get("kind") == "ConfigMap":  # the script that it carries is in the tree already
                inputs["data"] = dict.fromkeys(inputs["data"], "(a file of the library)")
            objects.append(inputs)
    return sorted(objects, key=lambda o: (o["kind"], o["metadata"].get("name", "")))


def _inputs(recording: Recording, *types: str) -> dict[str, Any]:
    return {r.name: dict(r.inputs) for r in recording.resources if r.type in types}


def test_kubernetes_objects(stack: tuple[str, Recording]) -> None:
    """Deployments, scaled objects, policies and the rest, as they are applied."""
    name, recording = stack
    golden.check(f"stacks/{name}/kubernetes.yaml", _objects(recording))


def test_charts(stack: tuple[str, Recording]) -> None:
    """Charts with their versions and values."""
    name, recording = stack
    golden.check(f"stacks/{name}/charts.yaml", _inputs(recording, "kubernetes:helm.sh/v3:Release"))


def test_alarms(stack: tuple[str, Recording]) -> None:
    """Every CloudWatch alarm."""
    name, recording = stack
    golden.check(f"stacks/{name}/alarms.yaml", _inputs(recording, "aws:cloudwatch/metricAlarm:MetricAlarm"))


def test_load_balancing(stack: tuple[str, Recording]) -> None:
    """Balancers, listeners, rules with their weights, target groups."""
    name, recording = stack
    kinds = (
        "loadBalancer:LoadBalancer",
        "listener:Listener",
        "listenerRule:ListenerRule",
        "targetGroup:TargetGroup",
    )
    golden.check(
        f"stacks/{name}/load-balancing.yaml", _inputs(recording, *(f"aws:lb/{kind}" for kind in kinds))
    )


def test_nodes(stack: tuple[str, Recording]) -> None:
    """Node groups and their launch templates."""
    name, recording = stack
    golden.check(
        f"stacks/{name}/nodes.yaml",
        _inputs(recording, "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"),
    )
