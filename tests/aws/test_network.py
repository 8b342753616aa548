"""The Network component."""

import json
from typing import Any

import pytest

from inferplane.aws.interface_endpoints import DEFAULT_ENDPOINTS, ENDPOINTS
from inferplane.aws.network import Network
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "prod"}
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]


def network(**more: Any) -> Recording:
    return record(lambda: Network("prod", {"zones": ZONES, "tags": TAGS, **more}))


def test_contract() -> None:
    """Token, parents, providers, tags, outputs and previews are as of every component."""
    args: Any = {"zones": ZONES, "flow_log_retention_days": 30, "tags": TAGS}
    assert_contract(lambda opts: Network("prod", args, opts), TAGS)


def test_each_zone_has_a_private_and_a_public_subnet() -> None:
    """Six subnets lie in three zones, and none gives public addresses to what starts in it."""
    subnets = network().of("aws:ec2/subnet:Subnet")
    assert sorted(s.inputs["availabilityZone"] for s in subnets) == sorted(ZONES * 2)
    assert not any(s.inputs["mapPublicIpOnLaunch"] for s in subnets)


def test_subnets_carry_the_tags_by_which_controllers_find_them() -> None:
    """Balancers find both kinds of subnets, Karpenter only private ones."""
    recording = network(cluster_name="prod")
    private = recording.one("aws:ec2/subnet:Subnet", "prod-private-us-east-1a").inputs["tags"]
    public = recording.one("aws:ec2/subnet:Subnet", "prod-public-us-east-1a").inputs["tags"]
    assert private["kubernetes.io/role/internal-elb"] == "1"
    assert private["karpenter.sh/discovery"] == "prod"
    assert public["kubernetes.io/role/elb"] == "1"
    assert "karpenter.sh/discovery" not in public


def test_each_zone_has_its_own_way_out() -> None:
    """A zone's private default route leads to the NAT gateway of that zone."""
    recording = network()
    for zone in ZONES:
        route = recording[f"prod-private-{zone}-default"]
        assert route.inputs["natGatewayId"] == f"prod-nat-{zone}-id"
        nat = recording.one("aws:ec2/natGateway:NatGateway", f"prod-nat-{zone}")
        assert nat.inputs["subnetId"] == f"prod-public-{zone}-id"


def test_a_single_nat_serves_all_zones() -> None:
    """With nat "single" there is one gateway, and every private route leads to it."""
    recording = network(nat="single")
    assert len(recording.of("aws:ec2/natGateway:NatGateway")) == 1
    targets = {recording[f"prod-private-{zone}-default"].inputs["natGatewayId"] for zone in ZONES}
    assert targets == {"prod-nat-us-east-1a-id"}


def test_the_default_security_group_is_emptied() -> None:
    """Nothing can pass through the group that AWS attaches when none is named."""
    group = network().one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["ingress"], group["egress"]) == ([], [])


