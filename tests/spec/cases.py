"""A mistake in a fleet file as a table row, and what must hold of its message."""

from dataclasses import dataclass

import pytest

from inferplane.spec import SpecError, parse_fleet
from tests.spec.files import edited, line_of


@dataclass(frozen=True)
class Case:
    """One edit of the full fleet file, and the one message that it must give.

    `what`, `allowed` and `fix` are parts of the message; `at` is the text whose first line must be named, by
    default the first line of `new`.
    """

    name: str
    old: str
    new: str
    path: str
    what: str
    allowed: str
    fix: str
    at: str = ""


def check(case: Case) -> None:
    """Assert that the edit gives exactly one message, about that mistake, in that place, with a way out."""
    text = edited(case.old, case.new)
    with pytest.raises(SpecError) as caught:
        parse_fleet(text, source="fleet.yaml")
    messages = [mistake.render("fleet.yaml") for mistake in caught.value.mistakes]
    assert len(messages) == 1, "\n".join(messages)
    where, *rest = messages[0].split("\n")
    line = line_of(text, case.at or case.new.strip("\n").split("\n")[0])
    assert where.startswith(f"fleet.yaml:{line}:")
    assert f" {case.path}: " in where if case.path else True
    assert case.what in where
    said = dict(part.strip().split(": ", 1) for part in rest)
    assert case.allowed in said["allowed"]
    assert case.fix in said["fix"]
    for internal in ("pydantic", "Traceback", "Input should"):
        assert internal not in messages[0]


def ids(cases: list[Case]) -> list[str]:
    """Return the names of the cases, which must differ."""
    names = [case.name for case in cases]
    assert len(set(names)) == len(names)
    return names
