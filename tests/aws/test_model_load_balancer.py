"""ModelLoadBalancer: what it declares."""

import json
from typing import Any

import pulumi
import pytest

from inferplane.aws.model_load_balancer import ModelLoadBalancer
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "test"}
CALLS = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getRegion:getRegion": {"region": "us-east-1"},
}
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
RULE = "aws:lb/listenerRule:ListenerRule"


def route(model: str = "llama", blue: int = 100, green: int = 0) -> dict[str, Any]:
    return {"hosts": [f"{model}.llm.example.com"], "weights": {"blue": blue, "green": green}}


def args(**changes: Any) -> Any:
    return {
        "vpc_id": "vpc-1",
        "vpc_cidr": "10.0.0.0/16",
        "subnet_ids": ["subnet-a", "subnet-b"],
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
        "models": {"llama": route()},
        "tags": TAGS,
        **changes,
    }


def declared(**changes: Any) -> Recording:
    return record(lambda: ModelLoadBalancer("prod", args(**changes)), calls=CALLS)


def test_the_component_keeps_the_contract() -> None:
    """Token, parents, providers, tags and outputs, with every part switched on."""
    everything = args(
        cluster_security_group_id="sg-1", web_acl_arn="arn:aws:wafv2:x", models={"a": route("a")}
    )
    assert_contract(lambda opts: ModelLoadBalancer("prod", everything, opts), TAGS)


def test_the_balancer_is_internal_protected_and_strict_by_default() -> None:
    """An internal balancer drops ambiguous requests, refuses deletion and waits for long answers."""
    inputs = declared().one("aws:lb/loadBalancer:LoadBalancer").inputs
    expected = {
        "internal": True,
        "enableDeletionProtection": True,
        "dropInvalidHeaderFields": True,
        "desyncMitigationMode": "strictest",
        "idleTimeout": 660,
        "clientKeepAlive": 300,
    }
    assert expected == {key: inputs[key] for key in expected}


def test_the_listener_speaks_tls_and_answers_strangers_with_404() -> None:
    """HTTPS with a TLS 1.3 policy; a host or path of no model gets an error in OpenAI's form."""
    listener = declared().one("aws:lb/listener:Listener").inputs
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    response = listener["defaultActions"][0]["fixedResponse"]
    assert (response["statusCode"], response["contentType"]) == ("404", "application/json")
    assert json.loads(response["messageBody"])["error"]["code"] == "model_not_found"


def test_nothing_listens_without_tls() -> None:
    """There is one listener and one open port."""
    recording = declared()
    assert len(recording.of("aws:lb/listener:Listener")) == 1
    ingress = recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [(rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in ingress] == [(443, 443)]


def test_true_weights_are_declared_and_never_ignored() -> None:
    """The weighted rule holds both slots with their weights, and no option hides a drift."""
    rule = declared(models={"llama": route(blue=95, green=5)})["prod-llama-weighted"]
    groups = rule.inputs["actions"][0]["forward"]["targetGroups"]
    assert [group["weight"] for group in groups] == [95, 5]
    assert ["prod-llama-blue" in groups[0]["arn"], "prod-llama-green" in groups[1]["arn"]] == [True, True]
    assert rule.ignore_changes == ()


def test_a_release_changes_one_input_of_one_resource() -> None:
    """Between two weights, every other input of every resource is the same."""
    before, after = declared(), declared(models={"llama": route(blue=50, green=50)})
    changed = [r.name for r in before.resources if r.inputs != after[r.name].inputs]
    assert changed == ["prod-llama-weighted"]


def test_a_further_model_changes_no_existing_resource() -> None:
    """What was declared for one model stays as it is when another comes."""
    before, after = declared(), declared(models={"a": route("a"), "llama": route()})
    assert [r.name for r in before.resources if r.inputs != after[r.name].inputs] == []


def test_a_test_rule_reaches_its_slot_alone() -> None:
    """The rule for the green slot forwards to green's target group only."""
    actions = declared()["prod-llama-test-green"].inputs["actions"]
    assert [group["arn"].rpartition("/")[2] for group in actions[0]["forward"]["targetGroups"]] == [
        "prod-llama-green"
    ]


def test_target_groups_spread_by_requests_in_flight() -> None:
    """Least outstanding requests without slow start, without stickiness, by pod address."""
    for group in declared().of(TARGET_GROUP):
        assert group.inputs["loadBalancingAlgorithmType"] == "least_outstanding_requests"
        assert "slowStart" not in group.inputs
        assert group.inputs["stickiness"]["enabled"] is False
        assert group.inputs["targetType"] == "ip"
        assert group.inputs["healthCheck"]["path"] == "/health"


def test_target_groups_carry_model_and_slot() -> None:
    """Costs and metrics can be told apart by tags."""
    tags = declared()["prod-llama-green"].inputs["tags"]
    assert (tags["inferplane:model"], tags["inferplane:slot"]) == ("llama", "green")


def test_traffic_leaves_only_to_the_target_port_inside() -> None:
    """The balancer's only way out is the replicas' port in the VPC."""
    recording = declared(target_port=9000)
    egress = recording.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs
    assert (egress["fromPort"], egress["toPort"], egress["cidrIpv4"]) == (9000, 9000, "10.0.0.0/16")


def test_the_cluster_is_opened_to_the_balancer_alone() -> None:
    """The cluster's security group admits the balancer's group on the target port, no address range."""
    rule = declared(cluster_security_group_id="sg-nodes")["prod-into-cluster"].inputs
    assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == ("sg-nodes", "prod-sg-id")
    assert (rule["fromPort"], rule["toPort"]) == (8000, 8000)
    assert "cidrIpv4" not in rule


def test_clients_are_those_given() -> None:
    """One rule a range, each range once."""
    recording = declared(client_cidrs=["10.1.0.0/16", "10.2.0.0/16", "10.1.0.0/16"])
    ingress = recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [rule.inputs["cidrIpv4"] for rule in ingress] == ["10.1.0.0/16", "10.2.0.0/16"]


def test_an_internet_facing_balancer_may_be_open_to_all_when_told_so() -> None:
    """0.0.0.0/0 is allowed where it was asked for twice: by scheme and by range."""
    recording = declared(internet_facing=True, client_cidrs=["0.0.0.0/0"])
    assert recording.one("aws:lb/loadBalancer:LoadBalancer").inputs["internal"] is False


def test_access_logs_are_private_encrypted_and_expire() -> None:
    """The log bucket blocks all public access, disables ACLs, encrypts with S3's keys and forgets."""
    recording = declared(access_log_retention_days=30)
    access = recording.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert {key for key, value in access.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }
    ownership = recording.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    [encryption] = recording.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ).inputs["rules"]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    [rule] = recording.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert rule["expiration"] == {"days": 30}


