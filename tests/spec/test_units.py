"""Durations, sizes and shares: what is read, what is written, and that the two agree."""

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inferplane.errors import InferplaneError
from inferplane.spec.units import Duration, Share, Size

quick = settings(deadline=None, max_examples=200, derandomize=True)

numbers = st.decimals(min_value=0, max_value=10**5, places=3, allow_nan=False, allow_infinity=False)
durations = st.builds(
    lambda n, unit: Duration.parse(f"{n}{unit}"), numbers, st.sampled_from(list(Duration.UNITS))
)
sizes = st.builds(lambda n, unit: Size.parse(f"{n}{unit}"), numbers, st.sampled_from(list(Size.UNITS)))
shares = st.builds(lambda n: Share.parse(f"{n}%"), st.decimals(min_value=0, max_value=100, places=6))


@quick
@given(st.one_of(durations, sizes, shares))
def test_canonical_text_reads_back_as_the_same_value(value: Duration | Size | Share) -> None:
    """Writing a quantity and reading it gives the same quantity and the same text."""
    again = type(value).parse(str(value))
    assert value == again
    assert str(value) == str(again)
    assert hash(value) == hash(again)


@quick
@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_any_length_of_time_has_a_text(seconds: float) -> None:
    """A duration that a program computed is written so that it reads back, down to the last bit."""
    text = str(Duration(seconds))
    if len(text) < 18:  # beyond 18 digits a person did not write it
        assert seconds == Duration.parse(text).seconds


@quick
@given(durations, durations)
def test_durations_are_ordered_by_seconds(a: Duration, b: Duration) -> None:
    """Durations compare as their seconds do."""
    assert (a.seconds < b.seconds) == (a < b)
    assert (a.seconds == b.seconds) == (a == b)


@quick
@given(sizes, sizes)
def test_sizes_are_ordered_by_bytes(a: Size, b: Size) -> None:
    """Sizes compare as their bytes do."""
    assert (a.bytes < b.bytes) == (a < b)


@quick
@given(shares, shares)
def test_shares_are_ordered_by_fraction(a: Share, b: Share) -> None:
    """Shares compare as their fractions do and stay within the whole."""
    assert (a.fraction < b.fraction) == (a < b)
    assert 0 <= a.fraction <= 1


@pytest.mark.parametrize(
    ("text", "seconds", "canonical"),
    [
        ("90s", 90.0, "90s"),
        ("1.5s", 1.5, "1500ms"),
        ("250ms", 0.25, "250ms"),
        ("15m", 900.0, "15m"),
        ("60s", 60.0, "1m"),
        ("4h", 14400.0, "4h"),
        ("24h", 86400.0, "1d"),
        ("1d", 86400.0, "1d"),
        ("0s", 0.0, "0s"),
    ],
)
def test_durations(text: str, seconds: float, canonical: str) -> None:
    """A duration is its number times its unit; it is written in the largest unit that divides it."""
    assert (seconds, canonical) == (Duration.parse(text).seconds, str(Duration.parse(text)))


@pytest.mark.parametrize(
    ("text", "size", "canonical"),
    [
        ("16GiB", 16 * 2**30, "16GiB"),
        ("140GB", 140 * 10**9, "140GB"),
        ("1024MiB", 2**30, "1GiB"),
        ("1.5GiB", 3 * 2**29, "1536MiB"),
        ("7B", 7, "7B"),
    ],
)
def test_sizes(text: str, size: int, canonical: str) -> None:
    """GiB are powers of two, GB powers of ten; the shortest whole form is the canonical one."""
    assert (size, canonical) == (Size.parse(text).bytes, str(Size.parse(text)))


@pytest.mark.parametrize(
    ("text", "fraction"), [("0.5%", 0.005), ("100%", 1.0), ("0%", 0.0), ("99.9%", 0.999)]
)
def test_shares(text: str, fraction: float) -> None:
    """A share is per cent of the whole."""
    assert fraction == Share.parse(text).fraction
    assert text == str(Share.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s",
        "1",
        "1 s",
        "-1s",
        "1S",
        "1e3s",
        "1h30m",
        "٣s",
        "1.s",
        ".5s",
        "1s\n",
        "9" * 40 + "s",
        "999999999999999999d",
        None,
        3,
        True,
        [],
    ],
)
def test_what_is_no_duration(text: object) -> None:
    """Anything but a number and a unit is refused with the units that there are."""
    with pytest.raises(InferplaneError) as caught:
        Duration.parse(text)
    assert "ms" in caught.value.allowed
    assert caught.value.fix


@pytest.mark.parametrize(
    ("kind", "text", "fix"),
    [
        (Duration, 30, '"30s" or "30ms"'),
        (Duration, "15 min", '"15m"'),
        (Duration, "2 Hours", '"2h"'),
        (Size, 16, '"16GiB" or "16GB"'),
        (Size, "16Gi", '"16GiB"'),
        (Size, "16gb", '"16GB"'),
        (Share, 70, '"70%"'),
        (Share, 0.01, '"1%" if a fraction is meant, "0.01%" if per cent'),
        (Share, "5 percent", '"5%"'),
    ],
)
def test_the_fix_says_what_to_write(kind: type[Duration | Size | Share], text: object, fix: str) -> None:
    """A number without a unit, or with another spelling of it, is answered with the text to write."""
    with pytest.raises(InferplaneError) as caught:
        kind.parse(text)
    assert fix in caught.value.fix


@pytest.mark.parametrize("value", [Duration(1.5), Size(2**30), Share(0.5)])
def test_quantities_can_not_be_changed(value: Duration | Size | Share) -> None:
    """A quantity is a value: it can be copied and pickled, not changed."""
    field = next(iter(vars(value)))
    with pytest.raises(AttributeError):
        setattr(value, field, 0)
    assert value == copy.deepcopy(value) == pickle.loads(pickle.dumps(value))
