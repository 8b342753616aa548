"""Checks and defaults of a cluster's arguments. Pure."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inferplane.aws.addon_versions import DEFAULT_KUBERNETES_VERSION, pinned_versions
from inferplane.aws.log_retention import check_retention
from inferplane.errors import InferplaneError

__all__ = ["ClusterSettings", "parse_cluster"]

# A block wider than this is not somebody's office: two /1 blocks are the whole internet.
_WIDEST = 8

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")


@dataclass(frozen=True)
class ClusterSettings:
    """The plain part of a cluster's arguments, checked."""

    kubernetes_version: str
    addon_versions: dict[str, str]
    public_access_cidrs: tuple[str, ...]
    admins: dict[str, str]
    """Label that names the access entry -> role ARN."""
    log_retention_days: int
    deletion_protection: bool
    tags: dict[str, str]


def parse_cluster(args: Mapping[str, Any], where: str) -> ClusterSettings:
    """Return the settings of a cluster; InferplaneError for the first mistake."""
    subnets = args["subnet_ids"]
    if isinstance(subnets, list) and len(subnets) < 2:
        raise InferplaneError(
            f"{len(subnets)} subnet is given",
            where=f"{where}.subnet_ids",
            allowed="two or more, in different zones",
            fix="EKS places its control plane's interfaces in at least two zones",
        )
    version = args.get("kubernetes_version", DEFAULT_KUBERNETES_VERSION)
    return ClusterSettings(
        kubernetes_version=version,
        addon_versions=pinned_versions(version, args.get("addon_versions", {}), where),
        public_access_cidrs=tuple(
            _public_cidr(cidr, f"{where}.public_access_cidrs") for cidr in args.get("public_access_cidrs", [])
        ),
        admins=_admins(args.get("admin_role_arns", []), f"{where}.admin_role_arns"),
        log_retention_days=check_retention(args.get("log_retention_days", 90), f"{where}.log_retention_days"),
        deletion_protection=args.get("deletion_protection", True),
        tags=dict(args.get("tags", {})),
    )


def _public_cidr(cidr: str, where: str) -> str:
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        raise InferplaneError(
            f"'{cidr}' is not an IPv4 network: {error}", where=where, allowed="e.g. 203.0.113.0/24"
        ) from None
    if network.prefixlen < _WIDEST:
        raise InferplaneError(
            f"{cidr} opens the cluster's API to the internet",
            where=where,
            allowed=f"networks of /{_WIDEST} or smaller",
            fix="name the networks you come from, or leave it out and use the private endpoint",
        )
    return str(network)


def _admins(arns: Sequence[str], where: str) -> dict[str, str]:
    admins: dict[str, str] = {}
    for arn in arns:
        match = _ROLE_ARN.fullmatch(arn)
        if match is None:
            raise InferplaneError(
                f"'{arn}' is not the ARN of an IAM role",
                where=where,
                allowed="arn:aws:iam::<account>:role/<path/><name>",
                fix="give the role itself, with its path, not a session of it",
            )
        label = f"{match[1]}-{match[2]}"
        if label in admins:
            raise InferplaneError(f"the role {arn} is named twice", where=where, fix="name each role once")
        admins[label] = arn
    return admins
