"""Ways from private subnets to AWS services that need no NAT: S3's gateway and interface endpoints."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.component import Component

__all__ = ["declare_endpoints"]


def declare_endpoints(
    network: Component,
    *,
    vpc_id: pulumi.Output[str],
    vpc_cidr: str,
    region: str,
    services: Sequence[str],
    subnet_ids: Sequence[pulumi.Output[str]],
    route_table_ids: Sequence[pulumi.Output[str]],
    tags: dict[str, str],
) -> None:
    """Declare, as children of `network`, the S3 gateway and an interface endpoint for each of `services`."""
    name = network.name
    # Free of charge. Image layers and model weights come from S3: without it NAT bills every gigabyte.
    aws.ec2.VpcEndpoint(
        f"{name}-s3",
        vpc_id=vpc_id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=list(route_table_ids),
        tags={**tags, "Name": f"{name}-s3"},
        opts=network.child(),
    )
    if not services:
        return
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        name=naming.fit(f"{name}-endpoints", naming.SECURITY_GROUP),
        description="Interface endpoints: HTTPS from inside the VPC",
        vpc_id=vpc_id,
        tags={**tags, "Name": f"{name}-endpoints"},
        opts=network.child(),
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from inside the VPC",
        cidr_ipv4=vpc_cidr,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags={**tags, "Name": f"{name}-endpoints-https"},
        opts=network.child(),
    )
    for service in services:
        label = f"{name}-{service.replace('.', '-')}"
        aws.ec2.VpcEndpoint(
            label,
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(subnet_ids),
            security_group_ids=[group.id],
            tags={**tags, "Name": label},
            opts=network.child(),
        )
