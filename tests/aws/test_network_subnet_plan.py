"""The division of a VPC's range into subnets."""

import ipaddress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inferplane.aws.subnet_plan import plan_subnets, region_of
from inferplane.errors import InferplaneError

LETTERS = "abcdefg"
ZONES = st.lists(st.sampled_from([f"us-east-1{letter}" for letter in LETTERS]), min_size=1, unique=True)


@st.composite
def cidrs(draw: st.DrawFn) -> str:
    block = ipaddress.IPv4Network(draw(st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])))
    prefix = draw(st.integers(16, 20))
    free = prefix - block.prefixlen
    index = draw(st.integers(0, 2**free - 1)) if free > 0 else 0
    first = int(block.network_address) + index * 2 ** (32 - prefix)
    return str(ipaddress.IPv4Network((first, prefix)))


@given(cidrs(), ZONES)
def test_subnets_lie_inside_and_do_not_overlap(cidr: str, zones: list[str]) -> None:
    """All subnets are parts of the VPC and no two of them share an address."""
    vpc = ipaddress.IPv4Network(cidr)
    blocks = [
        ipaddress.IPv4Network(block)
        for subnet in plan_subnets(cidr, zones, "x")
        for block in (subnet.private, subnet.public)
    ]
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@given(cidrs(), ZONES, ZONES)
def test_a_zone_keeps_its_subnets_whatever_the_others(cidr: str, some: list[str], others: list[str]) -> None:
    """Adding, removing and reordering zones moves no zone's subnets."""
    plans = [{s.zone: s for s in plan_subnets(cidr, zones, "x")} for zones in (some, others)]
    assert all(plans[0][zone] == plans[1][zone] for zone in plans[0].keys() & plans[1].keys())


@given(cidrs(), ZONES)
def test_subnets_are_of_a_size_that_aws_and_pods_need(cidr: str, zones: list[str]) -> None:
    """Private subnets are eight times as large as public ones, and none is smaller than AWS allows (/28)."""
    for subnet in plan_subnets(cidr, zones, "x"):
        private, public = ipaddress.IPv4Network(subnet.private), ipaddress.IPv4Network(subnet.public)
        assert private.num_addresses == 8 * public.num_addresses
        assert private.num_addresses >= 512
        assert public.prefixlen <= 28


def test_default_layout() -> None:
    """The layout of a /16 is fixed: changing it would replace every subnet that exists."""
    plan = plan_subnets("10.0.0.0/16", ["us-east-1a", "us-east-1b", "us-east-1f"], "x")
    assert [(s.private, s.public) for s in plan] == [
        ("10.0.0.0/19", "10.0.224.0/22"),
        ("10.0.32.0/19", "10.0.228.0/22"),
        ("10.0.160.0/19", "10.0.244.0/22"),
    ]


@pytest.mark.parametrize(
    ("cidr", "fragment"),
    [
        ("10.0.0.0/15", "/15 is not a usable size"),
        ("10.0.0.0/21", "/21 is not a usable size"),
        ("10.0.0.1/16", "host bits set"),
        ("8.8.0.0/16", "not a private range"),
        ("here", "not an IPv4 network"),
        ("fd00::/16", "not an IPv4 network"),
    ],
)
def test_an_unusable_range_is_refused(cidr: str, fragment: str) -> None:
    """A range that AWS or EKS can not use is refused with its reason and place."""
    with pytest.raises(InferplaneError, match=fragment) as caught:
        plan_subnets(cidr, ["us-east-1a"], "Network 'x'")
    assert caught.value.where == "Network 'x'.cidr"


@pytest.mark.parametrize(
    ("zones", "fragment"),
    [
        ([], "no availability zone"),
        (["us-east-1"], "'us-east-1' is not an availability zone"),
        (["us-west-2-lax-1a"], "is not an availability zone"),
        (["us-east-1a", "us-east-1a"], "named twice"),
        (["us-east-1a", "us-west-2a"], "several regions: us-east-1, us-west-2"),
    ],
)
def test_wrong_zones_are_refused(zones: list[str], fragment: str) -> None:
    """Zones must be real, distinct and of one region."""
    with pytest.raises(InferplaneError, match=fragment):
        region_of(zones, "x")


def test_region_is_read_from_the_zones() -> None:
    """The zones' common region is returned."""
    assert region_of(["ap-southeast-2a", "ap-southeast-2c"], "x") == "ap-southeast-2"
