"""Regions: partitions, zones, and the hosted zones that belong to AWS's own DNS names."""

from __future__ import annotations

from typing import Final

# Zones that an account can use, where they are not simply a, b and c.
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html (2026)
_ZONES: Final = {
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}

# https://docs.aws.amazon.com/general/latest/gr/elb.html
_APPLICATION_BALANCER_ZONES: Final = {
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "sa-east-1": "Z2P70J7HTTTPLU",
}
_NETWORK_BALANCER_ZONES: Final = {
    "us-east-1": "Z26RNL4JYFTOTI",
    "us-east-2": "ZLMOA37VPKANP",
    "us-west-2": "Z18D5FSROUN65G",
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-west-1": "Z2IFOLAFXWLO4F",
}
# https://docs.aws.amazon.com/general/latest/gr/s3.html
_BUCKET_ZONES: Final = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-west-2": "Z3BJ6K6RIION7M",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
}
_DIRECTIONS: Final = {
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "central": "c",
    "northeast": "ne",
    "southeast": "se",
    "northwest": "nw",
    "southwest": "sw",
}


def partition(region: str) -> str:
    """`aws`, `aws-cn` or `aws-us-gov`."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def dns_suffix(region: str) -> str:
    """The domain of the partition's endpoints."""
    return "amazonaws.com.cn" if partition(region) == "aws-cn" else "amazonaws.com"


def zones(region: str) -> list[str]:
    """The names of a region's availability zones."""
    return [region + letter for letter in _ZONES.get(region, "abc")]


def zone_id(zone: str) -> str:
    """The id of a zone (`use1-az1`); in a real account the order of ids differs from that of the letters."""
    *area, direction, tail = zone.split("-")
    number, letter = tail[:-1], tail[-1]
    code = "".join(area) + _DIRECTIONS.get(direction, direction[:1]) + number
    return f"{code}-az{zones(zone[:-1]).index(zone) + 1 if zone in zones(zone[:-1]) else ord(letter) - 96}"


def balancer_zone(region: str, kind: str) -> str:
    """The hosted zone of a load balancer's DNS name; regions without an entry share one made-up id."""
    table = _NETWORK_BALANCER_ZONES if kind == "network" else _APPLICATION_BALANCER_ZONES
    return table.get(region, "Z0SANDBOXBALANCERS")


def bucket_zone(region: str) -> str:
    """The hosted zone of a bucket's website endpoint."""
    return _BUCKET_ZONES.get(region, "Z0SANDBOXBUCKETS")
