"""A fleet's scopes, weights and guards, without an engine."""

from pathlib import Path

import pytest
import yaml

from inferplane.planning import plan_region
from inferplane.planning.cost import INTERFACE_ENDPOINTS
from inferplane.spec import load_fleet
from inferplane.testing import Recording, refusal
from tests.fleet.recording import SCOPES, STACKS, calls, record_fleet

from inferplane.fleet import Fleet  # isort: skip

PROD = "prod.fleet.yaml"


@pytest.fixture(scope="module")
def prod() -> Recording:
    """One region of the production fleet."""
    return record_fleet(PROD, "us-east-1")


def test_every_stack_names_a_fleet_file_and_a_scope_of_it() -> None:
    """The stack files and this table of scopes agree; only the global scope is not in the table."""
    found = []
    for path in sorted(STACKS.glob("Pulumi.*.yaml")):
        config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
        found.append((path.name.split(".")[1], config["inferplane:fleetFile"], config["inferplane:scope"]))
    assert sorted(found) == sorted([*SCOPES, ("prod-global", PROD, "global")])


def test_everything_of_a_region_is_below_the_fleet(prod: Recording) -> None:
    """No resource is left at the top of the stack."""
    assert [r.name for r in prod.resources if not r.parent] == ["fleet"]


def test_aws_resources_use_the_regions_own_provider(prod: Recording) -> None:
    """Nothing depends on the ambient region of whoever runs the program."""
    used = {r.provider for r in prod.resources if r.custom and r.type.startswith("aws:")}
    assert used == {"prod-us-east-1"}


def test_kubernetes_resources_use_the_regions_own_cluster(prod: Recording) -> None:
    """Nothing depends on the ambient kubeconfig."""
    used = {r.provider for r in prod.resources if r.type.startswith("kubernetes:")}
    assert used == {"prod-us-east-1-cluster"}


def test_weights_come_from_the_release_record() -> None:
    """A record of 95 to 5 is declared as it is."""
    record = {
        "version": 1,
        "stable": "blue",
        "candidate": "green",
        "weights": {"blue": 95, "green": 5},
        "phase": "x",
    }
    recording = record_fleet(
        PROD, "us-east-1", calls({"llama-3-3-70b": record}, "/inferplane/prod/us-east-1/releases")
    )
    weights = [
        [group["weight"] for group in rule.inputs["actions"][0]["forward"]["targetGroups"]]
        for rule in recording.of("aws:lb/listenerRule:ListenerRule")
        if len(rule.inputs["actions"][0].get("forward", {}).get("targetGroups", [])) == 2
    ]
    assert sorted(weights) == [[95, 5], [100, 0]]


def test_serving_slots_are_protected_in_production_only(prod: Recording) -> None:
    """A stack that serves users can not lose a serving Deployment; a development stack can be destroyed at once."""
    protected = {r.name for r in prod.of("kubernetes:apps/v1:Deployment") if r.protect}
    assert protected == {r.name for r in prod.of("kubernetes:apps/v1:Deployment") if "-blue-" in r.name}
    assert not any(r.protect for r in record_fleet("dev.fleet.yaml", "all").resources)


def test_api_keys_are_secrets() -> None:
    """A given key is marked secret wherever it goes."""
    recording = record_fleet("dev.fleet.yaml", "all", api_keys={"llama-3-1-8b": "key-0123456789abcdef"})
    secret = recording.one("kubernetes:core/v1:Secret")
    assert secret.secrets


