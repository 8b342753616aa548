"""Rules of EC2's network: VPCs, subnets, gateways, routes, security groups, endpoints.

Id shapes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html (a prefix and 17 hex digits).
"""

from __future__ import annotations

from typing import Any, Final

from ...cloud import Identity
from .. import regions
from ..draft import Draft, Fields, Rule

SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_NETWORK_ACL: Final = "aws:ec2/networkAcl:NetworkAcl"


def ec2_arn(resource: str) -> str:
    """The template of an EC2 ARN."""
    return f"arn:{{partition}}:ec2:{{region}}:{{account}}:{resource}/{{id}}"


def _ipv4(draft: Draft, salt: str) -> list[int]:
    return [draft.tokens.number(254, f"{salt}{octet}") + 1 for octet in range(4)]


def _public_ip(draft: Draft, _: Fields) -> str:
    # 203.0.113.0/24 is reserved for documentation, but has too few addresses to be unique; 54/8 is Amazon's.
    return "54." + ".".join(str(octet) for octet in _ipv4(draft, "publicIp")[1:])


def _private_ip(draft: Draft, _: Fields) -> str:
    subnet = draft.referred(draft.inputs.get("subnetId"))
    octets = _ipv4(draft, "privateIp")
    block = str(subnet.outputs.get("cidrBlock", "")) if subnet else ""
    prefix = block.split(".")[:2] if "." in block else ["10", "0"]
    return ".".join([*prefix, str(octets[2]), str(octets[3])])


def _zone(draft: Draft, _: Fields) -> str:
    zones = regions.zones(draft.region)
    return str(draft.inputs.get("availabilityZone") or zones[draft.tokens.number(len(zones), "zone")])


def _zone_id(draft: Draft, fields: Fields) -> str:
    return regions.zone_id(fields["availabilityZone"])


def _vpc_of_subnet(draft: Draft, _: Fields) -> str:
    subnet = draft.referred(draft.inputs.get("subnetId"))
    return str(subnet.outputs.get("vpcId", "")) if subnet else ""


def _vpc_companions(_: Draft, fields: Fields) -> list[Identity]:
    region = fields["region"]
    return [
        Identity(fields["defaultSecurityGroupId"], SECURITY_GROUP, region),
        Identity(fields["defaultRouteTableId"], _ROUTE_TABLE, region),
        Identity(fields["defaultNetworkAclId"], _NETWORK_ACL, region),
    ]


def _endpoint_interfaces(draft: Draft, _: Fields) -> list[str]:
    subnets: list[Any] = draft.inputs.get("subnetIds") or []
    return [f"eni-0{draft.tokens.hex(16, f'interface{index}')}" for index, _subnet in enumerate(subnets)]


def _endpoint_dns(draft: Draft, fields: Fields) -> list[dict[str, str]]:
    if draft.inputs.get("vpcEndpointType") != "Interface":
        return []
    service = str(draft.inputs.get("serviceName", "")).rsplit(".", 1)[-1]
    name = f"{fields['id']}-{draft.tokens.hex(8, 'dns')}.{service}.{draft.region}.vpce.amazonaws.com"
    return [{"dnsName": name, "hostedZoneId": "Z7HUB22UULQXV"}]


def _endpoint_prefix_list(draft: Draft, _: Fields) -> str:
    return "" if draft.inputs.get("vpcEndpointType") == "Interface" else f"pl-{draft.tokens.hex(8, 'prefix')}"


