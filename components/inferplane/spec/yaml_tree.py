"""YAML nodes to plain values that remember where they stand, with YAML's traps turned into mistakes. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inferplane.spec.mistakes import Mistake, Path, Place
from inferplane.spec.yaml_events import MapNode, Node, ScalarNode, SeqNode, Unreadable, read_nodes

__all__ = ["Tree", "read_yaml"]

# Aliases multiply: ten levels of ten make ten thousand million values out of a few lines.
_MOST_VALUES = 100_000

_TRUE = ("y", "yes", "true", "on")


@dataclass
class Tree:
    """Plain values, where each stands, and how each scalar was written."""

    value: Any = None
    mistakes: list[Mistake] = field(default_factory=list)
    _values: dict[Path, Place] = field(default_factory=dict)
    _keys: dict[Path, Place] = field(default_factory=dict)
    _texts: dict[Path, str] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Tree":
        """Return a tree of plain values without places."""
        return cls(value)

    def text(self, path: Path) -> str | None:
        """Return an unquoted scalar as written, if YAML reads it as something else than text."""
        return self._texts.get(path)

    def place(self, path: Path) -> Place | None:
        """Return where a value stands (a mapping or list: its key), or the nearest one around it."""
        for end in range(len(path), -1, -1):
            place = self._values.get(path[:end]) or self._keys.get(path[:end])
            if place:
                return place
        return None

    def key_place(self, path: Path) -> Place | None:
        """Return where the key of a value stands."""
        return self._keys.get(path) or self.place(path)

    def add(self, node: Node, path: Path) -> Any:
        """Return the plain value of `node` at `path`."""
        self._count += 1
        if self._count > _MOST_VALUES:
            raise Unreadable(
                Mistake(
                    (),
                    "aliases make the file too large",
                    f"at most {_MOST_VALUES} values",
                    "use fewer aliases",
                    "",
                    node.place,
                )
            )
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if path not in self._keys:
            self._values[path] = node.place
        if isinstance(node, SeqNode):
            return [self.add(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._mapping(node, path)

    def _mapping(self, node: MapNode, path: Path) -> dict[str, Any]:
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        for key, item in node.items:
            if key.kind == "merge":
                continue
            if key.text in entries:
                first = entries[key.text][0].place
                self.mistakes.append(
                    Mistake(
                        (*path, key.text),
                        f"is given twice, first on line {first.line}",
                        allowed="each key once",
                        fix="remove one of them or merge the two",
                        place=key.place,
                    )
                )
            else:
                entries[key.text] = key, item
        for key, item in self._merged(node, path):
            entries.setdefault(key.text, (key, item))
        values = {}
        for name, (key, item) in entries.items():
            self._keys[(*path, name)] = key.place
            values[name] = self.add(item, (*path, name))
        return values

    def _merged(self, node: MapNode, path: Path) -> list[tuple[ScalarNode, Node]]:
        entries: list[tuple[ScalarNode, Node]] = []
        for key, item in node.items:
            if key.kind != "merge":
                continue
            for source in item.items if isinstance(item, SeqNode) else [item]:
                if isinstance(source, MapNode):
                    entries += [entry for entry in source.items if entry[0].kind != "merge"]
                    entries += self._merged(source, path)
                    self._count += len(source.items)
                else:
                    raise Unreadable(
                        Mistake(
                            (*path, "<<"),
                            "merges something that is no mapping",
                            "an alias of a mapping",
                            place=key.place,
                        )
                    )
        return entries

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        self._values[path] = node.place
        text = node.text
        if node.kind == "str" or node.kind == "merge":
            return text
        self._texts[path] = text
        if node.kind == "null":
            return None
        if node.kind == "bool":
            return text.lower() in _TRUE
        if node.kind == "timestamp":
            return self._trap(node, path, "a date", text)
        return self._number(node, path)

    def _number(self, node: ScalarNode, path: Path) -> Any:
        plain = node.text.replace("_", "")
        if node.kind == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", plain):
            return int(plain) if len(plain) <= 30 else float(plain)
        if node.kind == "float" and re.fullmatch(r"[-+]?[0-9]*\.[0-9]*([eE][-+][0-9]+)?", plain):
            return float(plain)
        special = plain.lower().lstrip("+-")
        if special in (".inf", ".nan"):
            return math.inf if special == ".inf" else math.nan
        return self._trap(node, path, f"the number {_in_another_base(plain)}", node.text)

    def _trap(self, node: ScalarNode, path: Path, read_as: str, text: str) -> str:
        self.mistakes.append(
            Mistake(
                path,
                f"is read by YAML as {read_as}",
                allowed="text in quotes, or a plain decimal number",
                fix=f'write "{text[:80]}" in quotes if text is meant',
                given=text[:80],
                place=node.place,
            )
        )
        return text


def _in_another_base(text: str) -> str:
    """Return what YAML 1.1 makes of 0x1f, 0b11, 010 (octal) and 1:30 (base 60)."""
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text.removeprefix("+"))
    try:
        if ":" in digits:
            total = 0.0
            for part in digits.split(":"):
                total = 60 * total + float(part)
            return f"{sign}{total:g}"
        base = {"0x": 16, "0b": 2}.get(digits[:2], 8)
        return f"{sign}{int(digits, base)}"
    except (ValueError, OverflowError):
        return f"{sign}{digits[:20]}"


def read_yaml(text: str) -> Tree:
    """Read a text. What can not be read at all is one mistake and the value None."""
    tree = Tree()
    try:
        root = read_nodes(text)
        tree.value = tree.add(root, ()) if root is not None else None
        if not isinstance(root, MapNode):
            empty = root is None or (isinstance(root, ScalarNode) and root.kind == "null")
            what = "the file is empty" if empty else "the file holds no mapping"
            tree.mistakes = [
                Mistake(
                    (),
                    what,
                    "a mapping with environment, owner, cost_centre, domain, regions and models",
                    place=Place(1, 1),
                )
            ]
            tree.value = None
    except Unreadable as problem:
        return Tree(None, [problem.mistake])
    return tree
