"""Whatever is in a fleet file, the answer is a FleetSpec or a SpecError."""

import copy
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from inferplane.spec import FleetSpec, SpecError, parse_fleet
from inferplane.spec.yaml_tree import read_yaml
from tests.spec.files import FULL, MINIMAL

often = settings(
    deadline=None, max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "us-east-1",
            "blue",
            "2s",
            "10%",
            "16GiB",
            "10.0.0.0/16",
            "0 1 * * *",
            "p5.48xlarge",
            "h100",
            "9" * 400,
        ]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _answer(fleet: Any) -> FleetSpec | SpecError:
    try:
        return parse_fleet(fleet, source="f.yaml")
    except SpecError as error:
        answer = error
    assert answer.mistakes
    assert len(str(answer).split("\n")) <= 3 * len(answer.mistakes) + 1
    str(answer).encode()  # can be printed
    return answer


@often
@given(st.text(max_size=200))
@example("\x00")
@example("? [a]\n: b")
@example("a: &a {b: *a}")
@example("<<: [1]")
@example("- ? - ? -")
@example("!!int abc: 1")
@example("a: !!float x\nb: !!int ''\nc: !!timestamp 2\nd: !!bool maybe")
@example("=: =")
@example("%YAML 3.0\n---\na: 1")
@example("a: " + "9" * 5000)
@example("a: 9e999\nb: -.inf\nc: 1_:_")
@example("\ud800")
def test_any_text_is_answered(text: str) -> None:
    """No text makes the loader fail in any other way than by a SpecError."""
    _answer(text)


@often
@given(st.lists(st.sampled_from(list("{}[]:,&*!|>'\"%@`#?-\n \tab1.<~=")), max_size=60).map("".join))
def test_any_punctuation_is_answered(text: str) -> None:
    """No mixture of YAML's own characters makes the loader fail in any other way than by a SpecError."""
    _answer(text)


@often
@given(st.integers(0, len(FULL) - 1), st.integers(0, 12), st.text(max_size=6))
def test_any_edit_of_a_file_is_answered(start: int, length: int, new: str) -> None:
    """Cutting a piece out of a real file and putting another in gives a fleet or a SpecError."""
    _answer(FULL[:start] + new + FULL[start + length :])


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in items for deeper in _paths(item, (*path, key)))]


TREE = read_yaml(FULL).value
PATHS = _paths(TREE)[1:]


@often
@given(st.data())
def test_any_value_in_any_place_is_answered(data: st.DataObject) -> None:
    """Replacing or removing values of a real fleet gives a fleet or a SpecError that names places of it."""
    changed = copy.deepcopy(TREE)
    for path in data.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)):
        place = changed
        try:
            for part in path[:-1]:
                place = place[part]
            if data.draw(st.booleans()):
                place[path[-1]] = data.draw(values)
            else:
                del place[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    _answer(changed)


@often
@given(st.dictionaries(st.sampled_from([*FleetSpec.model_fields, "x"]), values, max_size=9))
def test_any_mapping_is_answered(fleet: dict[str, Any]) -> None:
    """A mapping of the right keys and any values gives a fleet or a SpecError."""
    _answer(fleet)


@often
@given(st.sampled_from(sorted({line.strip() for line in MINIMAL.splitlines() if line.strip()})))
def test_leaving_out_a_line_never_passes_silently(line: str) -> None:
    """Every line of the minimal file is needed: without it there is a message, not another fleet."""
    answer = _answer("".join(kept for kept in MINIMAL.splitlines(keepends=True) if kept.strip() != line))
    assert isinstance(answer, SpecError)
