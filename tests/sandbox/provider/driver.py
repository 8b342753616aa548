"""Drives a package without an engine: what a program would do, in a few calls."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inferplane.sandbox.provider.aws.package import AwsPackage
from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.provider.kubernetes.package import KubernetesPackage
from inferplane.sandbox.provider.lifecycle import Lifecycle
from inferplane.sandbox.provider.package import CheckContext, Package, Subject
from inferplane.sandbox.provider.validation import Failure
from inferplane.sandbox.provider.values import format_path
from inferplane.sandbox.provider.world import World


@dataclass
class Driver:
    """One provider over a cloud; every resource gets the URN of its type and logical name."""

    package: Package
    life: Lifecycle = field(init=False)

    def __post_init__(self) -> None:
        self.life = Lifecycle(self.package, "test")

    @property
    def cloud(self) -> Cloud:
        return self.package.cloud

    def subject(self, token: str, name: str = "it") -> Subject:
        return Subject(f"urn:pulumi:dev::demo::{token}::{name}", token, name)

    def check(
        self,
        token: str,
        inputs: dict[str, Any],
        name: str = "it",
        olds: dict[str, Any] | None = None,
        **options: Any,
    ) -> tuple[dict[str, Any], list[Failure]]:
        context = CheckContext(olds or {}, options.pop("seed", b"seed"), **options)
        return self.package.check(self.subject(token, name), inputs, context)

    def failures(self, token: str, inputs: dict[str, Any]) -> dict[str, str]:
        """Property path -> reason."""
        return {format_path(each.path): each.reason for each in self.check(token, inputs)[1]}

    def create(
        self, token: str, inputs: dict[str, Any], name: str = "it", *, preview: bool = False
    ) -> tuple[str, dict[str, Any]]:
        checked, failures = self.check(token, inputs, name, seed=name.encode())
        assert failures == []
        return self.life.create(self.subject(token, name), checked, preview=preview)

    def update(
        self, token: str, id_: str, inputs: dict[str, Any], name: str = "it", *, preview: bool = False
    ) -> dict[str, Any]:
        found = self.cloud.find(token, id_)
        old = dict(found.inputs) if found else {}
        checked, _ = self.check(token, inputs, name, old)
        state = dict(found.outputs) if found else {}
        return self.life.update(self.subject(token, name), id_, state, checked, preview=preview)

    def delete(self, token: str, id_: str, name: str = "it") -> None:
        found = self.cloud.find(token, id_)
        self.life.delete(self.subject(token, name), id_, dict(found.outputs) if found else {})


def aws(
    directory: Path, region: str = "us-east-1", world: dict[str, Any] | None = None, **config: Any
) -> Driver:
    """A driver of `aws` in a region; `world` is what world.json would hold."""
    directory.mkdir(exist_ok=True)
    (directory / "world.json").write_text(json.dumps(world or {}))
    package = AwsPackage(Cloud(directory / "cloud.db"), World.load(directory))
    package.configure({"region": region, **config})
    return Driver(package)


def kubernetes(directory: Path, **config: Any) -> Driver:
    """A driver of `kubernetes`."""
    package = KubernetesPackage(Cloud(directory / "cloud.db"), World.load(directory))
    package.configure(config)
    return Driver(package)


VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROLE = "aws:iam/role:Role"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
CLUSTER = "aws:eks/cluster:Cluster"
NAMESPACE = "kubernetes:core/v1:Namespace"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
EMPTY_POLICY = '{"Version": "2012-10-17", "Statement": []}'


def network(driver: Driver) -> tuple[str, str]:
    """A VPC with one subnet: (VPC id, subnet id)."""
    vpc, _ = driver.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "net")
    subnet, _ = driver.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "net")
    return vpc, subnet


def balanced(driver: Driver) -> tuple[str, str, str]:
    """A balancer's listener and two target groups: (listener ARN, blue ARN, green ARN)."""
    vpc, subnet = network(driver)
    balancer, _ = driver.create(BALANCER, {"subnets": [subnet], "internal": True}, "alb")
    target = {"port": 8000, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc}
    blue, _ = driver.create(TARGET_GROUP, target, "blue")
    green, _ = driver.create(TARGET_GROUP, target, "green")
    answer = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
    listener, _ = driver.create(
        LISTENER, {"loadBalancerArn": balancer, "port": 80, "defaultActions": [answer]}
    )
    return listener, blue, green


def forward(blue: str, green: str, weights: tuple[int, int] = (100, 0)) -> dict[str, Any]:
    """The `actions` and `conditions` of a weighted rule."""
    groups = [{"arn": arn, "weight": weight} for arn, weight in zip((blue, green), weights, strict=True)]
    return {
        "conditions": [{"hostHeader": {"values": ["m.example.com"]}}],
        "actions": [{"type": "forward", "forward": {"targetGroups": groups}}],
    }
