"""Load balancer, certificate, alarms and names through the real engine."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import engine, program, sandbox

__all__ = ["engine", "program", "sandbox"]  # fixtures

pytestmark = pytest.mark.engine

SOURCE = """
    import pulumi
    import pulumi_aws as aws

    from inferplane.aws.alarm_topic import AlarmTopic
    from inferplane.aws.balancer_alarms import BalancerAlarms
    from inferplane.aws.certificate import Certificate
    from inferplane.aws.endpoint_alarms import EndpointAlarms
    from inferplane.aws.global_names import GlobalNames
    from inferplane.aws.model_load_balancer import ModelLoadBalancer
    from inferplane.aws.regional_names import RegionalNames

    config = pulumi.Config()
    green = config.get_int("green") or 0
    provider = aws.Provider("aws", region="us-east-1")
    alone, region = pulumi.ResourceOptions(provider=provider), pulumi.ResourceOptions(providers=[provider])
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=alone)
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{i}.0/24",
            availability_zone=f"us-east-1{zone}",
            opts=alone,
        ).id
        for i, zone in enumerate("ab")
    ]
    nodes = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id, opts=alone)
    certificate = Certificate(
        "prod",
        {
            "domain": "*.us-east-1.llm.example.com",
            "alternative_names": ["*.llm.example.com"],
            "zone_name": "example.com",
            "keep_proofs": False,
        },
        region,
    )
    balancer = ModelLoadBalancer(
        "prod",
        {
            "vpc_id": vpc.id,
            "vpc_cidr": "10.0.0.0/16",
            "subnet_ids": subnets,
            "certificate_arn": certificate.certificate_arn,
            "cluster_security_group_id": nodes.id,
            "internet_facing": config.get_bool("public") or False,
            "client_cidrs": ["10.0.0.0/8"],
            "target_port": config.get_int("port") or 8000,
            "deletion_protection": False,
            "models": {
                "llama": {
                    "hosts": ["llama.llm.example.com", "llama.us-east-1.llm.example.com"],
                    "weights": {"blue": 100 - green, "green": green},
                }
            },
        },
        region,
    )
    topic = AlarmTopic("prod", {"emails": ["oncall@example.com"]}, region)
    BalancerAlarms(
        "prod", {"topic_arn": topic.topic_arn, "load_balancer_arn_suffix": balancer.arn_suffix}, region
    )
    alarms = EndpointAlarms(
        "prod-llama",
        {
            "model": "llama",
            "topic_arn": topic.topic_arn,
            "load_balancer_arn_suffix": balancer.arn_suffix,
            "target_group_arn_suffixes": balancer.target_group_arn_suffixes["llama"],
            "ttft_p99_seconds": 2,
            "error_rate": 0.001,
            "requests_per_second": 3,
        },
        region,
    )
    target = {"dns_name": balancer.dns_name, "zone_id": balancer.zone_id}
    RegionalNames(
        "prod",
        {
            "domain": "us-east-1.llm.example.com",
            "vpc_id": vpc.id,
            "hosts": {"llama.us-east-1.llm.example.com": target},
        },
        region,
    )
    GlobalNames(
        "prod",
        {
            "domain": "llm.example.com",
            "vpcs": {"us-east-1": vpc.id},
            "endpoints": {
                "llama": [
                    {
                        "region": "us-east-1",
                        "health_alarm_names": alarms.health_alarm_names,
                        "health_alarm_digest": alarms.health_alarm_digest,
                        **target,
                    }
                ]
            },
        },
        region,
    )
"""


@pytest.fixture
def region(program: Callable[..., Session], tmp_path: Path) -> Session:
    """A region's traffic in a sandbox with a public zone, where reads shuffle the target groups of a rule."""
    (tmp_path / "sandbox").mkdir()
    world = {
        "hosted_zones": {"example.com": {"zone_id": "Z0123456789ABCDEFGHIJ"}},
        "shuffle_target_groups": True,
    }
    (tmp_path / "sandbox" / "world.json").write_text(json.dumps(world))
    return program(SOURCE)


def test_a_release_moves_one_rule_and_nothing_else(region: Session, tmp_path: Path) -> None:
    """After an up and a refresh nothing is to do; new weights update one rule; destroy leaves nothing."""
    region.up()
    region.refresh()
    assert set(region.preview_steps()) == {"same"}
    region.configure("green", "5")
    changed = [step["urn"] for step in region.preview()["steps"] if step["op"] != "same"]
    assert [urn.rpartition("::")[2] for urn in changed] == ["prod-llama-weighted"]
    region.destroy()
    assert region.resources() == []
    assert list(Cloud(tmp_path / "sandbox" / "cloud.db").resources()) == []


def test_another_port_and_scheme_come_up_beside_the_old_ones(region: Session) -> None:
    """What replaces balancer and target groups changes their names, so that the new ones are made first."""
    region.up()
    region.configure("port", "9000")
    region.configure("public", "true")
    steps = {step["urn"].rpartition("::")[2]: step["op"] for step in region.preview()["steps"]}
    assert (steps["prod-lb"], steps["prod-llama-blue"]) == ("replace", "replace")
    region.up()
    assert set(region.preview_steps()) == {"same"}
