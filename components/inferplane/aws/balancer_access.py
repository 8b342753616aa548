"""Who may reach a load balancer: its scheme and the networks of its clients. Pure."""

import ipaddress
from collections.abc import Sequence

from inferplane.errors import InferplaneError

__all__ = ["client_networks", "ipv4_network"]

# Amazon VPC user guide, quotas: inbound rules per security group, default 60.
_MOST_NETWORKS = 60

_ANYWHERE = "0.0.0.0/0"


def ipv4_network(value: str, where: str) -> str:
    """Return `value` if it is an IPv4 range in its canonical form, else raise InferplaneError."""
    try:
        return str(ipaddress.IPv4Network(value))
    except ValueError as error:
        raise InferplaneError(
            f"'{value}' is not an IPv4 range ({error})", where=where, allowed="a range as in 10.0.0.0/16"
        ) from None


def client_networks(
    client_cidrs: Sequence[str] | None, *, internet_facing: bool, vpc_cidr: str, where: str
) -> tuple[str, ...]:
    """Return the ranges that may connect: those given, or the VPC's own for an internal balancer.

    Raises InferplaneError for an internet-facing balancer whose clients are not said, and for an internal one
    that is open to everybody.
    """
    if client_cidrs is None:
        if internet_facing:
            raise InferplaneError(
                "an internet-facing balancer needs to be told who may connect",
                where=f"{where}.client_cidrs",
                fix=f"list the clients' ranges; '{_ANYWHERE}' opens it to the whole internet",
            )
        return (vpc_cidr,)
    networks = tuple(dict.fromkeys(ipv4_network(cidr, f"{where}.client_cidrs") for cidr in client_cidrs))
    if not 1 <= len(networks) <= _MOST_NETWORKS:
        raise InferplaneError(
            f"{len(networks)} ranges",
            where=f"{where}.client_cidrs",
            allowed=f"1 to {_MOST_NETWORKS} (rules of a security group)",
            fix="join neighbouring ranges" if networks else "leave it out for the VPC's own range",
        )
    if _ANYWHERE in networks and not internet_facing:
        raise InferplaneError(
            f"'{_ANYWHERE}' on an internal balancer",
            where=f"{where}.client_cidrs",
            allowed="ranges of networks that are connected to the VPC",
            fix="name the networks, e.g. 10.0.0.0/8",
        )
    return networks
