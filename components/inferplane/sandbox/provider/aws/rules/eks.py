"""Rules of EKS: clusters with what they bring along, node groups, add-ons, access, pod identities."""

from __future__ import annotations

import base64
from typing import Any, Final

from ...cloud import Identity
from ..draft import Draft, Fields, Rule
from .network import SECURITY_GROUP

CLUSTER: Final = "aws:eks/cluster:Cluster"
# A moment for all that the pretend cloud dates: it has no clock, so that runs can be compared.
CREATED_AT: Final = "2026-01-01T00:00:00Z"
# The version that EKS gives to a cluster that asks for none.
# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (2026)
_DEFAULT_VERSION: Final = "1.35"


def _arn(kind: str) -> str:
    return f"arn:{{partition}}:eks:{{region}}:{{account}}:{kind}/{{given[clusterName]}}"


def _certificate(draft: Draft, _: Fields) -> dict[str, str]:
    body = "\n".join(draft.tokens.base32(64, f"certificate{line}") for line in range(4))
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return {"data": base64.b64encode(pem.encode()).decode()}


def _issuer(draft: Draft, fields: Fields) -> list[dict[str, Any]]:
    token = draft.tokens.hex(32, "issuer").upper()
    issuer = f"https://oidc.eks.{draft.region}.{fields['suffix']}/id/{token}"
    return [{"oidcs": [{"issuer": issuer}]}]


def _security_group_id(draft: Draft) -> str:
    return f"sg-0{draft.tokens.hex(16, 'clusterSecurityGroup')}"


def _vpc_config(draft: Draft, _: Fields) -> dict[str, Any]:
    given = dict(draft.inputs.get("vpcConfig") or {})
    subnets = given.get("subnetIds") or []
    subnet = draft.referred(subnets[0]) if subnets else None
    # Public access is on and private access off unless told otherwise:
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html
    return {
        "endpointPrivateAccess": False,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
        "securityGroupIds": [],
        **given,
        "clusterSecurityGroupId": _security_group_id(draft),
        "vpcId": str(subnet.outputs.get("vpcId", "")) if subnet else "",
    }


def _network_config(draft: Draft, _: Fields) -> dict[str, Any]:
    return {
        "ipFamily": "ipv4",
        "serviceIpv4Cidr": "172.20.0.0/16",
        **(draft.inputs.get("kubernetesNetworkConfig") or {}),
    }


def _companions(draft: Draft, fields: Fields) -> list[Identity]:
    return [Identity(_security_group_id(draft), SECURITY_GROUP, fields["region"])]


def _group_name(draft: Draft, _: Fields) -> str:
    given = draft.inputs.get("nodeGroupName")
    return str(given or f"{draft.inputs.get('nodeGroupNamePrefix', '')}{draft.name}")


def _group_resources(draft: Draft, fields: Fields) -> list[dict[str, Any]]:
    group = f"eks-{fields['nodeGroupName']}-{draft.tokens.uuid('autoscalingGroup')}"
    return [{"autoscalingGroups": [{"name": group}], "remoteAccessSecurityGroupId": ""}]


def _cluster_version(draft: Draft, _: Fields) -> str:
    cluster = draft.referred(draft.inputs.get("clusterName"), CLUSTER)
    return str(cluster.outputs.get("version", _DEFAULT_VERSION)) if cluster else _DEFAULT_VERSION


RULES: Final = {
    CLUSTER: Rule(
        id="{name}",
        arn="arn:{partition}:eks:{region}:{account}:cluster/{name}",
        outputs={
            "certificateAuthority": _certificate,
            "createdAt": CREATED_AT,
            "endpoint": "https://{hex:32}.gr7.{region}.eks.{suffix}",
            "identities": _issuer,
            "platformVersion": "eks.1",
            "status": "ACTIVE",
            "version": _DEFAULT_VERSION,
            "vpcConfig": _vpc_config,
            "kubernetesNetworkConfig": _network_config,
            "clusterId": "",
        },
        also=_companions,
    ),
    "aws:eks/nodeGroup:NodeGroup": Rule(
        id="{given[clusterName]}:{nodeGroupName}",
        arn=_arn("nodegroup") + "/{nodeGroupName}/{uuid}",
        outputs={
            "nodeGroupName": _group_name,
            "status": "ACTIVE",
            "resources": _group_resources,
            "version": _cluster_version,
            "releaseVersion": lambda _, fields: f"{fields['version']}.0-20260101",
            "amiType": "AL2023_x86_64_STANDARD",
            "capacityType": "ON_DEMAND",
            "diskSize": lambda *_: 20,
            "instanceTypes": lambda *_: ["t3.medium"],
        },
        also=lambda draft, fields: [
            Identity(group["name"], "aws:autoscaling/group:Group", draft.region)
            for resource in fields["resources"]
            for group in resource["autoscalingGroups"]
        ],
    ),
    "aws:eks/addon:Addon": Rule(
        id="{given[clusterName]}:{given[addonName]}",
        arn=_arn("addon") + "/{given[addonName]}/{uuid}",
        outputs={"createdAt": CREATED_AT, "modifiedAt": CREATED_AT, "addonVersion": "v1.0.0-eksbuild.1"},
    ),
    "aws:eks/accessEntry:AccessEntry": Rule(
        id="{given[clusterName]}:{given[principalArn]}",
        outputs={
            "accessEntryArn": _arn("access-entry") + "/role/{account}/{hex:12}/{uuid}",
            "createdAt": CREATED_AT,
            "modifiedAt": CREATED_AT,
            "userName": "{given[principalArn]}",
        },
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Rule(
        id="{given[clusterName]}#{given[principalArn]}#{given[policyArn]}",
        outputs={"associatedAt": CREATED_AT, "modifiedAt": CREATED_AT},
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Rule(
        id="{associationId}",
        outputs={
            "associationId": "a-{hex:17}",
            "associationArn": _arn("podidentityassociation") + "/{associationId}",
            "externalId": "",
        },
    ),
    "aws:eks/fargateProfile:FargateProfile": Rule(
        id="{given[clusterName]}:{name}",
        arn=_arn("fargateprofile") + "/{name}/{uuid}",
        outputs={"status": "ACTIVE"},
    ),
}
