"""The functions that programs call."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from inferplane.sandbox.provider.aws.invokes import FUNCTIONS
from inferplane.sandbox.provider.package import CloudError
from inferplane.sandbox.provider.sdk_source import SdkSource
from inferplane.sandbox.provider.values import Secret
from tests.sandbox.provider.driver import (
    CLUSTER,
    EMPTY_POLICY,
    ROLE,
    VPC,
    Driver,
    aws,
    kubernetes,
    network,
)

PARAMETER = "aws:ssm/parameter:Parameter"
BY_PATH = "aws:ssm/getParametersByPath:getParametersByPath"
GET_ZONE = "aws:route53/getZone:getZone"


def call(driver: Driver, token: str, **arguments: Any) -> dict[str, Any]:
    """The result of a call that must succeed."""
    result, failures = driver.package.invoke(token, arguments)
    assert failures == []
    return result


def failure(driver: Driver, token: str, **arguments: Any) -> str:
    """The message of a call that must fail."""
    _, failures = driver.package.invoke(token, arguments)
    return failures[0].reason


ARGUMENTS: dict[str, dict[str, Any]] = {
    "aws:iam/getRole:getRole": {"name": "r"},
    "aws:ec2/getVpc:getVpc": {"id": "vpc-0123456789abcdef0"},
    "aws:ec2/getSubnet:getSubnet": {"id": "subnet-0123456789abcdef0"},
    "aws:eks/getCluster:getCluster": {"name": "elsewhere"},
    "aws:ssm/getParameter:getParameter": {"name": "/aws/service/x/image_id"},
    GET_ZONE: {"name": "example.com"},
}


@pytest.mark.parametrize("token", sorted(FUNCTIONS))
def test_results_have_the_names_that_the_sdk_reads(tmp_path: Path, token: str) -> None:
    """Every key of a result is a property of the SDK's result class."""
    known = ["vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "elsewhere"]
    driver = aws(tmp_path, world={"existing": known})
    driver.create(ROLE, {"name": "r", "assumeRolePolicy": EMPTY_POLICY})
    result = call(driver, token, **ARGUMENTS.get(token, {}))
    module, name = token.split(":")[1:]
    source = SdkSource("pulumi_aws")
    folder = source.root if module.startswith("index/") else source.root / module.split("/")[0]
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    found = source.class_in(folder / f"{stem}.py", f"{name[0].upper()}{name[1:]}Result")
    assert found is not None
    names = {pulumi_name for pulumi_name, *_ in found.getters}
    assert set(result) <= names | {"id", "name"}


def test_an_unknown_function_is_named(tmp_path: Path) -> None:
    """A function that the sandbox does not know is an error with the nearest one, in both packages."""
    with pytest.raises(CloudError, match="getZone:getZone"):
        aws(tmp_path).package.invoke("aws:route53/getZones:getZones", {})
    with pytest.raises(CloudError, match="does not know the function"):
        kubernetes(tmp_path).package.invoke("kubernetes:helm:template", {})


def test_zones_of_a_region(tmp_path: Path) -> None:
    """Zones can be excluded; another region can be asked."""
    driver = aws(tmp_path)
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    assert call(driver, token, excludeNames=["us-east-1a"])["names"][0] == "us-east-1b"
    assert call(driver, token, region="eu-west-1")["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_parameters_come_from_the_world_and_the_sandbox(tmp_path: Path) -> None:
    """A path lists both; other regions and deeper paths are left out; nothing is an empty list."""
    world = {"ssm_parameters": {"us-east-1": {"/m/a": "1", "/m/deep/b": "2"}, "us-west-2": {"/m/c": "3"}}}
    driver = aws(tmp_path, world=world)
    driver.create(PARAMETER, {"name": "/m/d", "type": "String", "value": "4"})
    found = call(driver, BY_PATH, path="/m")
    assert dict(zip(found["names"], found["values"], strict=True)) == {"/m/a": "1", "/m/d": "4"}
    assert call(driver, BY_PATH, path="/m", recursive=True)["names"] == ["/m/a", "/m/d", "/m/deep/b"]
    assert call(driver, BY_PATH, path="/nothing")["names"] == []


def test_secure_parameters_stay_secret(tmp_path: Path) -> None:
    """The value of a SecureString is a secret."""
    driver = aws(tmp_path)
    driver.create(PARAMETER, {"name": "/key", "type": "SecureString", "value": Secret("sk-0123456789")})
    found = call(driver, "aws:ssm/getParameter:getParameter", name="/key")
    assert found["value"] == Secret("sk-0123456789")
    assert found["insecureValue"] == ""


def test_image_parameters_of_aws_exist(tmp_path: Path) -> None:
    """AWS's public parameters give an image id, the same each time; others must exist."""
    driver = aws(tmp_path)
    name = "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/nvidia/recommended/image_id"
    first = call(driver, "aws:ssm/getParameter:getParameter", name=name)["value"]
    assert re.fullmatch(r"ami-0[0-9a-f]{16}", first)
    assert call(driver, "aws:ssm/getParameter:getParameter", name=name)["value"] == first
    assert "no SSM parameter" in failure(driver, "aws:ssm/getParameter:getParameter", name="/mine")


def test_any_public_zone_exists_once_asked_for(tmp_path: Path) -> None:
    """A zone is the same in every region, can be referred to, and may be fixed by world.json."""
    east = call(aws(tmp_path), GET_ZONE, name="example.com.")
    west = call(aws(tmp_path, "us-west-2"), GET_ZONE, name="example.com")
    assert east["zoneId"] == west["zoneId"]
    record = {"zoneId": east["zoneId"], "name": "a", "type": "A", "records": ["192.0.2.1"], "ttl": 60}
    aws(tmp_path).create("aws:route53/record:Record", record)
    fixed = aws(tmp_path, world={"hosted_zones": {"example.org": {"zone_id": "Z0123456789"}}})
    assert call(fixed, GET_ZONE, name="example.org")["zoneId"] == "Z0123456789"


def test_private_zones_must_be_made(tmp_path: Path) -> None:
    """A private zone is found after the program made it, and not before."""
    driver = aws(tmp_path)
    assert "no private hosted zone" in failure(driver, GET_ZONE, name="llm.internal", privateZone=True)
    vpc, _ = network(driver)
    id_, _ = driver.create("aws:route53/zone:Zone", {"name": "llm.internal", "vpcs": [{"vpcId": vpc}]})
    assert call(driver, GET_ZONE, name="llm.internal", privateZone=True)["zoneId"] == id_


def test_networks_and_clusters_are_found(tmp_path: Path) -> None:
    """VPCs, their subnets and clusters of the sandbox can be looked up; what is not there is an error."""
    driver = aws(tmp_path)
    vpc, subnet = network(driver)
    assert call(driver, "aws:ec2/getVpc:getVpc", id=vpc)["cidrBlock"] == "10.0.0.0/16"
    filters = [{"name": "vpc-id", "values": [vpc]}]
    assert call(driver, "aws:ec2/getSubnets:getSubnets", filters=filters)["ids"] == [subnet]
    assert "no VPC" in failure(driver, "aws:ec2/getVpc:getVpc", id="vpc-0123456789abcdef0")
    _, role = driver.create(ROLE, {"assumeRolePolicy": EMPTY_POLICY})
    inputs = {"name": "main", "roleArn": role["arn"], "vpcConfig": {"subnetIds": [subnet]}}
    _, cluster = driver.create(CLUSTER, inputs)
    assert call(driver, "aws:eks/getCluster:getCluster", name="main")["endpoint"] == cluster["endpoint"]
    assert "no EKS cluster" in failure(driver, "aws:eks/getCluster:getCluster", name="other")
    assert driver.cloud.find(VPC, vpc) is not None


def test_policy_documents_are_what_iam_reads(tmp_path: Path) -> None:
    """Statements become IAM's JSON: capital names, one value bare and several as a list."""
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject"],
        "resources": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
        "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["123456789012"]}],
    }
    result = call(aws(tmp_path), "aws:iam/getPolicyDocument:getPolicyDocument", statements=[statement])
    assert json.loads(result["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            }
        ],
    }
    assert json.loads(result["minifiedJson"]) == json.loads(result["json"])


def test_policy_documents_can_be_merged(tmp_path: Path) -> None:
    """A statement of the same Sid replaces that of a source document."""
    source = json.dumps({"Statement": [{"Sid": "A", "Effect": "Deny"}, {"Sid": "B", "Effect": "Deny"}]})
    result = call(
        aws(tmp_path),
        "aws:iam/getPolicyDocument:getPolicyDocument",
        sourcePolicyDocuments=[source],
        statements=[{"sid": "A", "actions": ["s3:*"], "resources": ["*"]}],
    )
    statements = json.loads(result["json"])["Statement"]
    assert [(each["Sid"], each["Effect"]) for each in statements] == [("B", "Deny"), ("A", "Allow")]
