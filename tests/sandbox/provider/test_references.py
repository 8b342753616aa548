"""Values that refer to other resources must lead to something that exists."""

from pathlib import Path
from typing import Any

import pytest

from inferplane.sandbox.provider.package import CloudError
from tests.sandbox.provider.driver import (
    CLUSTER,
    DEPLOYMENT,
    EMPTY_POLICY,
    LISTENER_RULE,
    NAMESPACE,
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

NOWHERE = "0123456789abcdef0"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (SUBNET, {"vpcId": f"vpc-{NOWHERE}", "cidrBlock": "10.0.0.0/24"}, "vpcId"),
        (
            LISTENER_RULE,
            {
                "listenerArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2",
                **forward("x", "y"),
            },
            "listenerArn",
        ),
        (CLUSTER, {"roleArn": "arn:aws:iam::123456789012:role/x", "vpcConfig": {"subnetIds": []}}, "roleArn"),
        (ATTACHMENT, {"role": "nobody", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "role"),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "nowhere", "policy": EMPTY_POLICY}, "bucket"),
        (
            "aws:kms/alias:Alias",
            {"name": "alias/x", "targetKeyId": "00000000-0000-4000-8000-000000000000"},
            "targetKeyId",
        ),
        ("aws:eks/addon:Addon", {"clusterName": "nowhere", "addonName": "coredns"}, "clusterName"),
        ("aws:route53/record:Record", {"zoneId": "Z0123456789ABC", "name": "a", "type": "A"}, "zoneId"),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {
                "comparisonOperator": "GreaterThanThreshold",
                "evaluationPeriods": 1,
                "dimensions": {"TargetGroup": "targetgroup/blue/0123456789abcdef"},
            },
            "dimensions.TargetGroup",
        ),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {
                "comparisonOperator": "GreaterThanThreshold",
                "evaluationPeriods": 1,
                "alarmActions": ["arn:aws:sns:us-east-1:123456789012:nowhere"],
            },
            "alarmActions[0]",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused(
    tmp_path: Path, token: str, inputs: dict[str, Any], path: str
) -> None:
    """The error names the property and the value, in a preview and in earnest."""
    driver = aws(tmp_path)
    for preview in (True, False):
        with pytest.raises(CloudError, match="exists in this sandbox") as caught:
            driver.create(token, inputs, preview=preview)
        assert str(caught.value).startswith(f"{path}: no ")


def test_what_was_created_can_be_referred_to(tmp_path: Path) -> None:
    """A rule over a listener and two target groups of the sandbox is taken."""
    driver = aws(tmp_path)
    listener, blue, green = balanced(driver)
    arn, _ = driver.create(LISTENER_RULE, {"listenerArn": listener, **forward(blue, green)})
    assert ":listener-rule/app/" in arn


def test_the_world_outside_can_be_referred_to(tmp_path: Path) -> None:
    """What world.json lists exists."""
    vpc = f"vpc-{NOWHERE}"
    driver = aws(tmp_path, world={"existing": [vpc]})
    driver.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
    assert [each.type for each in driver.cloud.resources()] == [SUBNET]


def test_policies_of_aws_exist(tmp_path: Path) -> None:
    """AWS's managed policies, keys and service-linked roles need no resource."""
    driver = aws(tmp_path)
    driver.create(ROLE, {"name": "nodes", "assumeRolePolicy": EMPTY_POLICY})
    driver.create(
        ATTACHMENT, {"role": "nodes", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"}
    )
    driver.create("aws:sns/topic:Topic", {"name": "t", "kmsMasterKeyId": "alias/aws/sns"})


def test_text_that_looks_like_an_id_is_no_reference(tmp_path: Path) -> None:
    """Tags and policy documents are the user's own."""
    vpc = f"vpc-{NOWHERE}"
    policy = EMPTY_POLICY.replace("[]", f'[{{"Effect": "Allow", "Action": "*", "Resource": "{vpc}"}}]')
    driver = aws(tmp_path)
    driver.create(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"peer": vpc}})
    driver.create(ROLE, {"assumeRolePolicy": policy})


