"""GlobalNames and RegionalNames: zones, records, health checks."""

from typing import Any

import pytest

from inferplane.aws.global_names import GlobalNames
from inferplane.aws.regional_names import RegionalNames
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "test"}
RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
HEALTH = "aws:route53/healthCheck:HealthCheck"
CALLS = {"aws:route53/getZone:getZone": {"zoneId": "ZPUBLIC"}}
EAST, WEST = "us-east-1", "us-west-2"


def regional(region: str, **changes: Any) -> dict[str, Any]:
    return {
        "region": region,
        "dns_name": f"lb.{region}.elb.amazonaws.com",
        "zone_id": f"Z-{region}",
        "health_alarm_names": {"blue": f"{region}-blue-empty", "green": f"{region}-green-empty"},
        "health_alarm_digest": "0123456789ab",
        **changes,
    }


def everywhere(**changes: Any) -> Any:
    return {
        "domain": "llm.example.com",
        "endpoints": {"llama": [regional(EAST), regional(WEST)]},
        "vpcs": {WEST: "vpc-w", EAST: "vpc-e"},
        "tags": TAGS,
        **changes,
    }


def here(**changes: Any) -> Any:
    return {
        "domain": "us-east-1.llm.example.com",
        "hosts": {"llama.us-east-1.llm.example.com": {"dns_name": "lb.example", "zone_id": "Z9"}},
        "vpc_id": "vpc-e",
        "tags": TAGS,
        **changes,
    }


def worldwide(**changes: Any) -> Recording:
    return record(lambda: GlobalNames("prod", everywhere(**changes)), calls=CALLS)


def local(**changes: Any) -> Recording:
    return record(lambda: RegionalNames("prod", here(**changes)), calls=CALLS)


def public(args: Any) -> Any:
    return {**args, "private": False, "zone_name": "example.com", "tags": TAGS}


def test_the_components_keep_the_contract() -> None:
    """Token, parents, providers, tags and outputs, private and public."""
    for args in (everywhere(), public(everywhere())):
        assert_contract(lambda opts, args=args: GlobalNames("prod", args, opts), TAGS)
    for args in (here(), public(here())):
        assert_contract(lambda opts, args=args: RegionalNames("prod", args, opts), TAGS)


def test_names_are_private_by_default() -> None:
    """The zone is resolved by the VPCs of all regions, in a fixed order, and by nobody else."""
    zone = worldwide().one(ZONE).inputs
    assert zone["name"] == "llm.example.com"
    assert zone["vpcs"] == [{"vpcId": "vpc-e", "vpcRegion": EAST}, {"vpcId": "vpc-w", "vpcRegion": WEST}]


def test_the_nearest_healthy_region_answers() -> None:
    """Per region a latency record under one name, bound to that region's health check."""
    record_ = worldwide()["prod-llama-us-west-2"].inputs
    assert (record_["name"], record_["type"]) == ("llama.llm.example.com", "A")
    assert (record_["setIdentifier"], record_["latencyRoutingPolicies"]) == (WEST, [{"region": WEST}])
    assert record_["healthCheckId"] == "prod-llama-us-west-2-either-id"


def test_records_do_not_evaluate_target_health() -> None:
    """An idle slot's empty target group would count as unhealthy."""
    records = [*worldwide().of(RECORD), *local().of(RECORD)]
    assert [r.inputs["aliases"][0]["evaluateTargetHealth"] for r in records] == [False, False, False]


def test_a_region_is_healthy_while_either_slot_is() -> None:
    """The region's check counts one of the two slots' checks as enough."""
    either = worldwide()["prod-llama-us-east-1-either"].inputs
    assert (either["type"], either["childHealthThreshold"]) == ("CALCULATED", 1)
    assert either["childHealthchecks"] == ["prod-llama-us-east-1-blue-id", "prod-llama-us-east-1-green-id"]


def test_a_slots_check_follows_its_alarm_in_its_region() -> None:
    """The check names the alarm and its region; a slot without data is empty, so it is unhealthy."""
    check = worldwide()["prod-llama-us-west-2-green"].inputs
    expected = {
        "type": "CLOUDWATCH_METRIC",
        "cloudwatchAlarmName": "us-west-2-green-empty",
        "cloudwatchAlarmRegion": WEST,
        "insufficientDataHealthStatus": "Unhealthy",
        "triggers": {"alarm": "0123456789ab"},
    }
    assert expected == {key: check[key] for key in expected}


