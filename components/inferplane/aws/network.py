"""A VPC for private GPU nodes: subnets over zones, NAT, endpoints."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane.args import check_choice, check_keys
from inferplane.aws.flow_logs import declare_flow_logs
from inferplane.aws.interface_endpoints import DEFAULT_ENDPOINTS, ENDPOINTS
from inferplane.aws.log_retention import check_retention
from inferplane.aws.network_endpoints import declare_endpoints
from inferplane.aws.subnet_plan import ZoneSubnets, plan_subnets, region_of
from inferplane.component import Component

__all__ = ["Network", "NetworkArgs"]


class NetworkArgs(TypedDict):
    """What a Network is made of."""

    zones: list[str]
    """Availability zones of one region, e.g. ["us-east-1a", "us-east-1b"]. Each gets a private and a public
    subnet; a zone's ranges depend on its letter alone, so zones can be added and removed without touching
    the others."""
    cidr: NotRequired[str]
    """Private IPv4 range of the VPC, /16 to /20. Default: 10.0.0.0/16."""
    nat: NotRequired[str]
    """"zone": a NAT gateway in each zone, so that a zone's failure takes no other zone's way out (default).
    "single": one for all, about a third of the cost, for development."""
    cluster_name: NotRequired[str]
    """Name of the cluster whose nodes live here: private subnets get the tag karpenter.sh/discovery."""
    interface_endpoints: NotRequired[list[str]]
    """Services reached without NAT, by their short name (e.g. "ecr.api"). Default: what nodes need to boot,
    to pull and to register. An empty list saves their hourly price."""
    flow_log_retention_days: NotRequired[int]
    """Days that flow logs of all traffic are kept in CloudWatch Logs. Default: there are no flow logs; they
    cost about as much per gigabyte of log as other logs, and bulk transfers write few records."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


@dataclass(frozen=True)
class _Parsed:
    cidr: str
    region: str
    subnets: tuple[ZoneSubnets, ...]
    single_nat: bool
    endpoints: tuple[str, ...]
    discovery: dict[str, str]
    flow_log_days: int | None
    tags: dict[str, str]


def _parse(name: str, args: NetworkArgs) -> _Parsed:
    where = f"Network '{name}'"
    check_keys(args, NetworkArgs, where)
    cidr = args.get("cidr", "10.0.0.0/16")
    nat = args.get("nat", "zone")
    check_choice(nat, ("zone", "single"), f"{where}.nat")
    endpoints = tuple(dict.fromkeys(args.get("interface_endpoints", DEFAULT_ENDPOINTS)))
    for service in endpoints:
        check_choice(service, ENDPOINTS, f"{where}.interface_endpoints")
    cluster = args.get("cluster_name")
    days = args.get("flow_log_retention_days")
    return _Parsed(
        cidr=cidr,
        region=region_of(args["zones"], f"{where}.zones"),
        subnets=plan_subnets(cidr, args["zones"], where),
        single_nat=nat == "single",
        endpoints=endpoints,
        discovery={"karpenter.sh/discovery": cluster} if cluster else {},
        flow_log_days=None if days is None else check_retention(days, f"{where}.flow_log_retention_days"),
        tags=dict(args.get("tags", {})),
    )


