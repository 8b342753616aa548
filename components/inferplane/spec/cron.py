"""Cron expressions of five fields, as KEDA's cron scaler reads them. Pure.

KEDA parses with robfig/cron's standard five fields: names of months and weekdays are allowed, 7 for Sunday,
ranges that wrap around and "@daily" are not (pkg/scalers/cron_scaler.go of KEDA; parser.go and spec.go of
robfig/cron v3).
"""

import re
from dataclasses import dataclass
from typing import Final

from inferplane.spec.refusal import refusal

__all__ = ["EVERY_DAY", "Cron"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

EVERY_DAY = frozenset(range(7))
"""All weekdays."""

_ALLOWED = (
    "five fields in quotes: minute hour day month weekday, "
    'e.g. "30 8 * * 1-5" (half past eight, Monday to Friday)'
)


@dataclass(frozen=True)
class Cron:
    """One moment of the day on a set of days."""

    minute: int
    hour: int
    days_of_month: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @property
    def minute_of_day(self) -> int:
        """Minutes since midnight."""
        return 60 * self.hour + self.minute

    @property
    def days(self) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """What decides the days: days of the month, months, weekdays."""
        return self.days_of_month, self.months, self.weekdays

    @property
    def every_day(self) -> bool:
        """Whether it happens each day of the year."""
        return len(self.days_of_month) == 31 and len(self.months) == 12 and self.weekdays == EVERY_DAY

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Read an expression that means one time of day. Raises the refusal of a field's validator."""
        words = text.split()
        if len(words) != 5 or len(text) > 200:
            raise refusal(
                f"has {len(words)} of the five fields of a cron expression" if words else "is empty",
                allowed=_ALLOWED,
                fix=_mend(text),
            )
        sets = [_values(word, *field) for word, field in zip(words, _FIELDS, strict=True)]
        for values, (name, *_rest) in zip(sets[:2], _FIELDS[:2], strict=True):
            if len(values) != 1:
                raise refusal(
                    f"names more than one {name}",
                    allowed="one time of day for the start and one for the end",
                    fix="write one schedule for each window",
                )
        if len(sets[4]) == 7 and not any(
            day <= _DAYS_IN_MONTH[month - 1] for month in sets[3] for day in sets[2]
        ):
            raise refusal("is a day that no year has", allowed=_ALLOWED, fix="write a day that its month has")
        return cls(min(sets[0]), min(sets[1]), *(frozenset(values) for values in sets[2:]))


def _mend(text: str) -> str:
    clock = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", text)
    if clock:
        return f'write "{int(clock[2])} {int(clock[1])} * * *" for every day at {text.strip()}'
    if text.strip().startswith("@"):
        return "write the five fields; names like @daily are not read by the autoscaler"
    return "write all five fields"


def _values(word: str, name: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    values: set[int] = set()
    for part in word.split(","):
        match = re.fullmatch(r"(?:(\*|\?)|(\w{1,9})(?:-(\w{1,9}))?)(?:/(\d{1,4}))?", part, re.ASCII)
        first, last = low, high
        if match and match[2]:
            start = _number(match[2], names)
            first = -1 if start is None else start
            if match[3]:
                end = _number(match[3], names)
                last = -1 if end is None else end
            elif not match[4]:
                last = first
        step = int(match[4]) if match and match[4] else 1
        if not match or step == 0 or not low <= first <= last <= high:
            raise refusal(
                f"has the {name} {word!r}",
                allowed=f"{low} to {high}{' or ' + '/'.join(names) if names else ''}, lists (1,3), ranges "
                "(1-5), steps (*/15)",
                fix=_mend_field(name, part),
            )
        values.update(range(first, last + 1, step))
    return values


def _number(word: str, names: dict[str, int]) -> int | None:
    return (
        int(word)
        if word.isdecimal()
        else names.get(word.lower()[:3] if word.isalpha() and len(word) == 3 else "")
    )


def _mend_field(name: str, part: str) -> str:
    if name == "day of week":
        return "write 0 for Sunday, and a range that wraps around as a list, e.g. 5,6,0"
    return f"write the {name} in that form"