def test_a_cluster_brings_its_security_group(tmp_path: Path) -> None:
    """The group that EKS makes can be used in rules after the cluster exists."""
    driver = aws(tmp_path)
    _, subnet = network(driver)
    _, role = driver.create(ROLE, {"assumeRolePolicy": EMPTY_POLICY})
    _, cluster = driver.create(CLUSTER, {"roleArn": role["arn"], "vpcConfig": {"subnetIds": [subnet]}})
    group = cluster["vpcConfig"]["clusterSecurityGroupId"]
    driver.create(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": group,
            "ipProtocol": "tcp",
            "fromPort": 8000,
            "toPort": 8000,
            "cidrIpv4": "10.0.0.0/16",
        },
    )


def test_names_planned_in_the_same_preview_exist(tmp_path: Path) -> None:
    """A preview may refer by name to what it would create, and only it may."""
    driver = aws(tmp_path)
    attachment = {"role": "nodes", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"}
    driver.create(ROLE, {"name": "nodes", "assumeRolePolicy": EMPTY_POLICY}, preview=True)
    driver.create(ATTACHMENT, attachment, preview=True)
    with pytest.raises(CloudError, match="no Role 'nodes'"):
        driver.create(ATTACHMENT, attachment)


def test_plans_of_ended_runs_are_forgotten(tmp_path: Path) -> None:
    """What a preview planned is unknown once its engine has ended."""
    driver = aws(tmp_path)
    driver.create(ROLE, {"name": "nodes", "assumeRolePolicy": EMPTY_POLICY}, preview=True)
    driver.cloud.forget_plans(lambda run: run == "test")
    assert driver.cloud.planned("test", "nodes") == []


def test_an_object_needs_its_namespace(tmp_path: Path) -> None:
    """A Deployment in a namespace that nobody made is refused, kube-system is always there."""
    driver = kubernetes(tmp_path)
    inputs = deployment(CONTAINER)
    with pytest.raises(CloudError, match=r"metadata.namespace: no Namespace 'models'"):
        driver.create(DEPLOYMENT, {**inputs, "metadata": {"name": "m", "namespace": "models"}})
    driver.create(NAMESPACE, {"metadata": {"name": "models"}}, "models")
    driver.create(DEPLOYMENT, {**inputs, "metadata": {"name": "m", "namespace": "models"}})
    driver.create(DEPLOYMENT, {**inputs, "metadata": {"name": "n", "namespace": "kube-system"}}, "n")


def test_namespaces_of_another_cluster_do_not_count(tmp_path: Path) -> None:
    """Two clusters in one sandbox do not share namespaces."""

    def kubeconfig(server: str) -> str:
        return f"{{clusters: [{{name: c, cluster: {{server: '{server}'}}}}]}}"

    east = kubernetes(tmp_path, kubeconfig=kubeconfig("https://east"))
    west = kubernetes(tmp_path, kubeconfig=kubeconfig("https://west"))
    east.create(NAMESPACE, {"metadata": {"name": "models"}})
    with pytest.raises(CloudError, match="no Namespace 'models'"):
        west.create(DEPLOYMENT, {**deployment(CONTAINER), "metadata": {"name": "m", "namespace": "models"}})


def test_kubernetes_objects_may_name_aws_resources(tmp_path: Path) -> None:
    """The ARN in a TargetGroupBinding must be that of a target group of the sandbox."""
    cloud = aws(tmp_path)
    vpc, _ = network(cloud)
    group, _ = cloud.create(TARGET_GROUP, {"port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc})
    token = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"

    def binding(arn: str) -> dict[str, Any]:
        kind = {"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding"}
        return {**kind, "metadata": {"name": "b"}, "spec": {"targetGroupARN": arn}}

    driver = kubernetes(tmp_path)
    driver.create(token, binding(group))
    with pytest.raises(CloudError, match=r"^spec\.targetGroupARN"):
        driver.create(token, binding(f"{group}0"), "other")


@pytest.mark.parametrize("first", [SUBNET, VPC])
def test_deletion_is_refused_while_others_hold_on(tmp_path: Path, first: str) -> None:
    """A VPC with a subnet can not go; the subnet can, and then the VPC."""
    driver = aws(tmp_path)
    vpc, subnet = network(driver)
    if first == VPC:
        with pytest.raises(
            CloudError, match=f"DependencyViolation: {vpc} is still needed by Subnet {subnet}"
        ):
            driver.delete(VPC, vpc, "net")
    driver.delete(SUBNET, subnet, "net")
    driver.delete(VPC, vpc, "net")
    assert driver.cloud.resources() == []


def test_a_target_group_of_a_rule_can_not_go(tmp_path: Path) -> None:
    """The error is the balancer's own and names the rule."""
    driver = aws(tmp_path)
    listener, blue, green = balanced(driver)
    rule, _ = driver.create(LISTENER_RULE, {"listenerArn": listener, **forward(blue, green)})
    with pytest.raises(CloudError, match=rf"ResourceInUse: .* ListenerRule {rule}"):
        driver.delete(TARGET_GROUP, blue, "blue")


def test_deletion_protection_protects(tmp_path: Path) -> None:
    """A protected balancer goes only after its protection is off."""
    driver = aws(tmp_path)
    _, subnet = network(driver)
    token, inputs = "aws:lb/loadBalancer:LoadBalancer", {"name": "alb", "subnets": [subnet]}
    arn, _ = driver.create(token, {**inputs, "enableDeletionProtection": True})
    with pytest.raises(CloudError, match="enableDeletionProtection"):
        driver.delete(token, arn)
    driver.update(token, arn, inputs)
    driver.delete(token, arn)


def test_a_second_of_the_same_name_is_refused(tmp_path: Path) -> None:
    """Names are unique where AWS and Kubernetes say so."""
    driver = aws(tmp_path)
    vpc, _ = network(driver)
    group = {"name": "blue", "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": vpc}
    driver.create(TARGET_GROUP, group, "one")
    driver.create(ROLE, {"name": "r", "assumeRolePolicy": EMPTY_POLICY}, "one")
    for token, inputs in ((TARGET_GROUP, group), (ROLE, {"name": "r", "assumeRolePolicy": EMPTY_POLICY})):
        with pytest.raises(CloudError, match="AlreadyExists"):
            driver.create(token, inputs, "two")
    objects = kubernetes(tmp_path)
    objects.create(NAMESPACE, {"metadata": {"name": "models"}}, "one")
    with pytest.raises(CloudError, match="AlreadyExists"):
        objects.create(NAMESPACE, {"metadata": {"name": "models"}}, "two")


def test_the_same_name_in_another_region_is_another(tmp_path: Path) -> None:
    """Regions do not share the names of log groups."""
    for region in ("us-east-1", "us-west-2"):
        aws(tmp_path, region).create("aws:cloudwatch/logGroup:LogGroup", {"name": "/eks"}, region)
    assert len(aws(tmp_path).cloud.resources()) == 2


def test_a_deleted_namespace_takes_its_objects_along(tmp_path: Path) -> None:
    """Nothing is left of a namespace, and deleting what is gone is no error."""
    driver = kubernetes(tmp_path)
    driver.create(NAMESPACE, {"metadata": {"name": "models"}}, "models")
    id_, _ = driver.create(
        DEPLOYMENT, {**deployment(CONTAINER), "metadata": {"name": "m", "namespace": "models"}}
    )
    driver.delete(NAMESPACE, "models", "models")
    driver.delete(DEPLOYMENT, id_)
    assert driver.cloud.resources() == []