def test_a_region_without_a_digest_is_followed_as_well() -> None:
    """The digest is optional."""
    endpoint = regional(EAST)
    del endpoint["health_alarm_digest"]
    recording = worldwide(endpoints={"llama": [endpoint]})
    assert "triggers" not in recording["prod-llama-us-east-1-blue"].inputs


def test_one_region_leaving_changes_nothing_of_the_others() -> None:
    """The records and checks of a region that stays are the same without the one that goes."""
    both, one = worldwide(), worldwide(endpoints={"llama": [regional(EAST)]})
    kept = [r for r in one.resources if r.type in (RECORD, HEALTH)]
    assert [r.inputs for r in kept] == [both[r.name].inputs for r in kept]


def test_public_names_go_into_the_existing_zone() -> None:
    """No zone is made; the public one is looked up, never a private one of the same name."""
    recording = worldwide(**public({}))
    assert recording.of(ZONE) == []
    assert {r.inputs["zoneId"] for r in recording.of(RECORD)} == {"ZPUBLIC"}
    assert recording.calls == (
        ("aws:route53/getZone:getZone", {"name": "example.com", "privateZone": False}),
    )


def test_a_regions_names_resolve_in_its_vpc() -> None:
    """The regional zone belongs to the one VPC, and a host is an alias of its balancer."""
    recording = local()
    assert recording.one(ZONE).inputs["vpcs"] == [{"vpcId": "vpc-e"}]
    host = recording.one(RECORD).inputs
    assert host["name"] == "llama.us-east-1.llm.example.com"
    assert (host["aliases"][0]["name"], host["aliases"][0]["zoneId"]) == ("lb.example", "Z9")


def test_regional_names_have_no_health_checks() -> None:
    """Who asks for a region gets that region."""
    assert local().of(HEALTH) == []


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"domain": "llm"}, ["'llm' is not a domain"]),
        ({"endpoints": {}}, ["no model"]),
        ({"endpoints": {"llama": []}}, ["no region", "endpoints.llama"]),
        ({"endpoints": {"Llama_3": [regional(EAST)]}}, ["'Llama_3' can not be a host name"]),
        ({"endpoints": {"a": [regional(EAST), regional(EAST)]}}, ["'us-east-1' is given twice"]),
        ({"endpoints": {"a": [regional("east")]}}, ["'east' is not a region"]),
        ({"endpoints": {"a": [regional(EAST, health_alarm_names={"blue": "x"})]}}, ["health alarms of blue"]),
        ({"vpcs": {}}, ["a private zone needs the VPCs"]),
        ({"vpcs": {WEST: "vpc-w"}}, ["'us-east-1' serves 'llama'", "add the VPC of us-east-1"]),
        ({"zone_name": "example.com"}, ["zone_name names a public zone"]),
        ({"private": False}, ["public names need the hosted zone"]),
        ({"private": False, "zone_name": "example.org"}, ["'llm.example.com' is not in the zone"]),
        ({"endpoint": {}}, ["did you mean 'endpoints'?"]),
    ],
)
def test_wrong_global_arguments_are_refused(changes: dict[str, Any], fragments: list[str]) -> None:
    """One error names what is wrong; no resource was declared."""
    assert_refused(lambda: GlobalNames("prod", everywhere(**changes)), "GlobalNames 'prod'", *fragments)


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"hosts": {"llama.example.org": {"dns_name": "x", "zone_id": "y"}}}, ["is not in the domain"]),
        ({"hosts": {"a.us-east-1.llm.example.com": {"dns": "x"}}}, ["unknown property 'dns'"]),
        ({"vpc": "vpc-1"}, ["unknown property 'vpc'"]),
    ],
)
def test_wrong_regional_arguments_are_refused(changes: dict[str, Any], fragments: list[str]) -> None:
    """One error names what is wrong; no resource was declared."""
    assert_refused(lambda: RegionalNames("prod", here(**changes)), "RegionalNames 'prod'", *fragments)
