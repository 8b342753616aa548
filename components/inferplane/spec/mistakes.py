"""What is wrong in a fleet file, before and after its place in the file is known. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from inferplane.errors import InferplaneError
from inferplane.spec.secrets import mask

__all__ = ["Mistake", "Path", "Place", "SpecError", "render_path", "render_value"]

Path = tuple[str | int, ...]
"""Keys and indices from the root of the file to a value."""


@dataclass(frozen=True, order=True)
class Place:
    """Line and column in the file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Mistake:
    """One mistake: where, what, what is allowed, how to mend it.

    `given` is the value as it is shown, "" where there is none to show (a missing key, a secret).
    """

    path: Path
    what: str
    allowed: str = ""
    fix: str = ""
    given: str = ""
    place: Place | None = field(default=None, compare=False)

    def render(self, source: str) -> str:
        """Return the message: one line of what and where, one each for what is allowed and the fix."""
        where = f"{source}:{self.place.line}:{self.place.column}" if self.place else source
        path = f"{render_path(self.path)}: " if self.path else ""
        given = f"{self.given} " if self.given else ""
        lines = [f"{where}: {path}{given}{self.what}"]
        if self.allowed:
            lines.append(f"  allowed: {self.allowed}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return mask("\n".join(_printable(line) for line in lines))


class SpecError(InferplaneError):
    """A fleet file that can not be used: all its mistakes, in the order of the file."""

    def __init__(self, mistakes: Sequence[Mistake], source: str) -> None:
        if not mistakes:
            raise ValueError("a SpecError needs a mistake")
        self.mistakes: tuple[Mistake, ...] = tuple(_in_order(mistakes))
        self.source = source
        count = len(self.mistakes)
        head = f"{count} mistakes in the fleet file" if count > 1 else "a mistake in the fleet file"
        messages = "\n".join(mistake.render(source) for mistake in self.mistakes)
        super().__init__(f"{head}\n{messages}", where=source)


def _printable(line: str) -> str:
    """Escape what a terminal acts on or can not show: control characters, halves of characters."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    nowhere = Place(2**31, 0)
    unique = dict.fromkeys(mistakes)
    return sorted(unique, key=lambda mistake: mistake.place or nowhere)


def render_path(path: Path) -> str:
    """Return `models.llama.slots.blue.extra_args[0]`; odd keys are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]{1,80}", part):
            text += f".{part}" if text else part
        else:
            text += f"[{_shorten(json.dumps(part, ensure_ascii=False))}]"
    return text


def render_value(value: Any) -> str:
    """Return a value as a person would write it in YAML, cut to a line."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _shorten(json.dumps(value, ensure_ascii=False))
    return _shorten(str(value))


def _shorten(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 20]}...{text[-15:]}"
