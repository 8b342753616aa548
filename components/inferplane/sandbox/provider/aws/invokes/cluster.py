"""EKS: clusters that exist and the versions of add-ons."""

from __future__ import annotations

import base64
from typing import Any, Final

from ...cloud import Identity
from ..regions import zones
from ..rules.eks import CLUSTER, CREATED_AT
from ..rules.network import SECURITY_GROUP
from .call import Call, Function, NotFoundError


def cluster(call: Call) -> dict[str, Any]:
    """A cluster made in this sandbox or named in `world.json`."""
    name = call.get("name", "")
    found = call.cloud.find(CLUSTER, name, call.region)
    if found is None:
        if name not in call.world.existing:
            raise NotFoundError(f"no EKS cluster {name!r} exists in {call.region} of this sandbox")
        return _imagined(call, name)
    outputs = found.outputs
    keys = (
        "arn",
        "createdAt",
        "endpoint",
        "identities",
        "platformVersion",
        "roleArn",
        "status",
        "version",
        "vpcConfig",
    )
    return {
        "id": name,
        "name": name,
        "region": call.region,
        "certificateAuthorities": [outputs["certificateAuthority"]],
        "enabledClusterLogTypes": outputs.get("enabledClusterLogTypes", []),
        "tags": outputs.get("tagsAll", {}),
        **{key: outputs.get(key) for key in keys},
    }


def _imagined(call: Call, name: str) -> dict[str, Any]:
    tokens = call.tokens(name)
    group = f"sg-0{tokens.hex(16, 'group')}"
    call.cloud.add_outside(Identity(group, SECURITY_GROUP, call.region))
    issuer = f"https://oidc.eks.{call.region}.amazonaws.com/id/{tokens.hex(32, 'issuer').upper()}"
    return {
        "arn": f"arn:{call.partition}:eks:{call.region}:{call.world.account}:cluster/{name}",
        "certificateAuthorities": [{"data": base64.b64encode(tokens.base32(64, "ca").encode()).decode()}],
        "createdAt": CREATED_AT,
        "enabledClusterLogTypes": [],
        "endpoint": f"https://{tokens.hex(32, 'endpoint').upper()}.gr7.{call.region}.eks.amazonaws.com",
        "id": name,
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "name": name,
        "platformVersion": "eks.1",
        "region": call.region,
        "roleArn": f"arn:{call.partition}:iam::{call.world.account}:role/{name}",
        "status": "ACTIVE",
        "tags": {},
        "version": "1.35",
        "vpcConfig": {
            "clusterSecurityGroupId": group,
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
            "publicAccessCidrs": [],
            "securityGroupIds": [],
            "subnetIds": [f"subnet-0{tokens.hex(16, zone)}" for zone in zones(call.region)[:3]],
            "vpcId": f"vpc-0{tokens.hex(16, 'vpc')}",
        },
    }


def addon_version(call: Call) -> dict[str, Any]:
    """A version of an add-on; the same for the same question."""
    name, version = call.get("addonName", ""), call.get("kubernetesVersion", "")
    number = call.tokens(f"{name}{version}").number(20, "minor")
    return {
        "addonName": name,
        "id": name,
        "kubernetesVersion": version,
        "mostRecent": call.get("mostRecent", False),
        "region": call.region,
        "version": f"v1.{number}.0-eksbuild.1",
    }


FUNCTIONS: Final[dict[str, Function]] = {
    "aws:eks/getCluster:getCluster": cluster,
    "aws:eks/getAddonVersion:getAddonVersion": addon_version,
}
