"""The rules by which ids, ARNs and outputs of AWS types are made, one module a family of services."""

from __future__ import annotations

import re
from typing import Final

from ..draft import Rule
from . import compute, eks, elb, network, operations, security, storage

RULES: Final[dict[str, Rule]] = {
    **network.RULES,
    **compute.RULES,
    **elb.RULES,
    **eks.RULES,
    **security.RULES,
    **storage.RULES,
    **operations.RULES,
}

# Where the module of a type token is not the service's name in ARNs.
_ARN_SERVICES: Final = {
    "alb": "elasticloadbalancing",
    "lb": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "amp": "aps",
    "cloudtrail": "cloudtrail",
    "ebs": "ec2",
    "ec2clientvpn": "ec2",
    "ec2transitgateway": "ec2",
    "efs": "elasticfilesystem",
    "mwaa": "airflow",
    "sfn": "states",
    "vpc": "ec2",
}


def rule_of(token: str) -> Rule:
    """The rule of a type; types without one of their own get an id and an ARN of the usual form."""
    if token in RULES:
        return RULES[token]
    module, name = token.split(":")[1].split("/")[0], token.rsplit(":", 1)[1]
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    service = _ARN_SERVICES.get(module, module)
    return Rule(
        id=f"{kind}-{{hex:17}}", arn=f"arn:{{partition}}:{service}:{{region}}:{{account}}:{kind}/{{id}}"
    )