RULES: Final = {
    "aws:ec2/vpc:Vpc": Rule(
        id="vpc-0{hex:16}",
        arn=ec2_arn("vpc"),
        outputs={
            "defaultNetworkAclId": "acl-0{hex:16}",
            "defaultRouteTableId": "rtb-0{hex:16:main}",
            "mainRouteTableId": "rtb-0{hex:16:main}",
            "defaultSecurityGroupId": "sg-0{hex:16}",
            "dhcpOptionsId": "dopt-0{hex:16}",
            "ipv6AssociationId": "",
            "ownerId": "{account}",
            "enableDnsHostnames": lambda draft, _: bool(draft.inputs.get("enableDnsHostnames", False)),
            "enableDnsSupport": lambda draft, _: bool(draft.inputs.get("enableDnsSupport", True)),
        },
        also=_vpc_companions,
    ),
    "aws:ec2/subnet:Subnet": Rule(
        id="subnet-0{hex:16}",
        arn=ec2_arn("subnet"),
        outputs={
            "ownerId": "{account}",
            "availabilityZone": _zone,
            "availabilityZoneId": _zone_id,
            "ipv6CidrBlockAssociationId": "",
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
    ),
    "aws:ec2/internetGateway:InternetGateway": Rule(
        id="igw-0{hex:16}", arn=ec2_arn("internet-gateway"), outputs={"ownerId": "{account}"}
    ),
    "aws:ec2/natGateway:NatGateway": Rule(
        id="nat-0{hex:16}",
        outputs={
            "associationId": "eipassoc-0{hex:16}",
            "networkInterfaceId": "eni-0{hex:16}",
            "publicIp": lambda draft, fields: str(
                (eip.outputs if (eip := draft.referred(draft.inputs.get("allocationId"))) else {}).get(
                    "publicIp", ""
                )
            ),
            "privateIp": _private_ip,
            "availabilityMode": "zonal",
            "vpcId": _vpc_of_subnet,
        },
    ),
    "aws:ec2/eip:Eip": Rule(
        id="eipalloc-0{hex:16}",
        arn=ec2_arn("elastic-ip"),
        outputs={
            "allocationId": "{id}",
            "publicIp": _public_ip,
            "publicDns": lambda draft, fields: (
                f"ec2-{_public_ip(draft, fields).replace('.', '-')}.{draft.region}.compute.amazonaws.com"
            ),
            "domain": "vpc",
            "networkBorderGroup": "{region}",
            "publicIpv4Pool": "amazon",
        },
    ),
    _ROUTE_TABLE: Rule(id="rtb-0{hex:16}", arn=ec2_arn("route-table"), outputs={"ownerId": "{account}"}),
    "aws:ec2/route:Route": Rule(
        id="r-{given[routeTableId]}{digits:10}", outputs={"origin": "CreateRoute", "state": "active"}
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Rule(id="rtbassoc-0{hex:16}"),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": Rule(id="rtbassoc-0{hex:16}"),
    _NETWORK_ACL: Rule(id="acl-0{hex:16}", arn=ec2_arn("network-acl"), outputs={"ownerId": "{account}"}),
    SECURITY_GROUP: Rule(
        id="sg-0{hex:16}",
        arn=ec2_arn("security-group"),
        outputs={"ownerId": "{account}", "description": "Managed by Pulumi"},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Rule(
        id=lambda draft, _: str(
            (vpc.outputs if (vpc := draft.referred(draft.inputs.get("vpcId"))) else {}).get(
                "defaultSecurityGroupId"
            )
            or f"sg-0{draft.tokens.hex(16, 'id')}"
        ),
        arn=ec2_arn("security-group"),
        outputs={"ownerId": "{account}", "name": "default", "description": "default VPC security group"},
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": Rule(
        id="sgrule-{digits:10}", outputs={"securityGroupRuleId": "sgr-0{hex:16}"}
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Rule(
        id="sgr-0{hex:16}", arn=ec2_arn("security-group-rule"), outputs={"securityGroupRuleId": "{id}"}
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Rule(
        id="sgr-0{hex:16}", arn=ec2_arn("security-group-rule"), outputs={"securityGroupRuleId": "{id}"}
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Rule(
        id="vpce-0{hex:16}",
        arn=ec2_arn("vpc-endpoint"),
        outputs={
            "ownerId": "{account}",
            "state": "available",
            "networkInterfaceIds": _endpoint_interfaces,
            "dnsEntries": _endpoint_dns,
            "prefixListId": _endpoint_prefix_list,
            "ipAddressType": "ipv4",
            "serviceRegion": "{region}",
        },
    ),
    "aws:ec2/flowLog:FlowLog": Rule(id="fl-0{hex:16}", arn=ec2_arn("vpc-flow-log")),
    "aws:ec2/managedPrefixList:ManagedPrefixList": Rule(
        id="pl-0{hex:16}", arn=ec2_arn("prefix-list"), outputs={"ownerId": "{account}"}
    ),
    "aws:ec2/networkInterface:NetworkInterface": Rule(
        id="eni-0{hex:16}",
        arn=ec2_arn("network-interface"),
        outputs={"ownerId": "{account}", "privateIp": _private_ip},
    ),
}
