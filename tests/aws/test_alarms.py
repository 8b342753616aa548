"""AlarmTopic, EndpointAlarms and BalancerAlarms: what they declare."""

import json
from typing import Any

import pytest

from inferplane.aws.alarm_topic import AlarmTopic
from inferplane.aws.balancer_alarms import BalancerAlarms
from inferplane.aws.endpoint_alarms import EndpointAlarms
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "test"}
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CALLS = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getRegion:getRegion": {"region": "us-east-1"},
}
ONLY_ALARMS_HERE = {
    "StringEquals": {"aws:SourceAccount": "123456789012"},
    "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"},
}


def endpoint(**changes: Any) -> Any:
    return {
        "model": "llama",
        "topic_arn": TOPIC,
        "load_balancer_arn_suffix": "app/prod/1",
        "target_group_arn_suffixes": {"blue": "targetgroup/b/1", "green": "targetgroup/g/2"},
        "ttft_p99_seconds": 2,
        "error_rate": 0.001,
        "requests_per_second": 10,
        "tags": TAGS,
        **changes,
    }


def declared(**changes: Any) -> Recording:
    return record(lambda: EndpointAlarms("prod-llama", endpoint(**changes)))


def topic(**args: Any) -> Recording:
    return record(lambda: AlarmTopic("prod", {**args}), calls=CALLS)  # type: ignore[typeddict-item]


def test_all_alarm_components_keep_the_contract() -> None:
    """Token, parents, providers, tags and outputs."""
    assert_contract(lambda opts: EndpointAlarms("prod-llama", endpoint(), opts), TAGS)
    assert_contract(lambda opts: AlarmTopic("prod", {"emails": ["a@example.com"], "tags": TAGS}, opts), TAGS)
    balancer: Any = {"topic_arn": TOPIC, "load_balancer_arn_suffix": "app/prod/1", "tags": TAGS}
    assert_contract(lambda opts: BalancerAlarms("prod", balancer, opts), TAGS)


def test_each_slot_watches_its_own_target_group() -> None:
    """An alarm of a slot has the dimensions of that slot's target group behind the balancer."""
    for slot, group in (("blue", "targetgroup/b/1"), ("green", "targetgroup/g/2")):
        inputs = declared()[f"prod-llama-{slot}-p99"].inputs
        assert inputs["dimensions"] == {"LoadBalancer": "app/prod/1", "TargetGroup": group}


def test_health_states_tell_nobody_and_the_others_tell_the_topic() -> None:
    """An idle slot is always empty: its alarm has no actions; the others announce trouble and its end."""
    silent = {"prod-llama-blue-empty", "prod-llama-green-empty"}
    for alarm in declared().of(ALARM):
        expected = [] if alarm.name in silent else [TOPIC]
        assert alarm.inputs.get("alarmActions", []) == expected, alarm.name
        assert alarm.inputs.get("okActions", []) == expected, alarm.name


def test_alarms_carry_model_slot_and_severity() -> None:
    """A router of notifications can go by tags."""
    tags = declared()["prod-llama-blue-errors-fast"].inputs["tags"]
    expected = {"inferplane:model": "llama", "inferplane:slot": "blue", "inferplane:severity": "page"}
    assert expected.items() <= tags.items()


def test_alarm_names_stay_within_255_characters() -> None:
    """A long name is shortened, and the alarms of one component stay different."""
    recording = record(lambda: EndpointAlarms("p" * 300, endpoint()))
    names = [alarm.inputs["name"] for alarm in recording.of(ALARM)]
    assert max(map(len, names)) <= 255
    assert len(set(names)) == len(names) == 11


def test_names_of_a_model_and_of_one_that_is_named_like_its_slot_differ() -> None:
    """Models "llama" and "llama-blue" share no alarm name."""
    names = [
        {alarm.inputs["name"] for alarm in record(lambda n=n: EndpointAlarms(n, endpoint())).of(ALARM)}
        for n in ("prod-llama", "prod-llama-blue")
    ]
    assert names[0] & names[1] == set()


def test_health_outputs_name_the_alarms_that_dns_follows() -> None:
    """Per slot the name of its health alarm, and a digest of their settings."""

    def program() -> Any:
        alarms = EndpointAlarms("prod-llama", endpoint())
        return alarms.health_alarm_names, alarms.health_alarm_digest

    names, digest = record(program).result
    assert names == {"blue": "prod-llama-blue-empty", "green": "prod-llama-green-empty"}
    assert len(digest) == 12


def test_a_topic_admits_only_this_accounts_alarms_over_tls() -> None:
    """CloudWatch may publish for alarms of this account and region; nobody may without TLS."""
    policy = topic().one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"]
    allow, deny = json.loads(policy)["Statement"]
    assert (allow["Principal"], allow["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert allow["Condition"] == ONLY_ALARMS_HERE
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_topic_is_encrypted_with_a_key_that_cloudwatch_may_use() -> None:
    """The key is the topic's own, rotates, and admits this account's alarms and administrators."""
    recording = topic()
    key = recording.one("aws:kms/key:Key")
    assert recording.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"].endswith(f"/{key.name}")
    assert key.inputs["enableKeyRotation"] is True
    admin, alarms = json.loads(key.inputs["policy"])["Statement"]
    assert admin["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert alarms["Condition"] == ONLY_ALARMS_HERE


def test_subscriptions_are_named_by_their_address() -> None:
    """Taking one address out changes no other's subscription."""
    both, one = topic(emails=["a@example.com", "b@example.com"]), topic(emails=["b@example.com"])
    subscriptions = [
        {r.name for r in recording.of("aws:sns/topicSubscription:TopicSubscription")}
        for recording in (both, one)
    ]
    assert subscriptions[1] < subscriptions[0]


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"error_rate": 0.5}, ["EndpointAlarms 'prod-llama'.error_rate", "0.5 is out of range"]),
        ({"ttft_p99_seconds": 0}, ["EndpointAlarms 'prod-llama'.ttft_p99_seconds"]),
        ({"requests_per_second": -1}, ["EndpointAlarms 'prod-llama'.requests_per_second"]),
        ({"target_group_arn_suffixes": {"blue": "x"}}, ["target groups of blue", "blue and green"]),
        ({"ttft_p99": 1}, ["unknown property 'ttft_p99'", "did you mean 'ttft_p99_seconds'?"]),
    ],
)
def test_wrong_endpoint_arguments_are_refused(changes: dict[str, Any], fragments: list[str]) -> None:
    """One error names what is wrong; no resource was declared."""
    assert_refused(lambda: EndpointAlarms("prod-llama", endpoint(**changes)), *fragments)


def test_a_wrong_address_is_refused() -> None:
    """Something that is not an e-mail address would stay unconfirmed for ever."""
    assert_refused(lambda: AlarmTopic("prod", {"emails": ["oncall"]}), "AlarmTopic 'prod'.emails", "'oncall'")
