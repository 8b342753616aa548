"""Computed outputs: shape, uniqueness, determinism, secrecy."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inferplane.sandbox.provider.aws import regions
from inferplane.sandbox.provider.aws.draft import Draft, Fields
from inferplane.sandbox.provider.aws.rules import RULES
from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.provider.property_types import STRING
from inferplane.sandbox.provider.schema import ResourceSchema, Schemas
from inferplane.sandbox.provider.tokens import Tokens
from inferplane.sandbox.provider.validation import check_shape
from inferplane.sandbox.provider.values import UNKNOWN, Secret, has_unknown, plain
from tests.sandbox.provider.driver import (
    BALANCER,
    CLUSTER,
    DEPLOYMENT,
    EMPTY_POLICY,
    LISTENER_RULE,
    ROLE,
    SUBNET,
    TARGET_GROUP,
    VPC,
    aws,
    balanced,
    forward,
    kubernetes,
    network,
)
from tests.sandbox.provider.test_validation import CONTAINER, deployment

SCHEMAS = Schemas("pulumi_aws")
PARAMETER = "aws:ssm/parameter:Parameter"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def texts(schema: ResourceSchema) -> dict[str, str]:
    """Some text for every string property that is required."""
    return {
        name: "x" for name, each in schema.inputs.properties.items() if each.type == STRING and each.required
    }


@given(st.text(min_size=1), st.integers(1, 200))
def test_tokens_are_digits_of_their_length(seed: str, length: int) -> None:
    """A token has the length asked for, and the same seed and salt give it again."""
    tokens = Tokens(seed)
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", tokens.hex(length, "x"))
    assert re.fullmatch(rf"\d{{{length}}}", tokens.digits(length, "x"))
    assert tokens.hex(length, "x") == Tokens(seed).hex(length, "x")


def test_every_rule_names_outputs_of_the_installed_sdk(tmp_path: Path) -> None:
    """A rule's types and outputs exist, and its templates can be filled."""
    wrong = []
    cloud = Cloud(tmp_path / "cloud.db")
    for token, rule in RULES.items():
        if token not in SCHEMAS:
            if not token.endswith("V2"):
                wrong.append(token)
            continue
        schema = SCHEMAS.resource(token)
        wrong += [f"{token} {name}" for name in rule.outputs if name not in schema.outputs.properties]
        draft = Draft(token, "n", texts(schema), "us-east-1", "123456789012", Tokens(token), cloud)
        fields = Fields(draft, rule)
        assert isinstance(fields["id"], str)
        assert fields["id"]
        for name in rule.outputs:
            assert "{" not in str(fields[name]) or isinstance(fields[name], dict | list)
    assert wrong == []


@pytest.mark.parametrize("token", sorted(set(SCHEMAS.source.resources))[::60])
def test_types_without_a_rule_get_typed_outputs(tmp_path: Path, token: str) -> None:
    """Outputs of any type are complete and of the declared types."""
    driver = aws(tmp_path)
    schema = SCHEMAS.resource(token)
    made = driver.package.make(driver.subject(token), texts(schema), "seed", None)
    wrong = [
        each for each in check_shape(made.outputs, schema.outputs) if not each.reason.startswith("missing")
    ]
    assert wrong == []
    assert made.id