def test_s3_is_reached_without_nat() -> None:
    """The S3 gateway endpoint is on every private route table and on no public one."""
    gateway = network()["prod-s3"].inputs
    assert gateway["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert gateway["vpcEndpointType"] == "Gateway"
    assert gateway["routeTableIds"] == [f"prod-private-{zone}-id" for zone in ZONES]


def test_interface_endpoints_answer_to_the_services_own_names() -> None:
    """Each default endpoint is in every private subnet, with private DNS."""
    recording = network()
    for service in DEFAULT_ENDPOINTS:
        endpoint = recording[f"prod-{service.replace('.', '-')}"].inputs
        assert endpoint["serviceName"] == f"com.amazonaws.us-east-1.{service}"
        assert endpoint["privateDnsEnabled"] is True
        assert endpoint["subnetIds"] == [f"prod-private-{zone}-id" for zone in ZONES]


def test_endpoints_admit_https_from_the_vpc_only() -> None:
    """The endpoints' security group has one rule: 443 from the VPC's own range."""
    recording = network(cidr="10.8.0.0/16")
    rule = recording.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.8.0.0/16", 443, 443)


def test_no_interface_endpoints_when_none_are_wanted() -> None:
    """An empty list leaves only the free S3 gateway, and no security group."""
    recording = network(interface_endpoints=[])
    assert [e.name for e in recording.of("aws:ec2/vpcEndpoint:VpcEndpoint")] == ["prod-s3"]
    assert recording.of("aws:ec2/securityGroup:SecurityGroup") == []


def test_flow_logs_are_kept_as_long_as_asked() -> None:
    """Flow logs of all traffic go to a group with that retention, by a role that writes to it alone."""
    recording = network(flow_log_retention_days=30)
    group = recording.one("aws:cloudwatch/logGroup:LogGroup")
    flow = recording.one("aws:ec2/flowLog:FlowLog").inputs
    policy = json.loads(recording.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    assert group.inputs["retentionInDays"] == 30
    assert flow["trafficType"] == "ALL"
    [statement] = policy["Statement"]
    assert statement["Resource"] == [flow["logDestination"], flow["logDestination"] + ":*"]


def test_no_flow_logs_unless_asked() -> None:
    """They cost money, so they are opt-in."""
    assert network().of("aws:ec2/flowLog:FlowLog") == []


def test_nothing_admits_the_internet() -> None:
    """No ingress rule of the network names 0.0.0.0/0."""
    rules = network().of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert all(rule.inputs["cidrIpv4"] != "0.0.0.0/0" for rule in rules)


def test_users_of_a_private_subnet_wait_for_its_way_out() -> None:
    """What takes a subnet's id depends on its route too, or a node boots that can not join."""

    def program() -> None:
        import pulumi_aws as aws

        net = Network("prod", {"zones": ZONES})
        aws.ec2.NetworkInterface("user", subnet_id=net.private_subnet_ids_by_zone["us-east-1b"])

    waits_for = [urn.rpartition("::")[2] for urn in record(program)["user"].depends_on]
    assert "prod-private-us-east-1b-default" in waits_for


def test_outputs_are_in_the_order_of_the_zones() -> None:
    """Subnet ids come in the order in which the zones were given."""
    outputs = network()["prod"].outputs
    assert outputs["private_subnet_ids"] == [f"prod-private-{zone}-id" for zone in ZONES]
    assert outputs["public_subnet_ids"] == [f"prod-public-{zone}-id" for zone in ZONES]


@pytest.mark.parametrize("service", DEFAULT_ENDPOINTS)
def test_defaults_are_known_endpoints(service: str) -> None:
    """Every default endpoint has its reason in the table."""
    assert ENDPOINTS[service]


@pytest.mark.parametrize(
    ("args", "fragments"),
    [
        ({"zones": ZONES, "natt": "zone"}, ["unknown property 'natt'", "did you mean 'nat'?"]),
        ({}, ["missing required property: zones"]),
        ({"zones": ZONES, "nat": "none"}, ["Network 'prod'.nat", "'none' is not a choice", "zone, single"]),
        ({"zones": ZONES, "flow_log_retention_days": 31}, ["flow_log_retention_days", "for 31 days", "30"]),
        ({"zones": ZONES, "cidr": "0.0.0.0/0"}, ["Network 'prod'.cidr", "/16 to /20"]),
        ({"zones": ["us-east-1a", "eu-west-1a"]}, ["Network 'prod'.zones", "several regions"]),
        (
            {"zones": ZONES, "interface_endpoints": ["ecr.apis"]},
            ["interface_endpoints", "did you mean 'ecr.api'?"],
        ),
    ],
)
def test_mistakes_are_refused_before_anything_is_declared(args: Any, fragments: list[str]) -> None:
    """A mistake ends in one clear error, and nothing was declared."""
    assert_refused(lambda: Network("prod", args), *fragments)
