"""Names stay inside limits and never collide."""

import re

from hypothesis import given
from hypothesis import strategies as st

from inferplane.naming import DIGEST_LENGTH, fit, label

names = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=400)
limits = st.integers(min_value=DIGEST_LENGTH + 2, max_value=255)


@given(names, limits)
def test_a_fitted_name_is_within_its_limit(name: str, limit: int) -> None:
    """Whatever the name, the limit holds."""
    assert 0 < len(fit(name, limit)) <= limit


@given(names, names, limits)
def test_two_names_stay_two(one: str, other: str, limit: int) -> None:
    """Different names are different after fitting."""
    assert (one == other) == (fit(one, limit) == fit(other, limit))


@given(st.text("ab-", min_size=40, max_size=200), st.integers(min_value=1, max_value=40))
def test_a_common_head_does_not_make_names_equal(head: str, tail: int) -> None:
    """Names that differ only after the cut keep different digests."""
    assert fit(head + "x" * tail, 32) != fit(head + "y" * tail, 32)


@given(names)
def test_a_label_is_an_rfc_1123_label(name: str) -> None:
    """Whatever the name, Kubernetes accepts the label."""
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", label(name))


@given(names, names)
def test_two_labels_stay_two(one: str, other: str) -> None:
    """Names that differ by more than case have different labels."""
    if one.lower() != other.lower():
        assert label(one) != label(other)