@pytest.mark.parametrize(
    ("scope", "more", "fragment"),
    [
        ("us-east-9", {}, "us-east-1"),
        ("us-east-1", {"live_changes": ["nobody"]}, "llama-3-3-70b"),
        ("us-east-1", {"api_keys": {"nobody": "x"}}, "llama-3-3-70b"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_declared(
    scope: str, more: dict[str, object], fragment: str
) -> None:
    """An unknown scope or model is one error that lists what is allowed."""
    args = {"fleet_file": str(STACKS / PROD), "scope": scope, **more}
    refused = refusal(lambda: Fleet("fleet", args))  # type: ignore[arg-type]
    assert fragment in str(refused.error)
    assert refused.resources == ()


def test_a_missing_fleet_file_is_one_clear_error(tmp_path: Path) -> None:
    """The error names the file that is not there."""
    refused = refusal(lambda: Fleet("fleet", {"fleet_file": str(tmp_path / "none.fleet.yaml")}))
    assert "none.fleet.yaml" in str(refused.error)


def test_the_plan_prices_what_is_declared(prod: Recording) -> None:
    """Fixed parts of the estimate are the resources that the program declares."""
    plan = plan_region(load_fleet(STACKS / PROD), "us-east-1")
    groups = {group.name: group.inputs for group in prod.of("aws:eks/nodeGroup:NodeGroup")}
    system = groups["prod-us-east-1-system"]
    assert (system["instanceTypes"], system["scalingConfig"]["desiredSize"]) == (
        [plan.system_node_type],
        plan.system_nodes,
    )
    assert len(prod.of("aws:ec2/natGateway:NatGateway")) == len(plan.zones)
    interfaces = [
        e for e in prod.of("aws:ec2/vpcEndpoint:VpcEndpoint") if e.inputs["vpcEndpointType"] == "Interface"
    ]
    services = {
        endpoint.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1.") for endpoint in interfaces
    }
    assert services == set(INTERFACE_ENDPOINTS)
    assert len(prod.of("aws:lb/loadBalancer:LoadBalancer")) == len(plan.balancers)


def test_an_existing_network_and_cluster_are_used_as_they_are(tmp_path: Path) -> None:
    """Neither VPC nor control plane is declared; nodes and balancer go into what is there."""
    file = tmp_path / "there.fleet.yaml"
    text = (STACKS / "dev.fleet.yaml").read_text(encoding="utf-8")
    there = """    network:
      existing:
        vpc_id: vpc-0123456789abcdef0
        cidr: 10.9.0.0/16
        private_subnets: {us-east-1a: subnet-0aaaaaaaaaaaaaaaa, us-east-1b: subnet-0bbbbbbbbbbbbbbbb}
    cluster: {existing: {name: platform}}
    gpu_pools:
"""
    file.write_text(text.replace("    gpu_pools:\n", there), encoding="utf-8")
    cluster = {
        "name": "platform",
        "endpoint": "https://example.eks.amazonaws.com",
        "certificateAuthorities": [{"data": "Q0E="}],
        "vpcConfig": {"clusterSecurityGroupId": "sg-0123456789abcdef0"},
    }
    recording = record_fleet(file, "all", calls() | {"aws:eks/getCluster:getCluster": cluster})
    for absent in ("aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster", "aws:eks/addon:Addon"):
        assert recording.of(absent) == []
    group = recording.one("aws:eks/nodeGroup:NodeGroup").inputs
    assert group["clusterName"] == "platform"
    assert group["subnetIds"] == ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
    balancer = recording.one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert balancer["subnets"] == ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
    assert "platform" in recording.one("pulumi:providers:kubernetes").inputs["kubeconfig"]


def test_an_internet_facing_fleet_has_public_names(tmp_path: Path) -> None:
    """The balancer stands in the public subnets, and its names are written into the public zone."""
    file = tmp_path / "public.fleet.yaml"
    text = (STACKS / "dev.fleet.yaml").read_text(encoding="utf-8")
    public = "    load_balancer: {internet_facing: true, client_cidrs: [203.0.113.0/24]}\n    gpu_pools:\n"
    file.write_text(text.replace("    gpu_pools:\n", public), encoding="utf-8")
    recording = record_fleet(file, "all")
    balancer = recording.one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert balancer["internal"] is False
    assert all("public" in subnet for subnet in balancer["subnets"])
    assert recording.of("aws:route53/zone:Zone") == []
    names = [r.inputs["name"] for r in recording.of("aws:route53/record:Record") if r.inputs.get("aliases")]
    assert sorted(set(names)) == [
        "llama-3-1-8b.dev.llm.example.com",
        "llama-3-1-8b.us-east-1.dev.llm.example.com",
    ]
