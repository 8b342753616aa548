"""Deletions that AWS refuses while other resources still need the one to be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..cloud import Cloud, CloudResource

_INTERFACES: Final = (
    "aws:ec2/instance:Instance",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:eks/cluster:Cluster",
    "aws:lb/loadBalancer:LoadBalancer",
)


@dataclass(frozen=True)
class _Rule:
    """The error code of the service, the types that hold on, and property paths that do not."""

    code: str
    holders: tuple[str, ...]
    except_paths: tuple[str, ...] = ()


# The codes are the services' own: the "Errors" part of each Delete action in the API references, and
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_RULES: Final = {
    "aws:ec2/vpc:Vpc": _Rule(
        "DependencyViolation",
        (
            *_INTERFACES[1:4],
            "aws:ec2/internetGateway:InternetGateway",
            "aws:ec2/networkAcl:NetworkAcl",
            "aws:ec2/routeTable:RouteTable",
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/subnet:Subnet",
        ),
    ),
    "aws:ec2/subnet:Subnet": _Rule(
        "DependencyViolation", (*_INTERFACES, "aws:eks/nodeGroup:NodeGroup", "aws:autoscaling/group:Group")
    ),
    "aws:ec2/securityGroup:SecurityGroup": _Rule(
        "DependencyViolation",
        (
            *_INTERFACES,
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ),
        except_paths=("securityGroupId",),  # a group's own rules go with it
    ),
    "aws:ec2/eip:Eip": _Rule("InvalidIPAddress.InUse", ("aws:ec2/natGateway:NatGateway",)),
    "aws:ec2/routeTable:RouteTable": _Rule(
        "DependencyViolation", ("aws:ec2/routeTableAssociation:RouteTableAssociation",)
    ),
    "aws:lb/targetGroup:TargetGroup": _Rule(
        "ResourceInUse", ("aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule")
    ),
    "aws:acm/certificate:Certificate": _Rule(
        "ResourceInUseException",
        ("aws:lb/listener:Listener", "aws:lb/listenerCertificate:ListenerCertificate"),
    ),
    "aws:eks/cluster:Cluster": _Rule(
        "ResourceInUseException", ("aws:eks/fargateProfile:FargateProfile", "aws:eks/nodeGroup:NodeGroup")
    ),
    "aws:iam/role:Role": _Rule(
        "DeleteConflict",
        (
            "aws:iam/instanceProfile:InstanceProfile",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        ),
    ),
    "aws:iam/policy:Policy": _Rule("DeleteConflict", ("aws:iam/rolePolicyAttachment:RolePolicyAttachment",)),
    "aws:route53/zone:Zone": _Rule("HostedZoneNotEmpty", ("aws:route53/record:Record",)),
    "aws:route53/healthCheck:HealthCheck": _Rule("HealthCheckInUse", ("aws:route53/record:Record",)),
    "aws:s3/bucket:Bucket": _Rule("BucketNotEmpty", ("aws:s3/bucketObjectv2:BucketObjectv2",)),
    "aws:wafv2/webAcl:WebAcl": _Rule(
        "WAFAssociatedItemException", ("aws:wafv2/webAclAssociation:WebAclAssociation",)
    ),
    "aws:wafv2/ipSet:IpSet": _Rule("WAFAssociatedItemException", ("aws:wafv2/webAcl:WebAcl",)),
}
_PROTECTED_BY: Final = {
    "aws:lb/loadBalancer:LoadBalancer": "enableDeletionProtection",
    "aws:eks/cluster:Cluster": "deletionProtection",
    "aws:dynamodb/table:Table": "deletionProtectionEnabled",
    "aws:cloudwatch/logGroup:LogGroup": "deletionProtectionEnabled",
}
_SHOWN = 5


def conflict(resource: CloudResource, cloud: Cloud) -> str | None:
    """Why `resource` can not be deleted now, None when it can."""
    protection = _PROTECTED_BY.get(resource.type)
    if protection and resource.inputs.get(protection):
        return (
            f"OperationNotPermitted: {resource.id} has deletion protection: set {protection!r} to false first"
        )
    rule = _RULES.get(resource.type)
    if rule is None:
        return None
    holders = [
        f"{holder.type.rsplit(':', 1)[1]} {holder.id}"
        for holder, path in cloud.referrers(resource.key)
        if holder.type in rule.holders and path not in rule.except_paths
    ]
    if not holders:
        return None
    shown = ", ".join(dict.fromkeys(holders[:_SHOWN]))
    return f"{rule.code}: {resource.id} is still needed by {shown}"
