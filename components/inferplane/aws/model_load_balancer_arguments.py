"""The arguments of a ModelLoadBalancer, parsed once into values that can be deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from inferplane.args import check_keys, check_range
from inferplane.aws.balancer_access import client_networks, ipv4_network
from inferplane.aws.listener_rules import ModelRoute, Rule, plan_rules

__all__ = ["ModelLoadBalancerArgs", "ModelRouteArgs", "Parsed", "parse"]

# Longer than the longest generation of ten minutes that is planned by default: a client that waits for a
# whole answer sees no byte until its end. Load balancer attribute idle_timeout.timeout_seconds: 1 to 4000.
_IDLE_TIMEOUT_SECONDS = 660
_MOST_IDLE_TIMEOUT_SECONDS = 4_000

# The longest generation again: a replica that leaves may end what it began. Target group attribute
# deregistration_delay.timeout_seconds: 0 to 3600.
_DEREGISTRATION_SECONDS = 600
_MOST_DEREGISTRATION_SECONDS = 3_600


class ModelRouteArgs(TypedDict):
    """How requests reach one model."""

    hosts: list[str]
    """One or two host names: the model's global and its regional one."""
    weights: dict[str, int]
    """Percent of traffic of "blue" and of "green", 100 together. The only thing that a release changes."""


class ModelLoadBalancerArgs(TypedDict):
    """Where the balancer stands, who reaches it, and what it serves."""

    vpc_id: pulumi.Input[str]
    """VPC of the balancer and of the replicas."""
    vpc_cidr: str
    """IPv4 range of that VPC. Test rules answer to requests from it alone."""
    subnet_ids: pulumi.Input[list[str]]
    """Subnets of at least two zones; public ones for an internet-facing balancer."""
    certificate_arn: pulumi.Input[str]
    """ACM certificate that covers the host names of all models."""
    models: dict[str, ModelRouteArgs]
    """Routes by model name; at most 33 models a balancer."""
    cluster_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the replicas' pods: it is opened to the balancer, for the target port only."""
    internet_facing: NotRequired[bool]
    """Whether the balancer has public addresses. Default: false. Test rules do not answer there, because a
    request from inside arrives from a public address. A change replaces balancer and target groups."""
    client_cidrs: NotRequired[list[str]]
    """IPv4 ranges that may connect. Default: the VPC's; required when internet-facing."""
    idle_timeout_seconds: NotRequired[int]
    """Longest time without a byte, 1 to 4000 s; above the longest generation. Servers behind it must keep
    idle connections open for longer than this. Default: 660."""
    deregistration_delay_seconds: NotRequired[int]
    """Time that a replica gets to end its requests after it has left, 0 to 3600 s. Default: 600."""
    target_port: NotRequired[int]
    """Port of the replicas. A change replaces the target groups, each under a new name. Default: 8000."""
    health_check_path: NotRequired[str]
    """Path that answers 200 on a healthy replica. Default: /health."""
    web_acl_arn: NotRequired[pulumi.Input[str]]
    """WAF web ACL (regional) to put in front."""
    deletion_protection: NotRequired[bool]
    """Whether the balancer refuses to be deleted, and its log bucket while it holds logs. Default: true."""
    access_log_retention_days: NotRequired[int]
    """Days until an access log is deleted. Default: 90."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


@dataclass(frozen=True)
class Parsed:
    """A balancer whose every value is known and allowed."""

    rules: tuple[Rule, ...]
    models: tuple[str, ...]
    vpc_cidr: str
    clients: tuple[str, ...]
    internet_facing: bool
    idle_timeout: int
    deregistration: int
    port: int
    health_path: str
    protected: bool
    retention_days: int
    tags: Mapping[str, str]


def parse(name: str, args: ModelLoadBalancerArgs) -> Parsed:
    """Return the parsed arguments. Raises InferplaneError naming the property that is wrong."""
    where = f"ModelLoadBalancer '{name}'"
    check_keys(args, ModelLoadBalancerArgs, where)
    routes = []
    for model, route in args["models"].items():
        check_keys(route, ModelRouteArgs, f"{where}.models.{model}")
        routes.append(ModelRoute(model, tuple(route["hosts"]), dict(route["weights"])))
    internet_facing = args.get("internet_facing", False)
    vpc_cidr = ipv4_network(args["vpc_cidr"], f"{where}.vpc_cidr")
    idle = int(args.get("idle_timeout_seconds", _IDLE_TIMEOUT_SECONDS))
    check_range(idle, 1, _MOST_IDLE_TIMEOUT_SECONDS, f"{where}.idle_timeout_seconds", "seconds")
    leave = int(args.get("deregistration_delay_seconds", _DEREGISTRATION_SECONDS))
    check_range(leave, 0, _MOST_DEREGISTRATION_SECONDS, f"{where}.deregistration_delay_seconds", "seconds")
    port = int(args.get("target_port", 8000))
    check_range(port, 1, 65535, f"{where}.target_port")
    retention = int(args.get("access_log_retention_days", 90))
    check_range(retention, 1, 3653, f"{where}.access_log_retention_days", "days")
    return Parsed(
        rules=plan_rules(routes, where),
        models=tuple(route.model for route in routes),
        vpc_cidr=vpc_cidr,
        clients=client_networks(
            args.get("client_cidrs"), internet_facing=internet_facing, vpc_cidr=vpc_cidr, where=where
        ),
        internet_facing=internet_facing,
        idle_timeout=idle,
        deregistration=leave,
        port=port,
        health_path=args.get("health_check_path", "/health"),
        protected=args.get("deletion_protection", True),
        retention_days=retention,
        tags=args.get("tags", {}),
    )
