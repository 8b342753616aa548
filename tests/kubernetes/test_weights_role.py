"""Roles that pods act as through EKS Pod Identity."""

import json
from typing import Any

import pytest

from inferplane.aws.model_weights_role import ModelWeightsRole
from inferplane.aws.pod_identity_role import PodIdentityRole
from tests.kubernetes.examples import TAGS
from tests.mocks import Recording, assert_contract, assert_refused, record

ARGS: Any = {
    "weights_uris": ["s3://acme-models/llama/rev-1/", "s3://acme-models/llama/rev-2/"],
    "cluster_name": "prod-us-east-1",
    "namespace": "models",
    "service_account": "llama",
    "tags": TAGS,
}


def changed(**changes: Any) -> Any:
    """The args, with changes."""
    return {**ARGS, **changes}


def declared(**changes: Any) -> Recording:
    """Record a ModelWeightsRole, with changes to its args."""
    return record(lambda: ModelWeightsRole("prod-llama", changed(**changes)))


def test_contract() -> None:
    """Both roles keep the contract of every component."""
    assert_contract(lambda opts: ModelWeightsRole("prod-llama", ARGS, opts), TAGS)
    args: Any = changed(policy="{}")
    del args["weights_uris"]
    assert_contract(lambda opts: PodIdentityRole("prod", args, opts), TAGS)


def test_policy_reads_the_folders_only() -> None:
    """The policy allows reading objects of the folders, and has no other statement."""
    policy = json.loads(declared().one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    assert policy["Statement"] == [
        {
            "Sid": "ReadWeights",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::acme-models/llama/rev-1/*", "arn:aws:s3:::acme-models/llama/rev-2/*"],
        }
    ]


def test_key_decrypts_through_s3_only() -> None:
    """A customer-managed key may be used by S3 for the role, and for nothing else."""
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    policy = json.loads(declared(kms_key_arn=key).one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    assert policy["Statement"][1]["Action"] == "kms:Decrypt"
    assert policy["Statement"][1]["Resource"] == key
    assert policy["Statement"][1]["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


def test_only_the_service_account_is_trusted() -> None:
    """Other ServiceAccounts and clusters can not take the role, whatever association somebody makes."""
    trust = json.loads(declared().one("aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-name": "prod-us-east-1",
        "aws:RequestTag/kubernetes-namespace": "models",
        "aws:RequestTag/kubernetes-service-account": "llama",
    }


def test_credentials_come_with_rights() -> None:
    """The association is made after the policy."""
    association = declared().one("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert any("rolePolicy" in urn for urn in association.depends_on)


def test_role_name_fits() -> None:
    """A long name is shortened to IAM's limit."""
    recording = record(lambda: ModelWeightsRole("prod-us-east-1-" + "long-" * 20, ARGS))
    assert len(recording.one("aws:iam/role:Role").inputs["name"]) <= 64


@pytest.mark.parametrize(
    "uri", ["s3://bucket/", "s3://bucket/a", "s3://bucket/*/", "s3://b/${aws:username}/", "bucket"]
)
def test_wide_folders_are_refused(uri: str) -> None:
    """A whole bucket, a wildcard or a policy variable is not a folder of weights."""
    assert_refused(
        lambda: ModelWeightsRole("x", changed(weights_uris=[uri])),
        "ModelWeightsRole 'x'.weights_uris",
        uri,
    )


def test_no_folder_is_refused() -> None:
    """A role that reads nothing is a mistake."""
    assert_refused(lambda: ModelWeightsRole("x", changed(weights_uris=[])), "no weights are named")