def test_only_this_balancer_writes_logs_and_only_over_tls() -> None:
    """The policy admits log delivery for the balancer, into the account's folder, and denies plain HTTP."""
    recording = declared()
    allow, deny = json.loads(recording.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    balancer = recording.one("aws:lb/loadBalancer:LoadBalancer").inputs["name"]
    assert allow["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allow["Action"] == "s3:PutObject"
    assert allow["Resource"].endswith("/AWSLogs/123456789012/*")
    source = f"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/{balancer}/*"
    assert allow["Condition"] == {"ArnLike": {"aws:SourceArn": source}}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_balancer_waits_for_the_bucket_policy() -> None:
    """Elastic Load Balancing writes a test file at once, so the policy comes first."""
    balancer = declared().one("aws:lb/loadBalancer:LoadBalancer")
    assert any(urn.endswith("::prod-logs-policy") for urn in balancer.depends_on)


def test_a_protected_balancer_keeps_its_logs() -> None:
    """Only without deletion protection may a destroy take a bucket with logs in it."""
    kept = [declared(deletion_protection=p).one("aws:s3/bucket:Bucket").inputs for p in (True, False)]
    assert [bucket["forceDestroy"] for bucket in kept] == [False, True]


def test_a_firewall_is_attached_when_given() -> None:
    """A web ACL is associated with the balancer."""
    association = declared(web_acl_arn="arn:acl").one("aws:wafv2/webAclAssociation:WebAclAssociation")
    assert association.inputs["webAclArn"] == "arn:acl"


def test_outputs_are_by_model_and_slot() -> None:
    """What the services and alarms of a model need is found by model and slot."""

    def program() -> Any:
        balancer = ModelLoadBalancer("prod", args())
        return balancer.target_group_arns, balancer.target_group_arn_suffixes, balancer.rule_arns

    arns, suffixes, rules = record(program, calls=CALLS).result
    assert {model: list(slots) for model, slots in arns.items()} == {"llama": ["blue", "green"]}
    assert {model: list(slots) for model, slots in suffixes.items()} == {"llama": ["blue", "green"]}
    assert rules["llama"].endswith("prod-llama-weighted")


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"model": {}}, ["unknown property 'model'", "did you mean 'models'?"]),
        ({"models": {}}, ["0 models", "1 to 33"]),
        ({"models": {f"m{i}": route(f"m{i}") for i in range(34)}}, ["34 models", "several balancers"]),
        (
            {"models": {"m": {"hosts": ["m.x.com"], "weigths": {}}}},
            ["unknown property 'weigths'", "models.m"],
        ),
        ({"models": {"m": {**route("m"), "weights": {"blue": 1, "green": 1}}}}, ["blue: 1, green: 1"]),
        ({"vpc_cidr": "10.0.0.1/16"}, ["'10.0.0.1/16' is not an IPv4 range", "vpc_cidr"]),
        ({"internet_facing": True}, ["internet-facing", "client_cidrs", "0.0.0.0/0"]),
        ({"client_cidrs": ["0.0.0.0/0"]}, ["'0.0.0.0/0' on an internal balancer"]),
        ({"client_cidrs": []}, ["0 ranges", "client_cidrs"]),
        ({"client_cidrs": ["2001:db8::/32"]}, ["'2001:db8::/32' is not an IPv4 range"]),
        ({"client_cidrs": [f"10.{i}.0.0/16" for i in range(61)]}, ["61 ranges", "1 to 60"]),
        ({"idle_timeout_seconds": 4001}, ["idle_timeout_seconds", "1 to 4000 seconds"]),
        ({"deregistration_delay_seconds": 3601}, ["deregistration_delay_seconds", "0 to 3600 seconds"]),
        ({"target_port": 0}, ["target_port", "1 to 65535"]),
        ({"access_log_retention_days": 0}, ["access_log_retention_days"]),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_declared(
    changes: dict[str, Any], fragments: list[str]
) -> None:
    """One error names the property, the value and what is allowed; no resource was declared."""
    assert_refused(lambda: ModelLoadBalancer("prod", args(**changes)), "ModelLoadBalancer 'prod'", *fragments)


def test_a_missing_argument_is_named() -> None:
    """Leaving out the certificate is one error."""
    given = args()
    del given["certificate_arn"]
    assert_refused(lambda: ModelLoadBalancer("prod", given), "missing required property: certificate_arn")


def test_unknown_ids_are_passed_through() -> None:
    """A VPC that is only just being made serves as well as one that is known."""

    def program() -> None:
        ModelLoadBalancer("prod", args(vpc_id=pulumi.Output.from_input("vpc-2")))

    assert {group.inputs["vpcId"] for group in record(program, calls=CALLS).of(TARGET_GROUP)} == {"vpc-2"}
