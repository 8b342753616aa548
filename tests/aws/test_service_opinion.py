"""What an independent implementation of the AWS APIs (moto) says of what is rendered."""

import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

from inferplane.aws.balancer_names import load_balancer_name, target_group_name
from inferplane.aws.listener_rules import (
    MODELS_PER_BALANCER,
    NOT_FOUND_BODY,
    SLOTS,
    ModelRoute,
    conditions,
    plan_rules,
)
from inferplane.planning.alarm_definition import AlarmDefinition, render
from inferplane.planning.alarms import endpoint_alarms
from inferplane.planning.balancer_alarms import balancer_alarms

pytestmark = pytest.mark.service

GROUPS = {"blue": "targetgroup/blue/1", "green": "targetgroup/green/2"}
RATES = [0.001, 0.05, 1, 10, 1000]


def pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def as_api(value: Any) -> Any:
    """A rendered alarm in the names of the API: dimensions as pairs, metric queries as MetricStat."""
    if isinstance(value, list):
        return [as_api(item) for item in value]
    if not isinstance(value, dict):
        return value
    api = {}
    for key, item in value.items():
        if key == "dimensions":
            api["Dimensions"] = [{"Name": name, "Value": text} for name, text in item.items()]
        elif key == "metric":
            api["MetricStat"] = {
                "Metric": {
                    "Namespace": item["namespace"],
                    "MetricName": item["metric_name"],
                    "Dimensions": as_api(item)["Dimensions"],
                },
                "Period": item["period"],
                "Stat": item["stat"],
            }
        else:
            renamed = {"metric_queries": "Metrics", "evaluate_low_sample_count_percentiles": None}.get(
                key, pascal(key)
            )
            api[renamed or "EvaluateLowSampleCountPercentile"] = as_api(item)
    return api


def every_alarm() -> list[AlarmDefinition]:
    made: list[AlarmDefinition] = list(balancer_alarms())
    for rate in RATES:
        made += endpoint_alarms(ttft_p99_seconds=2, error_rate=0.001, requests_per_second=rate)
    return made


@mock_aws
def test_cloudwatch_accepts_and_returns_every_alarm() -> None:
    """PutMetricAlarm takes each alarm, and DescribeAlarms gives back what was put."""
    client = boto3.client("cloudwatch", region_name="us-east-1")
    for alarm in every_alarm():
        properties = as_api(render(alarm, "app/lb/0", GROUPS))
        client.put_metric_alarm(AlarmName="a", **properties)
        [stored] = client.describe_alarms(AlarmNames=["a"])["MetricAlarms"]
        assert stored["Threshold"] == alarm.threshold
        assert stored["EvaluationPeriods"] == alarm.evaluation_periods
        assert ("MetricName" in stored) != bool(stored.get("Metrics")), alarm.key


@mock_aws
@pytest.mark.parametrize(
    "mistake",
    [{"EvaluateLowSampleCountPercentile": "skip"}, {"ExtendedStatistic": "99"}, {"Treatment": "breaching"}],
)
def test_cloudwatch_refuses_a_misspelled_alarm(mistake: dict[str, str]) -> None:
    """The implementation that is asked does refuse mistakes, so its consent means something."""
    client = boto3.client("cloudwatch", region_name="us-east-1")
    alarm = as_api(render(every_alarm()[3], "app/lb/0", GROUPS))
    with pytest.raises((ClientError, ParamValidationError)):
        client.put_metric_alarm(AlarmName="a", **{**alarm, **mistake})


@pytest.fixture(name="elb")
def _elb() -> Any:
    with mock_aws():
        ec2 = boto3.client("ec2", region_name="us-east-1")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{zone}")[
                "Subnet"
            ]["SubnetId"]
            for i, zone in enumerate("ab")
        ]
        client = boto3.client("elbv2", region_name="us-east-1")
        [balancer] = client.create_load_balancer(
            Name=load_balancer_name("prod-us-east-1", internet_facing=False),
            Subnets=subnets,
            Scheme="internal",
        )["LoadBalancers"]
        [listener] = client.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[
                {
                    "Type": "fixed-response",
                    "FixedResponseConfig": {
                        "ContentType": "application/json",
                        "MessageBody": NOT_FOUND_BODY,
                        "StatusCode": "404",
                    },
                }
            ],
        )["Listeners"]
        yield client, vpc, listener["ListenerArn"]


def api_conditions(rendered: list[Any]) -> list[dict[str, Any]]:
    fields = {
        "host_header": "HostHeaderConfig",
        "path_pattern": "PathPatternConfig",
        "http_header": "HttpHeaderConfig",
        "source_ip": "SourceIpConfig",
    }
    return [
        {
            "Field": kind.replace("_", "-"),
            fields[kind]: {pascal(key): value for key, value in config.items()},
        }
        for condition in rendered
        for kind, config in condition.items()
    ]


def test_elastic_load_balancing_accepts_a_full_balancer(elb: Any) -> None:
    """33 models: 66 target groups and 99 rules, each with its own priority, with the weights as declared."""
    client, vpc, listener = elb
    routes = [
        ModelRoute(
            f"model-{i}",
            (f"model-{i}.llm.example.com", f"model-{i}.us-east-1.llm.example.com"),
            {"blue": 95, "green": 5},
        )
        for i in range(MODELS_PER_BALANCER)
    ]
    arns: dict[tuple[str, str], str] = {}
    for route in routes:
        for slot in SLOTS:
            name = target_group_name("prod-us-east-1", route.model, slot, port=8000, internet_facing=False)
            [group] = client.create_target_group(
                Name=name,
                Protocol="HTTP",
                Port=8000,
                VpcId=vpc,
                TargetType="ip",
                HealthCheckPath="/health",
                HealthCheckIntervalSeconds=10,
                HealthCheckTimeoutSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=3,
            )["TargetGroups"]
            arns[route.model, slot] = group["TargetGroupArn"]
            assert re.search(r"targetgroup/[^/]+/", group["TargetGroupArn"])
    for rule in plan_rules(routes, "X"):
        groups = [
            {"TargetGroupArn": arns[rule.model, slot], "Weight": weight}
            for slot, weight in rule.weights.items()
        ]
        client.create_rule(
            ListenerArn=listener,
            Priority=rule.priority,
            Conditions=api_conditions(conditions(rule, "10.0.0.0/16")),
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        )
    rules = client.describe_rules(ListenerArn=listener, PageSize=400)["Rules"]
    assert len([rule for rule in rules if not rule["IsDefault"]]) == 99
