"""DNS names of one region's models."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane.args import check_keys
from inferplane.aws.hosted_zone import choose_zone, declare_zone
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["AliasTargetArgs", "RegionalNames", "RegionalNamesArgs"]


class AliasTargetArgs(TypedDict):
    """The balancer that a name points at."""

    dns_name: pulumi.Input[str]
    """`dns_name` of the load balancer."""
    zone_id: pulumi.Input[str]
    """`zone_id` of the load balancer."""


class RegionalNamesArgs(TypedDict):
    """Which names there are, and who resolves them."""

    domain: str
    """The region's domain, e.g. "us-east-1.llm.example.com"."""
    hosts: dict[str, AliasTargetArgs]
    """Balancers by host name; each host lies in `domain`."""
    private: NotRequired[bool]
    """Whether the names are in a private zone of their own. Default: true."""
    vpc_id: NotRequired[pulumi.Input[str]]
    """VPC that resolves the private names; required for a private zone."""
    region: NotRequired[str]
    """Region of that VPC. Default: that of the provider."""
    zone_name: NotRequired[str]
    """Public hosted zone that holds `domain`; required when not private."""
    tags: NotRequired[dict[str, str]]
    """Tags of every taggable resource."""


class RegionalNames(Component):
    """Alias records of the models' regional host names; without health checks, a region was asked for."""

    zone_id: pulumi.Output[str]
    hosts: list[str]

    def __init__(
        self, name: str, args: RegionalNamesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"RegionalNames '{name}'"
        check_keys(args, RegionalNamesArgs, where)
        vpc_id = args.get("vpc_id")
        choice = choose_zone(
            args["domain"],
            private=args.get("private", True),
            zone_name=args.get("zone_name"),
            has_vpcs=vpc_id is not None,
            where=where,
        )
        for host, target in args["hosts"].items():
            check_keys(target, AliasTargetArgs, f"{where}.hosts.{host}")
            if not host.endswith(f".{choice.domain}"):
                raise InferplaneError(
                    f"host '{host}' is not in the domain '{choice.domain}'", where=f"{where}.hosts"
                )
        super().__init__(name, opts)
        vpcs = [] if vpc_id is None else [(args.get("region"), vpc_id)]
        self.zone_id = declare_zone(self, choice, vpcs=vpcs, tags=args.get("tags", {}))
        for host, target in args["hosts"].items():
            aws.route53.Record(
                f"{name}-{host}",
                zone_id=self.zone_id,
                name=host,
                type="A",
                aliases=[
                    {
                        "name": target["dns_name"],
                        "zone_id": target["zone_id"],
                        # It counts an empty target group as unhealthy, which an idle slot's always is.
                        "evaluate_target_health": False,
                    }
                ],
                opts=self.child(),
            )
        self.hosts = list(args["hosts"])
        self.register_outputs({"zone_id": self.zone_id, "hosts": self.hosts})