class Network(Component):
    """A VPC with a public and a private subnet per zone, NAT, an S3 gateway endpoint and interface
    endpoints."""

    vpc_id: pulumi.Output[str]
    cidr: str
    zones: list[str]
    private_subnet_ids: pulumi.Output[list[str]]
    """In the order of `zones`; whoever uses them waits until the subnets have a way out."""
    public_subnet_ids: pulumi.Output[list[str]]
    private_subnet_ids_by_zone: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        parsed = _parse(name, args)
        super().__init__(name, opts)
        self._tags = parsed.tags
        self.cidr = parsed.cidr
        self.zones = [subnet.zone for subnet in parsed.subnets]
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=parsed.cidr,
            # Both are needed for private DNS names of endpoints and of the cluster's private API endpoint.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._named(f"{name}-vpc"),
            opts=self.child(),
        )
        # The default security group can not be deleted; without rules nobody can use it by mistake (CIS AWS
        # 5.4).
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-sg",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self._named(f"{name}-default-unused"),
            opts=self.child(),
        )
        self.vpc_id = vpc.id
        if parsed.flow_log_days is not None:
            declare_flow_logs(self, vpc_id=vpc.id, retention_days=parsed.flow_log_days, tags=parsed.tags)
        public = self._public_subnets(parsed)
        private, tables = self._private_subnets(parsed, public)
        declare_endpoints(
            self,
            vpc_id=vpc.id,
            vpc_cidr=parsed.cidr,
            region=parsed.region,
            services=parsed.endpoints,
            subnet_ids=[subnet.id for subnet in private],
            route_table_ids=[table.id for table in tables],
            tags=parsed.tags,
        )
        # A load balancer that faces the internet can not be made before its subnets have a way out.
        self.public_subnet_ids = pulumi.Output.all(
            self._way_out.id, *[subnet.id for subnet in public.values()]
        ).apply(lambda ids: [str(subnet) for subnet in ids[1:]])
        self.private_subnet_ids = pulumi.Output.all(*self.private_subnet_ids_by_zone.values())
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "cidr": self.cidr,
                "zones": self.zones,
                "private_subnet_ids": self.private_subnet_ids,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids_by_zone": self.private_subnet_ids_by_zone,
            }
        )

    def _named(self, name: str, **more: str) -> dict[str, str]:
        return {**self._tags, "Name": name, **more}

    def _public_subnets(self, parsed: _Parsed) -> dict[str, aws.ec2.Subnet]:
        name = self.name
        gateway = aws.ec2.InternetGateway(
            f"{name}-igw", vpc_id=self.vpc_id, tags=self._named(f"{name}-igw"), opts=self.child()
        )
        table = aws.ec2.RouteTable(
            f"{name}-public", vpc_id=self.vpc_id, tags=self._named(f"{name}-public"), opts=self.child()
        )
        self._way_out = aws.ec2.Route(
            f"{name}-public-default",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self.child(),
        )
        subnets = {}
        for plan in parsed.subnets:
            subnet = aws.ec2.Subnet(
                f"{name}-public-{plan.zone}",
                vpc_id=self.vpc_id,
                availability_zone=plan.zone,
                cidr_block=plan.public,
                # Only NAT gateways and internet-facing load balancers live here; they bring their own
                # addresses.
                map_public_ip_on_launch=False,
                # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
                tags={**self._named(f"{name}-public-{plan.zone}"), "kubernetes.io/role/elb": "1"},
                opts=self.child(),
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-public-{plan.zone}", subnet_id=subnet.id, route_table_id=table.id, opts=self.child()
            )
            subnets[plan.zone] = subnet
        return subnets

    def _nat(self, zone: str, subnet: aws.ec2.Subnet) -> aws.ec2.NatGateway:
        label = f"{self.name}-nat-{zone}"
        address = aws.ec2.Eip(label, domain="vpc", tags=self._named(label), opts=self.child())
        return aws.ec2.NatGateway(
            label,
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=self._named(label),
            # It is of no use, and may fail to start, before its own subnet has a way out.
            opts=self.child(depends_on=[self._way_out]),
        )

    def _private_subnets(
        self, parsed: _Parsed, public: dict[str, aws.ec2.Subnet]
    ) -> tuple[list[aws.ec2.Subnet], list[aws.ec2.RouteTable]]:
        name = self.name
        nat_zones = self.zones[:1] if parsed.single_nat else self.zones
        nats = {zone: self._nat(zone, public[zone]) for zone in nat_zones}
        subnets, tables = [], []
        self.private_subnet_ids_by_zone = {}
        for plan in parsed.subnets:
            label = f"{name}-private-{plan.zone}"
            subnet = aws.ec2.Subnet(
                label,
                vpc_id=self.vpc_id,
                availability_zone=plan.zone,
                cidr_block=plan.private,
                map_public_ip_on_launch=False,
                tags={**self._named(label), "kubernetes.io/role/internal-elb": "1", **parsed.discovery},
                opts=self.child(),
            )
            table = aws.ec2.RouteTable(label, vpc_id=self.vpc_id, tags=self._named(label), opts=self.child())
            route = aws.ec2.Route(
                f"{label}-default",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats.get(plan.zone, nats[nat_zones[0]]).id,
                opts=self.child(),
            )
            association = aws.ec2.RouteTableAssociation(
                label, subnet_id=subnet.id, route_table_id=table.id, opts=self.child()
            )
            # A node that boots before its subnet has a route can not join; one that is deleted must go first.
            self.private_subnet_ids_by_zone[plan.zone] = pulumi.Output.all(
                subnet.id, route.id, association.id
            ).apply(lambda ids: str(ids[0]))
            subnets.append(subnet)
            tables.append(table)
        return subnets, tables
