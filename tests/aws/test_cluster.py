"""The Cluster component."""

import json
from typing import Any

import pytest

from inferplane.aws.addon_versions import ADDON_VERSIONS, ADDONS, DEFAULT_KUBERNETES_VERSION
from inferplane.aws.cluster import Cluster
from inferplane.aws.kubeconfig import render_kubeconfig
from tests import golden
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "prod"}
SUBNETS = ["subnet-1", "subnet-2"]
ADMIN = "arn:aws:iam::123456789012:role/platform/admin"
CLUSTER = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"


def cluster(**more: Any) -> Recording:
    return record(lambda: Cluster("prod", {"subnet_ids": SUBNETS, "tags": TAGS, **more}))


def test_contract() -> None:
    """Token, parents, providers, tags, outputs and previews are as of every component."""
    args: Any = {"subnet_ids": SUBNETS, "admin_role_arns": [ADMIN], "tags": TAGS}
    assert_contract(lambda opts: Cluster("prod", args, opts), TAGS)


def test_the_api_is_private() -> None:
    """By default the private endpoint is the only one."""
    network = cluster().one(CLUSTER).inputs["vpcConfig"]
    assert network["endpointPrivateAccess"] is True
    assert network["endpointPublicAccess"] is False


def test_public_access_is_limited_to_the_given_networks() -> None:
    """Given networks open the public endpoint to them alone; the private one stays."""
    network = cluster(public_access_cidrs=["203.0.113.0/24"]).one(CLUSTER).inputs["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["endpointPrivateAccess"] is True
    assert network["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_secrets_are_encrypted_with_a_rotating_key() -> None:
    """Kubernetes secrets use a key of ours that rotates and is deleted late."""
    recording = cluster()
    encryption = recording.one(CLUSTER).inputs["encryptionConfig"]
    key = recording.one("aws:kms/key:Key")
    assert encryption["resources"] == ["secrets"]
    assert encryption["provider"]["keyArn"].endswith("key/prod-secrets")
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)


def test_all_control_plane_logs_are_kept_for_a_set_time() -> None:
    """All five kinds of logs go to a group with a retention that is there before the cluster."""
    recording = cluster(log_retention_days=30)
    made = recording.one(CLUSTER)
    group = recording.one("aws:cloudwatch/logGroup:LogGroup")
    assert len(made.inputs["enabledClusterLogTypes"]) == 5
    assert group.inputs["name"] == f"/aws/eks/{made.inputs['name']}/cluster"
    assert group.inputs["retentionInDays"] == 30
    assert group.urn in made.depends_on


def test_the_control_plane_role_has_one_policy() -> None:
    """The cluster's role has exactly AmazonEKSClusterPolicy, attached before the cluster is made."""
    recording = cluster()
    attached = [
        a for a in recording.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment") if a.parent == "prod"
    ]
    control_plane = [a for a in attached if a.name == "prod-control-plane"]
    assert [a.inputs["policyArn"] for a in control_plane] == [
        "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    ]
    assert control_plane[0].urn in recording.one(CLUSTER).depends_on


def test_named_administrators_replace_the_creator() -> None:
    """With administrators named, each has an access entry and the creator has no rights of its own."""
    recording = cluster(admin_role_arns=[ADMIN])
    access = recording.one(CLUSTER).inputs["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert recording.one("aws:eks/accessEntry:AccessEntry").inputs["principalArn"] == ADMIN
    association = recording.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").inputs
    assert association["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert association["accessScope"] == {"type": "cluster"}


def test_naming_administrators_later_does_not_replace_the_cluster() -> None:
    """The property that AWS reads at creation only is ignored afterwards."""
    made = cluster().one(CLUSTER)
    assert made.inputs["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] is True
    assert made.ignore_changes == ("accessConfig.bootstrapClusterCreatorAdminPermissions",)


def test_cluster_is_kept_on_standard_support_and_from_deletion() -> None:
    """Extended support is never entered unseen, and deletion is refused unless it is allowed."""
    inputs = cluster().one(CLUSTER).inputs
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert inputs["deletionProtection"] is True
    assert cluster(deletion_protection=False).one(CLUSTER).inputs["deletionProtection"] is False


def test_every_addon_is_managed_and_pinned() -> None:
    """Self-managed add-ons are left out, and each managed one has its pinned version."""
    recording = cluster()
    assert recording.one(CLUSTER).inputs["bootstrapSelfManagedAddons"] is False
    pins = {a.inputs["addonName"]: a.inputs["addonVersion"] for a in recording.of(ADDON)}
    assert pins == dict(ADDON_VERSIONS[DEFAULT_KUBERNETES_VERSION])


@pytest.mark.parametrize("version", ADDON_VERSIONS)
def test_a_kubernetes_version_has_a_pin_for_each_addon(version: str) -> None:
    """The table has no gaps, and kube-proxy fits its Kubernetes version."""
    assert set(ADDON_VERSIONS[version]) == set(ADDONS)
    assert ADDON_VERSIONS[version]["kube-proxy"].startswith(f"v{version}.")


def test_network_policies_are_enforced_by_an_addon_with_its_own_role() -> None:
    """The VPC CNI enforces NetworkPolicy and has its permissions by Pod Identity, not from the nodes."""
    addon = cluster().one(ADDON, "prod-vpc-cni").inputs
    assert json.loads(addon["configurationValues"]) == {"enableNetworkPolicy": "true"}
    assert addon["podIdentityAssociations"] == [
        {"roleArn": "arn:aws:iam::123456789012:role/prod-vpc-cni", "serviceAccount": "aws-node"}
    ]


def test_an_addon_version_can_be_replaced() -> None:
    """A given version wins over the pin."""
    recording = cluster(addon_versions={"coredns": "v1.99.0-eksbuild.1"})
    assert recording.one(ADDON, "prod-coredns").inputs["addonVersion"] == "v1.99.0-eksbuild.1"


def test_nodes_wait_for_networking_but_not_for_what_needs_nodes() -> None:
    """The name brings the wait for daemons, never for Deployments, which wait for nodes themselves."""

    def program() -> None:
        import pulumi_aws as aws

        made = Cluster("prod", {"subnet_ids": SUBNETS})
        aws.eks.NodeGroup(
            "user", cluster_name=made.cluster_name, node_role_arn="r", subnet_ids=SUBNETS, scaling_config={}
        )

    waits_for = {urn.rpartition("::")[2] for urn in record(program)["user"].depends_on}
    assert {"prod-vpc-cni", "prod-kube-proxy", "prod-eks-pod-identity-agent"} <= waits_for
    assert not waits_for & {"prod-coredns", "prod-metrics-server"}


def test_the_cluster_name_is_known_in_a_preview() -> None:
    """Other resources' names can be previewed before the cluster exists."""
    recording = record(lambda: Cluster("prod", {"subnet_ids": SUBNETS}).cluster_name, preview=True)
    assert recording.result == "prod"


def test_a_long_name_stays_within_the_limit() -> None:
    """The cluster's and the roles' names are shortened to what AWS takes."""
    recording = record(lambda: Cluster("p" * 120, {"subnet_ids": SUBNETS}))
    assert len(recording.one(CLUSTER).inputs["name"]) == 100
    assert all(len(role.inputs["name"]) <= 64 for role in recording.of("aws:iam/role:Role"))


def test_kubeconfig_rendering() -> None:
    """The kubeconfig is the committed one: a token by the AWS CLI, no secret."""
    text = render_kubeconfig("prod", "https://example.eks.amazonaws.com", "Q0E=", "us-east-1")
    golden.check("aws/kubeconfig.json", json.loads(text))


def test_kubeconfig_names_the_region_of_the_cluster() -> None:
    """The region in the kubeconfig is read from the cluster's ARN."""
    recording = record(lambda: Cluster("prod", {"subnet_ids": SUBNETS}).kubeconfig)
    kubeconfig = json.loads(recording.result)
    assert kubeconfig["users"][0]["user"]["exec"]["args"][:2] == ["--region", "us-east-1"]


@pytest.mark.parametrize(
    ("args", "fragments"),
    [
        ({}, ["missing required property: subnet_ids"]),
        ({"subnet_ids": ["one"]}, ["Cluster 'prod'.subnet_ids", "two or more"]),
        (
            {"subnet_ids": SUBNETS, "public_access_cidrs": ["0.0.0.0/0"]},
            ["Cluster 'prod'.public_access_cidrs", "0.0.0.0/0 opens the cluster's API to the internet"],
        ),
        ({"subnet_ids": SUBNETS, "public_access_cidrs": ["128.0.0.0/1"]}, ["to the internet"]),
        ({"subnet_ids": SUBNETS, "public_access_cidrs": ["office"]}, ["'office' is not an IPv4 network"]),
        (
            {"subnet_ids": SUBNETS, "kubernetes_version": "1.12"},
            ["no pinned add-ons for Kubernetes 1.12", "addon_versions"],
        ),
        ({"subnet_ids": SUBNETS, "addon_versions": {"core-dns": "v1"}}, ["unknown add-on 'core-dns'"]),
        ({"subnet_ids": SUBNETS, "log_retention_days": 91}, ["can not be kept for 91 days", "90"]),
        (
            {"subnet_ids": SUBNETS, "admin_role_arns": ["arn:aws:sts::123456789012:assumed-role/x/y"]},
            ["is not the ARN of an IAM role"],
        ),
        ({"subnet_ids": SUBNETS, "admin_role_arns": [ADMIN, ADMIN]}, ["named twice"]),
        ({"subnet_ids": SUBNETS, "public_access_cidr": []}, ["did you mean 'public_access_cidrs'?"]),
    ],
)
def test_mistakes_are_refused_before_anything_is_declared(args: Any, fragments: list[str]) -> None:
    """A mistake ends in one clear error, and nothing was declared."""
    assert_refused(lambda: Cluster("prod", args), *fragments)
