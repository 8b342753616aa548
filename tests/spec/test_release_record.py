"""The release record: what is read, what is refused, and that it can be written back."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inferplane.errors import InferplaneError
from inferplane.spec import ReleaseRecord

GOOD: dict[str, Any] = {
    "version": 1,
    "stable": "blue",
    "candidate": "green",
    "weights": {"blue": 95, "green": 5},
    "phase": "canary",
}
WHERE = "/inferplane/prod/us-east-1/releases/llama"


def test_a_record_is_read() -> None:
    """A record in the middle of a release says who gets how much."""
    record = ReleaseRecord.parse(json.dumps(GOOD), where=WHERE)
    assert (record.stable, record.candidate, record.phase) == ("blue", "green", "canary")
    assert dict(record.weights) == {"blue": 95, "green": 5}
    assert record == ReleaseRecord.parse(record.to_json(), where=WHERE)


def test_the_candidate_may_be_left_out_between_releases() -> None:
    """Between releases there is no candidate and the stable slot has all the traffic."""
    text = '{"version": 1, "stable": "green", "weights": {"blue": 0, "green": 100}, "phase": "stable"}'
    assert ReleaseRecord.parse(text, where=WHERE).candidate is None


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"version": 2}, "version"),
        ({"stable": "red"}, "stable"),
        ({"candidate": "blue"}, "candidate is the stable slot"),
        ({"weights": {"blue": 95, "green": 6}}, "sum to 101"),
        ({"weights": {"blue": 100}}, "name both slots"),
        ({"weights": {"blue": 120, "green": -20}}, "from 0 to 100"),
        ({"weights": {"blue": 95.0, "green": 5}}, "weights"),
        ({"weights": {"blue": "95", "green": 5}}, "weights"),
        ({"candidate": None}, "without a candidate"),
        ({"phase": ""}, "phase"),
        ({"note": "x"}, "note"),
    ],
)
def test_a_record_that_can_not_be_is_refused(change: dict[str, Any], part: str) -> None:
    """A record that contradicts itself is refused by one message that names the parameter."""
    with pytest.raises(InferplaneError) as caught:
        ReleaseRecord.parse(json.dumps(GOOD | change), where=WHERE)
    assert caught.value.where == WHERE
    assert part in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "1", '"x"', "{}", "[" * 100_000, "NaN", "\x00", "1" * 5000]
)
def test_what_is_no_record(text: str) -> None:
    """What is not JSON, or not a record, gives one message."""
    with pytest.raises(InferplaneError, match="not usable"):
        ReleaseRecord.parse(text, where=WHERE)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """No text makes the parser fail in any other way than by an InferplaneError."""
    with contextlib.suppress(InferplaneError):
        ReleaseRecord.parse(text, where=WHERE)
