"""IPv4 networks in CIDR form. Pure."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from inferplane.spec.refusal import refusal

__all__ = ["Cidr", "LimitedCidr", "VpcCidr"]


def _network(value: str) -> ipaddress.IPv4Network:
    if "/" not in value:
        raise refusal(
            "has no prefix length",
            allowed="an IPv4 network in CIDR form, e.g. 10.0.0.0/16",
            fix=f"write {value[:40]}/32 for one address, {value[:40]}/16 and the like for a network",
        )
    try:
        return ipaddress.IPv4Network(value)
    except ValueError as error:
        fix = "write four numbers from 0 to 255 and a prefix length from 0 to 32"
        if "host bits" in str(error):
            fix = f"write {ipaddress.IPv4Network(value, strict=False)}"
        elif ":" in value:
            fix = "write an IPv4 network; IPv6 is not supported"
        raise refusal(
            "is not an IPv4 network", allowed="an IPv4 network in CIDR form, e.g. 10.0.0.0/16", fix=fix
        ) from None


def _cidr(value: str) -> str:
    return str(_network(value))


def _vpc_cidr(value: str) -> str:
    network = _network(value)
    # /16 is the largest VPC ("VPC CIDR blocks"); below /20 three zones of private subnets run out of pod
    # addresses.
    if not 16 <= network.prefixlen <= 20:
        raise refusal(
            f"has the prefix length /{network.prefixlen}",
            allowed="/16 to /20",
            fix=f"write {network.network_address}/16"
            if network.prefixlen < 16
            else "take a larger network: pods have addresses of it",
        )
    if not network.is_private and not network.subnet_of(ipaddress.IPv4Network("100.64.0.0/10")):
        raise refusal(
            "is not a private network",
            allowed="a network inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
            fix="write e.g. 10.0.0.0/16",
        )
    return str(network)


def _limited_cidr(value: str) -> str:
    network = _network(value)
    # A prefix below /8 is no list of offices: 0.0.0.0/1 and 128.0.0.0/1 together are the internet as well.
    if network.prefixlen < 8:
        raise refusal(
            "opens the control plane to the internet"
            if network.prefixlen == 0
            else "is far too wide for a control plane",
            allowed="the networks of your offices, VPN or CI, /8 or narrower, e.g. 203.0.113.0/24",
            fix="name the networks that need the Kubernetes API, or leave it out: the endpoint is then "
            "private",
        )
    return str(network)


_CIDR_SCHEMA = {"pattern": r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}$"}


@dataclass(frozen=True)
class _Schema:
    extra: tuple[tuple[str, Any], ...]

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **dict(self.extra)}


Cidr = Annotated[str, AfterValidator(_cidr), _Schema(tuple(_CIDR_SCHEMA.items()))]
VpcCidr = Annotated[str, AfterValidator(_vpc_cidr), _Schema(tuple(_CIDR_SCHEMA.items()))]
LimitedCidr = Annotated[str, AfterValidator(_limited_cidr), _Schema(tuple(_CIDR_SCHEMA.items()))]
