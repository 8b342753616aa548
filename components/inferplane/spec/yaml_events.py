"""YAML text to a tree of nodes that know their place; no Python object is ever built from a tag. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from inferplane.spec.mistakes import Mistake, Place

__all__ = ["MapNode", "Node", "ScalarNode", "SeqNode", "Unreadable", "read_nodes"]

# The spec is seven levels deep; the bound keeps a hostile file from exhausting the stack.
_MOST_DEPTH = 32

_LOADER: type = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml where the wheel has it: ten times as fast
_PREFIX = "tag:yaml.org,2002:"


class Unreadable(Exception):  # noqa: N818 - becomes a SpecError where the name of the file is known
    """The text is not YAML that a fleet file may be made of; carries the mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.what)
        self.mistake = mistake


@dataclass(frozen=True, eq=False)
class ScalarNode:
    """A scalar: its text, and the type that YAML 1.1 gives it (str, int, float, bool, null, timestamp)."""

    place: Place
    text: str
    kind: str


@dataclass(frozen=True, eq=False)
class SeqNode:
    """A list."""

    place: Place
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class MapNode:
    """A mapping, in the order of the file, duplicates included."""

    place: Place
    items: list[tuple[ScalarNode, "Node"]] = field(default_factory=list)


Node = ScalarNode | SeqNode | MapNode


def read_nodes(text: str) -> Node | None:
    """Return the root node, None for an empty text. Raises Unreadable."""
    events = _events(text)
    builder = _Builder(events)
    next(events)  # the start of the stream
    if isinstance(next(events), yaml.StreamEndEvent):
        return None
    root = builder.node(next(events), 0)
    next(events)  # the end of the document
    following = next(events)
    if not isinstance(following, yaml.StreamEndEvent):
        raise Unreadable(
            Mistake(
                (),
                "the file holds a second YAML document",
                allowed="one document",
                fix="remove the line ---; one file describes one environment",
                place=_place(following),
            )
        )
    return root


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise Unreadable(_syntax(error, text)) from None
    except UnicodeError:
        raise Unreadable(Mistake((), "holds half of a character", "Unicode text", "save it anew")) from None


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


class _Builder:
    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchors: dict[str, Node] = {}
        self._open: set[str] = set()
        self._resolver: Any = yaml.resolver.Resolver()

    def node(self, event: Any, depth: int) -> Node:
        place = _place(event)
        if depth > _MOST_DEPTH:
            raise Unreadable(
                Mistake((), "is nested too deeply", f"at most {_MOST_DEPTH} levels", place=place)
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place)
        anchor = event.anchor
        if anchor:
            self._open.add(anchor)
        if isinstance(event, yaml.ScalarEvent):
            built: Node = ScalarNode(place, event.value, self._kind(event, place))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_tag(event.tag, "seq", place)
            built = SeqNode(place)
            while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
                built.items.append(self.node(item, depth + 1))
        else:
            self._refuse_tag(event.tag, "map", place)
            built = MapNode(place)
            while not isinstance(key := next(self._events), yaml.MappingEndEvent):
                built.items.append((self._key(key, depth), self.node(next(self._events), depth + 1)))
        if anchor:
            self._open.discard(anchor)
            self._anchors[anchor] = built
        return built

    def _key(self, event: Any, depth: int) -> ScalarNode:
        key = self.node(event, depth + 1)
        if isinstance(key, ScalarNode):
            return key
        raise Unreadable(
            Mistake(
                (),
                "a list or mapping is used as a key",
                allowed="keys are plain names",
                fix="quote the key if it begins with [ or {; a value in {{ }} needs quotes",
                place=key.place,
            )
        )

    def _alias(self, event: yaml.AliasEvent, place: Place) -> Node:
        name = event.anchor
        if name in self._anchors and name not in self._open:
            return self._anchors[name]
        what = (
            "is an alias of itself"
            if name in self._open
            else "is an alias of an anchor that the file does not have"
        )
        raise Unreadable(
            Mistake(
                (),
                what,
                f"an anchor (&{name}) earlier in the file",
                'quote a text that begins with "*"',
                f"*{name}",
                place,
            )
        )

    def _kind(self, event: yaml.ScalarEvent, place: Place) -> str:
        tag = event.tag
        if tag is None or tag == "!":
            if event.style or tag == "!":  # quoted or block
                return "str"
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, (True, False))
        kind = tag.removeprefix(_PREFIX)
        if kind in ("merge", "value"):
            return "merge" if kind == "merge" else "str"
        if kind in ("str", "int", "float", "bool", "null", "timestamp"):
            return str(kind)
        self._refuse_tag(tag, "", place)
        return "str"

    @staticmethod
    def _refuse_tag(tag: str | None, kind: str, place: Place) -> None:
        if tag is not None and tag not in ("!", _PREFIX + kind):
            shown = f"!!{tag.removeprefix(_PREFIX)}" if tag.startswith(_PREFIX) else tag
            raise Unreadable(
                Mistake(
                    (),
                    "is a YAML tag",
                    allowed="plain YAML: no tags",
                    fix='remove it; quote a text that begins with "!"',
                    given=shown[:80],
                    place=place,
                )
            )


def _syntax(error: yaml.YAMLError, text: str) -> Mistake:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position] if isinstance(error.position, int) else ""
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Mistake(
            (),
            "holds a control character",
            "printable text",
            "remove it; it is often pasted along",
            place=place,
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem, context = str(getattr(error, "problem", None) or error), str(getattr(error, "context", None))
    if "quoted scalar" in context or "flow" in context:
        # The problem is seen where the file ends; the quote or bracket that is not closed begins it.
        mark = getattr(error, "context_mark", None) or mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "nesting depth" in problem:  # libyaml has a limit of its own, and reads ahead
        return Mistake((), "is nested too deeply", f"at most {_MOST_DEPTH} levels", place=place)
    return Mistake((), f"is not YAML: {problem}", fix=_mend(problem, context, line), place=place)


def _mend(problem: str, context: str, line: str) -> str:
    if re.match(r" *\t", line):
        return "indent with spaces, YAML allows no tabs"
    if "mapping values are not allowed" in problem:
        return 'look at the indentation, and quote a text that contains ": "'
    if "quoted scalar" in context or "flow" in context:
        return "close the quote or bracket that begins here"
    if "cannot start any token" in problem:
        return "quote a text that begins with @, `, % or &"
    if (
        "expected <block end>" in problem
        or "did not find expected key" in problem
        or "expected key" in problem
    ):
        return (
            "look at the indentation of this line and the one before: keys of one mapping begin in one column"
        )
    if "could not find expected ':'" in problem or "simple key" in problem:
        return "a colon and a space are missing after a key on this line or the one before"
    return "look at this line and the one before: indentation, colons, quotes, brackets"
