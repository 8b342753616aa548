"""Physical names behind a load balancer, over long and odd names."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from inferplane.aws.balancer_names import load_balancer_name, log_bucket_name, target_group_name

names = st.text(min_size=1, max_size=80)
labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


def group(name: str, model: str, slot: str, port: int = 8000, *, internet_facing: bool = False) -> str:
    return target_group_name(name, model, slot, port=port, internet_facing=internet_facing)


@given(names, names, st.sampled_from(["blue", "green"]), st.booleans())
@settings(deadline=None, max_examples=60, derandomize=True)
def test_names_are_what_elastic_load_balancing_accepts(
    name: str, model: str, slot: str, facing: bool
) -> None:
    """At most 32 letters, digits and hyphens, no hyphen at the ends, no "internal-" before a balancer's."""
    balancer = load_balancer_name(name, internet_facing=facing)
    for made in (balancer, group(name, model, slot, internet_facing=facing)):
        assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?", made)
    assert not balancer.startswith("internal-")


def test_a_balancer_never_begins_with_internal() -> None:
    """The service keeps the prefix "internal-" for itself."""
    assert load_balancer_name("Internal-prod", internet_facing=False).startswith("lb-internal-prod")


@given(labels, labels, labels, labels)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_different_target_groups_have_different_names(a: str, b: str, c: str, d: str) -> None:
    """Names do not collide where parts of them could be shifted from balancer to model."""
    if (a, b) != (c, d):
        assert group(a, b, "blue") != group(c, d, "blue")
    assert group(a, b, "blue") != group(a, b, "green")


def test_parts_that_could_be_shifted_do_not_collide() -> None:
    """Balancer "p" with model "x-y" and balancer "y-p" with model "x" stay two."""
    assert group("p", "x-y", "blue") != group("y-p", "x", "blue")


def test_what_replaces_a_target_group_changes_its_name() -> None:
    """A new port or scheme creates a second group beside the one that serves."""
    first = group("prod", "m", "blue")
    assert (
        len({first, group("prod", "m", "blue", 9000), group("prod", "m", "blue", internet_facing=True)}) == 3
    )


def test_a_balancers_name_changes_with_its_scheme() -> None:
    """A change of scheme replaces the balancer, so the new one needs another name."""
    names = {load_balancer_name("prod", internet_facing=facing) for facing in (False, True)}
    assert len(names) == 2


@given(names)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_bucket_names_are_what_s3_accepts(name: str) -> None:
    """3 to 63 lower-case letters, digits and hyphens, ending in the account."""
    made = log_bucket_name(name, "123456789012")
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", made)
    assert made.endswith("-123456789012")
