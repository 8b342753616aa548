"""The right of a model's pods to read exactly their weights."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi

from inferplane.args import check_keys
from inferplane.aws.pod_identity_role import PodIdentityRole
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["ModelWeightsRole", "ModelWeightsRoleArgs", "weights_policy"]

_URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<prefix>[^*?$]+/)")


class ModelWeightsRoleArgs(TypedDict):
    """Whose pods may read which weights."""

    weights_uris: list[str]
    """S3 folders of the weights, s3://<bucket>/<prefix>/ each."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""

    namespace: str
    """Namespace of the model."""

    service_account: str
    """ServiceAccount of the model's pods."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Customer-managed key that encrypts the weights; left out for keys that S3 manages."""

    tags: NotRequired[dict[str, str]]
    """Tags of the role and the association."""


def weights_policy(weights_uris: list[str], kms_key_arn: str | None, where: str) -> dict[str, Any]:
    """Return the policy that reads the objects below the given folders and nothing else.

    There is no s3:ListBucket: the manifest names the objects. Raises InferplaneError for a URI that is no
    folder.
    """
    resources = []
    for uri in sorted(set(weights_uris)):
        match = _URI.fullmatch(uri)
        if match is None:
            raise InferplaneError(
                f"'{uri}' is not valid",
                where=f"{where}.weights_uris",
                allowed="s3://<bucket>/<prefix>/, no wildcards",
            )
        resources.append(f"arn:aws:s3:::{match['bucket']}/{match['prefix']}*")
    if not resources:
        raise InferplaneError(
            "no weights are named", where=f"{where}.weights_uris", fix="name at least one S3 folder"
        )
    statements: list[dict[str, Any]] = [
        {"Sid": "ReadWeights", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}
    ]
    if kms_key_arn is not None:
        statements.append(
            {
                "Sid": "DecryptWeights",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": kms_key_arn,
                "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}


class ModelWeightsRole(Component):
    """A role that may read the given S3 folders, associated with a model's ServiceAccount."""

    role_arn: pulumi.Output[str]
    """ARN of the role."""

    association_id: pulumi.Output[str]
    """ID of the Pod Identity association."""

    def __init__(
        self, name: str, args: ModelWeightsRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"ModelWeightsRole '{name}'"
        check_keys(args, ModelWeightsRoleArgs, where)
        uris = list(args["weights_uris"])
        weights_policy(uris, None, where)  # before anything is declared
        super().__init__(name, opts)
        policy = pulumi.Output.from_input(args.get("kms_key_arn")).apply(
            lambda key: json.dumps(weights_policy(uris, key, where))
        )
        role = PodIdentityRole(
            f"{name}-weights",
            {
                "cluster_name": args["cluster_name"],
                "namespace": args["namespace"],
                "service_account": args["service_account"],
                "policy": policy,
                "tags": args.get("tags", {}),
            },
            self.child(),
        )
        self.role_arn = role.role_arn
        self.association_id = role.association_id
        self.register_outputs({"role_arn": self.role_arn, "association_id": self.association_id})