def test_ids_and_arns_have_their_services_shape(tmp_path: Path) -> None:
    """Prefixes, lengths, partition, region and account are those of the service."""
    driver = aws(tmp_path, "eu-west-1")
    vpc, outputs = driver.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert re.fullmatch(r"vpc-0[0-9a-f]{16}", vpc)
    assert outputs["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc}"
    _, role = driver.create(ROLE, {"name": "r", "path": "/team/", "assumeRolePolicy": EMPTY_POLICY})
    assert role["arn"] == "arn:aws:iam::123456789012:role/team/r"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", role["uniqueId"])


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_other_partitions_have_their_own_arns(tmp_path: Path, region: str, partition: str) -> None:
    """China and GovCloud are partitions of their own."""
    _, outputs = aws(tmp_path, region).create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert outputs["arn"].startswith(f"arn:{partition}:ec2:{region}:")


def test_a_resources_own_region_wins(tmp_path: Path) -> None:
    """`region` on a resource decides over the provider's."""
    _, outputs = aws(tmp_path).create("aws:sns/topic:Topic", {"name": "t", "region": "us-west-2"})
    assert outputs["arn"] == "arn:aws:sns:us-west-2:123456789012:t"


def test_internal_balancers_say_so_in_their_names(tmp_path: Path) -> None:
    """DNS names, suffixes and hosted zones are those of the region and kind."""
    driver = aws(tmp_path)
    vpc, subnet = network(driver)
    _, inside = driver.create(BALANCER, {"name": "in", "subnets": [subnet], "internal": True}, "in")
    _, outside = driver.create(BALANCER, {"name": "out", "subnets": [subnet]}, "out")
    assert re.fullmatch(r"internal-in-\d{10}\.us-east-1\.elb\.amazonaws\.com", inside["dnsName"])
    assert re.fullmatch(r"out-\d{10}\.us-east-1\.elb\.amazonaws\.com", outside["dnsName"])
    assert re.fullmatch(r"app/in/[0-9a-f]{16}", inside["arnSuffix"])
    assert (inside["vpcId"], inside["zoneId"]) == (vpc, "Z35SXDOTRQ7X7K")


def test_the_same_program_gives_the_same_cloud(tmp_path: Path) -> None:
    """Two fresh sandboxes agree in every id, and one sandbox has none twice."""
    found = []
    for name in ("one", "two"):
        driver = aws(tmp_path / name)
        for index in range(20):
            driver.create(VPC, {"cidrBlock": "10.0.0.0/16"}, f"net-{index}")
        found.append([each.id for each in driver.cloud.resources()])
    assert found[0] == found[1]
    assert len(set(found[0])) == 20


def test_a_replacement_is_another_resource(tmp_path: Path) -> None:
    """A second resource of the same URN gets another id while the first still lives."""
    driver = aws(tmp_path)
    first, _ = driver.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    second, _ = driver.create(VPC, {"cidrBlock": "10.1.0.0/16"})
    assert first != second


def test_a_cluster_has_what_a_kubeconfig_needs(tmp_path: Path) -> None:
    """Endpoint, certificate, issuer and the VPC of its subnets are there."""
    driver = aws(tmp_path)
    vpc, subnet = network(driver)
    _, role = driver.create(ROLE, {"assumeRolePolicy": EMPTY_POLICY})
    inputs = {"name": "main", "roleArn": role["arn"], "vpcConfig": {"subnetIds": [subnet]}}
    id_, outputs = driver.create(CLUSTER, inputs)
    assert (id_, outputs["vpcConfig"]["vpcId"], outputs["status"]) == ("main", vpc, "ACTIVE")
    assert re.fullmatch(r"https://[0-9a-f]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com", outputs["endpoint"])
    assert b"BEGIN CERTIFICATE" in base64.b64decode(outputs["certificateAuthority"]["data"])
    issuer = outputs["identities"][0]["oidcs"][0]["issuer"]
    assert re.fullmatch(r"https://oidc\.eks\.us-east-1\.amazonaws\.com/id/[0-9A-F]{32}", issuer)


def test_certificates_have_a_record_for_each_name(tmp_path: Path) -> None:
    """Validation options cover all names; a wildcard shares its parent's record."""
    inputs = {
        "domainName": "llm.example.com",
        "subjectAlternativeNames": ["*.llm.example.com", "api.example.com"],
        "validationMethod": "DNS",
    }
    _, outputs = aws(tmp_path).create("aws:acm/certificate:Certificate", inputs)
    options = outputs["domainValidationOptions"]
    assert [each["domainName"] for each in options] == [
        "llm.example.com",
        "*.llm.example.com",
        "api.example.com",
    ]
    assert (
        options[0]["resourceRecordName"]
        == options[1]["resourceRecordName"]
        != options[2]["resourceRecordName"]
    )


def test_a_preview_tells_inputs_and_nothing_else(tmp_path: Path) -> None:
    """On create, what the cloud computes is unknown and what was given is known, at any depth."""
    driver = aws(tmp_path)
    _, subnet = network(driver)
    _, role = driver.create(ROLE, {"assumeRolePolicy": EMPTY_POLICY})
    inputs = {"name": "main", "roleArn": role["arn"], "vpcConfig": {"subnetIds": [subnet]}}
    id_, outputs = driver.create(CLUSTER, inputs, preview=True)
    assert id_ == ""
    assert outputs["name"] == "main"
    assert outputs["vpcConfig"]["subnetIds"] == [subnet]
    for unknown in (outputs["arn"], outputs["endpoint"], outputs["vpcConfig"]["clusterSecurityGroupId"]):
        assert unknown is UNKNOWN
    assert driver.cloud.find(CLUSTER, "main") is None


def test_a_preview_takes_unknown_inputs(tmp_path: Path) -> None:
    """A subnet of a VPC that is not there yet can be previewed."""
    _, outputs = aws(tmp_path).create(SUBNET, {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24"}, preview=True)
    assert outputs["vpcId"] is UNKNOWN
    assert outputs["cidrBlock"] == "10.0.0.0/24"


def test_launch_templates_count_their_versions(tmp_path: Path) -> None:
    """An update makes a new version; a preview of it can not tell the number."""
    driver = aws(tmp_path)
    id_, outputs = driver.create(
        TEMPLATE, {"name": "gpu", "instanceType": "p5.48xlarge", "updateDefaultVersion": True}
    )
    assert (outputs["latestVersion"], outputs["defaultVersion"]) == (1, 1)
    changed = {"name": "gpu", "instanceType": "p5.4xlarge", "updateDefaultVersion": True}
    assert driver.update(TEMPLATE, id_, changed, preview=True)["latestVersion"] is UNKNOWN
    outputs = driver.update(TEMPLATE, id_, changed)
    assert (outputs["latestVersion"], outputs["defaultVersion"]) == (2, 2)


def test_an_update_keeps_what_it_does_not_touch(tmp_path: Path) -> None:
    """Ids, ARNs and DNS names stay over an update."""
    driver = aws(tmp_path)
    vpc, _ = network(driver)
    group = {"name": "g", "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc}
    id_, before = driver.create(TARGET_GROUP, group)
    after = driver.update(TARGET_GROUP, id_, {**group, "healthCheck": {"path": "/ready"}})
    assert {**before, "healthCheck": {"path": "/ready"}} == after


def test_secrets_stay_secret_in_outputs(tmp_path: Path) -> None:
    """A secret input is secret in the outputs, and so is each output that repeats it."""
    value = "sk-0123456789"
    _, outputs = aws(tmp_path).create(PARAMETER, {"name": "/key", "type": "String", "value": Secret(value)})
    assert outputs["value"] == Secret(value)
    assert outputs["insecureValue"] == Secret(value)
    assert plain(outputs["arn"]) == outputs["arn"]


def test_a_kubernetes_secret_is_secret_by_itself(tmp_path: Path) -> None:
    """Content that the program forgot to mark is secret, and is merged into `data`."""
    token = "kubernetes:core/v1:Secret"
    _, outputs = kubernetes(tmp_path).create(
        token, {"metadata": {"name": "k"}, "stringData": {"key": "value"}}
    )
    assert outputs["data"] == Secret({"key": base64.b64encode(b"value").decode()})
    assert outputs["stringData"] == Secret({"key": "value"})


def test_objects_carry_what_the_api_server_adds(tmp_path: Path) -> None:
    """Namespace, uid, versions and a ready status are in the outputs; a preview knows none of them."""
    driver = kubernetes(tmp_path)
    id_, outputs = driver.create(DEPLOYMENT, deployment(CONTAINER))
    assert id_ == "default/m"
    assert outputs["metadata"]["namespace"] == "default"
    assert outputs["status"]["readyReplicas"] == 1
    _, previewed = driver.create(DEPLOYMENT, deployment(CONTAINER), "other", preview=True)
    assert previewed["status"] is UNKNOWN
    assert previewed["metadata"]["uid"] is UNKNOWN
    assert not has_unknown(previewed["spec"])


def test_a_release_is_deployed(tmp_path: Path) -> None:
    """A Helm release has a status and counts its revisions."""
    driver = kubernetes(tmp_path)
    token = "kubernetes:helm.sh/v3:Release"
    inputs: dict[str, Any] = {"name": "keda", "chart": "keda", "version": "2.0.0", "namespace": "keda"}
    id_, outputs = driver.create(token, {**inputs, "createNamespace": True})
    assert (id_, outputs["status"]["status"], outputs["status"]["revision"]) == ("keda/keda", "deployed", 1)
    later = driver.update(token, id_, {**inputs, "createNamespace": True, "version": "2.1.0"})
    assert (later["status"]["version"], later["status"]["revision"]) == ("2.1.0", 2)


def test_a_read_shows_drift_and_an_absence(tmp_path: Path) -> None:
    """A read returns what the cloud holds now: changed, or nothing."""
    driver = aws(tmp_path)
    vpc, _ = network(driver)
    group = {"name": "g", "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc}
    id_, outputs = driver.create(TARGET_GROUP, {**group, "healthCheck": {"path": "/health"}})
    driver.cloud.change(id_, {"healthCheck.path": "/changed"})
    found = driver.life.read(driver.subject(TARGET_GROUP), id_, outputs)
    assert found is not None
    assert found[0]["healthCheck"] == found[1]["healthCheck"] == {"path": "/changed"}
    driver.cloud.remove(id_)
    assert driver.life.read(driver.subject(TARGET_GROUP), id_, outputs) is None


def test_shuffled_target_groups_are_no_drift(tmp_path: Path) -> None:
    """The world can return a rule's target groups in another order, which is no difference."""
    driver = aws(tmp_path, world={"shuffle_target_groups": True})
    listener, blue, green = balanced(driver)
    inputs = {"listenerArn": listener, **forward(blue, green)}
    id_, outputs = driver.create(LISTENER_RULE, inputs)
    found = driver.life.read(driver.subject(LISTENER_RULE), id_, outputs)
    assert found is not None
    assert [each["arn"] for each in found[0]["actions"][0]["forward"]["targetGroups"]] == [green, blue]
    checked, _ = driver.check(LISTENER_RULE, inputs)
    assert driver.life.diff(LISTENER_RULE, found[0], checked).differences == []


def test_an_empty_cloud_starts_anew(tmp_path: Path) -> None:
    """After everything is gone the same program gets the same ids again."""
    driver = aws(tmp_path)
    first, _ = driver.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    driver.delete(VPC, first)
    second, _ = driver.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert first == second


def test_regions_have_their_real_zones() -> None:
    """Virginia has six zones, Oregon four, California two; ids carry the region's code."""
    assert [
        len(regions.zones(region)) for region in ("us-east-1", "us-west-2", "us-west-1", "eu-west-1")
    ] == [6, 4, 2, 3]
    assert regions.zone_id("us-east-1b") == "use1-az2"
    assert regions.zone_id("ap-northeast-1d") == "apne1-az3"
