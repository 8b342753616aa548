"""Each rule catches what it is for and is silent on what is right."""

import sys
from pathlib import Path
from typing import Any

import pytest

pulumi_policy = pytest.importorskip("pulumi_policy", reason="the policy extra is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "policies"))

from rules import ALL  # noqa: E402

_TAGS = {"inferplane:environment": "dev", "inferplane:owner": "a", "inferplane:cost-centre": "b"}
_POD = "kubernetes:apps/v1:Deployment"


def _deployment(image: str) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}},
    }


WRONG = {
    "private-control-plane": [
        ("aws:eks/cluster:Cluster", {"vpcConfig": {"endpointPrivateAccess": True}}),
        (
            "aws:eks/cluster:Cluster",
            {"vpcConfig": {"endpointPrivateAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}},
        ),
        ("aws:eks/cluster:Cluster", {"vpcConfig": {"endpointPublicAccess": False}}),
    ],
    "instance-security": [
        ("aws:ec2/launchTemplate:LaunchTemplate", {"metadataOptions": {"httpTokens": "optional"}}),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {
                "metadataOptions": {"httpTokens": "required"},
                "blockDeviceMappings": [{"ebs": {"encrypted": "false"}}],
            },
        ),
    ],
    "load-balancer-exposure": [
        ("aws:lb/loadBalancer:LoadBalancer", {"accessLogs": {"enabled": True}}),
        ("aws:lb/loadBalancer:LoadBalancer", {"dropInvalidHeaderFields": True}),
        ("aws:lb/listener:Listener", {"protocol": "HTTP", "defaultActions": [{"type": "forward"}]}),
    ],
    "ownership-tags": [
        ("aws:eks/cluster:Cluster", {"tags": {"inferplane:owner": "a"}}),
        ("aws:s3/bucket:Bucket", {}),
    ],
    "pinned-images": [
        (_POD, _deployment("vllm/vllm-openai:latest")),
        (
            "kubernetes:core/v1:Pod",
            {"kind": "Pod", "spec": {"initContainers": [{"name": "i", "image": "busybox"}]}},
        ),
        (
            "kubernetes:batch/v1:CronJob",
            {
                "kind": "CronJob",
                "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}},
            },
        ),
    ],
}

RIGHT = [
    (
        "aws:eks/cluster:Cluster",
        {"vpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": False}, "tags": _TAGS},
    ),
    (
        "aws:eks/cluster:Cluster",
        {
            "vpcConfig": {
                "endpointPrivateAccess": True,
                "endpointPublicAccess": True,
                "publicAccessCidrs": ["192.0.2.0/24"],
            },
            "tagsAll": _TAGS,
        },
    ),
    (
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "metadataOptions": {"httpTokens": "required"},
            "blockDeviceMappings": [{"ebs": {"encrypted": "true"}}],
            "tags": _TAGS,
        },
    ),
    (
        "aws:lb/loadBalancer:LoadBalancer",
        {"dropInvalidHeaderFields": True, "accessLogs": {"enabled": True}, "tags": _TAGS},
    ),
    ("aws:lb/listener:Listener", {"protocol": "HTTPS", "defaultActions": [{"type": "forward"}]}),
    (_POD, _deployment("vllm/vllm-openai@sha256:" + "a" * 64)),
    ("kubernetes:core/v1:Service", {"kind": "Service", "spec": {}}),
]


def _violations(rule: Any, resource_type: str, props: dict[str, Any]) -> list[str]:
    found: list[str] = []
    args = pulumi_policy.ResourceValidationArgs(resource_type, props, "urn", "name", None, None)
    rule.validate(args, lambda message, urn=None: found.append(message))
    return found


@pytest.mark.parametrize(
    ("rule", "resource_type", "props"),
    [(rule, kind, props) for rule in ALL for kind, props in WRONG[rule.name]],
)
def test_a_rule_catches_what_it_is_for(rule: Any, resource_type: str, props: dict[str, Any]) -> None:
    """A resource that breaks the rule is reported exactly once."""
    assert len(_violations(rule, resource_type, props)) == 1


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rule_is_silent_on_what_is_right(rule: Any) -> None:
    """No rule reports a resource that follows them all."""
    assert [v for kind, props in RIGHT for v in _violations(rule, kind, props)] == []


def test_every_rule_has_a_planted_violation() -> None:
    """A rule without a case that it must catch could be deaf."""
    assert {rule.name for rule in ALL} == set(WRONG)
