"""Reads classes from an SDK's generated Python sources without importing them.

Importing the AWS SDK's modules for a handful of resource types costs seconds and 200 MB in every provider
process. The sources are regular, so one class is cut out of its file and parsed alone, which takes
milliseconds.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inferplane.errors import InferplaneError

_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_RELATIVE_IMPORT = re.compile(r"^from (\.+)(\w*) import (\w+) as (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class ClassSource:
    """One class of a generated module: its syntax tree and the file that holds it."""

    node: ast.ClassDef
    file: Path

    @property
    def required(self) -> frozenset[str]:
        """The Python names of the constructor's arguments that have no default."""
        for item in self.node.body:
            if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                pairs = zip(item.args.kwonlyargs, item.args.kw_defaults, strict=True)
                return frozenset(argument.arg for argument, default in pairs if default is None)
        return frozenset()

    @property
    def getters(self) -> list[tuple[str, str, ast.expr, str]]:
        """(Pulumi name, Python name, annotation, documentation) of each property."""
        found = []
        for item in self.node.body:
            if not isinstance(item, ast.FunctionDef) or item.returns is None:
                continue
            for decorator in item.decorator_list:
                if ast.unparse(decorator).startswith("pulumi.getter"):
                    name = item.name
                    if isinstance(decorator, ast.Call) and decorator.keywords:
                        name = ast.literal_eval(decorator.keywords[0].value)
                    found.append((name, item.name, item.returns, ast.get_docstring(item) or ""))
        return found


class SdkSource:
    """The sources of one installed SDK (`pulumi_aws`, `pulumi_kubernetes`)."""

    def __init__(self, module: str) -> None:
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            raise InferplaneError(
                f"the Python package {module} is not installed",
                fix=f"pip install {module.replace('_', '-')}",
            )
        self.module = module
        self.root = Path(spec.origin).parent

    @functools.cached_property
    def version(self) -> str:
        """The SDK's version, from its plugin manifest."""
        manifest = json.loads((self.root / "pulumi-plugin.json").read_text(encoding="utf-8"))
        return str(manifest.get("version", "0.0.0"))

    @functools.cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """Type token -> (folder inside the SDK, class name), from the SDK's registration table."""
        text = (self.root / "__init__.py").read_text(encoding="utf-8")
        opening = 'resource_modules="""'
        start = text.index(opening) + len(opening)
        table: list[dict[str, Any]] = json.loads(text[start : text.index('"""', start)])
        return {
            token: (row["fqn"].removeprefix(self.module).strip(".").replace(".", "/"), name)
            for row in table
            for token, name in row["classes"].items()
        }

    def resource_class(self, token: str) -> ClassSource:
        """The resource class of a registered type token."""
        folder, name = self.resources[token]
        return self._find(self.root / folder, name, token)

    def args_class(self, resource: ClassSource) -> ClassSource:
        """A resource's arguments: `<Name>Args`, or `<Name>InitArgs` beside a type of that name."""
        name = resource.node.name
        for candidate in (f"{name}InitArgs", f"{name}Args"):
            if (found := self.class_in(resource.file, candidate)) is not None:
                return found
        raise InferplaneError(f"no arguments class for {name} in {resource.file.name}")

    def class_in(self, file: Path, name: str) -> ClassSource | None:
        """The class `name` of a file, None when it has none."""
        index = _index(file)
        if name not in index:
            return None
        start, end = index[name]
        text = _text(file)[start:end]
        # What follows the class (a decorator, a conditional alias) must not be cut in the middle.
        lines = text.splitlines()
        body = [lines[0], *(line for line in _indented(lines[1:]))]
        node = _parsed("\n".join(body)).body[0]
        assert isinstance(node, ast.ClassDef)
        return ClassSource(node, file)

    def named(self, dotted: str, file: Path) -> ClassSource | None:
        """The class that an annotation in `file` means by `dotted`, None when it is no class of this SDK."""
        *parents, name = dotted.split(".")
        if not parents:
            names = ("_inputs.py", "_enums.py", "outputs.py")
            places: tuple[Path, ...] = (file, *(file.parent / name for name in names))
        else:
            folder, rest = self._import(parents, file)
            if folder is None:
                return None
            for part in rest:
                folder = folder / part
            module = folder.with_suffix(".py")
            places = (module,) if module.exists() else (folder / "_inputs.py", folder / "_enums.py")
        for place in places:
            if place.exists() and (found := self.class_in(place, name)) is not None:
                return found
        return None

    def _import(self, parents: list[str], file: Path) -> tuple[Path | None, list[str]]:
        first, *rest = parents
        if first in {"outputs", "_enums", "_inputs"}:
            return file.parent / first, rest
        for dots, package, imported, alias in _RELATIVE_IMPORT.findall(_text(file)):
            if alias == first:
                folder = file.parent
                for _ in range(len(dots) - 1):
                    folder = folder.parent
                return (folder / package / imported if package else folder / imported), rest
        return None, rest

    def _find(self, folder: Path, name: str, token: str) -> ClassSource:
        stem = re.sub(r"(?<!^)(?=[A-Z])", "_", token.split(":")[1].rsplit("/", 1)[-1]).lower()
        guesses = [folder / f"{stem}.py", folder / f"{name}.py"]
        for file in [*guesses, *sorted(folder.glob("*.py"))]:
            if file.exists() and name in _index(file) and (found := self.class_in(file, name)):
                return found
        raise InferplaneError(f"{self.module} registers {token}, but its class {name} was not found")


def _indented(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if line and not line[0].isspace():
            break
        kept.append(line)
    return kept


@functools.lru_cache(maxsize=64)
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@functools.lru_cache(maxsize=64)
def _index(file: Path) -> dict[str, tuple[int, int]]:
    text = _text(file)
    starts = [(match.start(), match.group(1)) for match in _CLASS.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return {name: (start, end) for (start, name), end in zip(starts, ends, strict=True)}


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SystemError:
        # "AST constructor recursion depth mismatch": the interpreter keeps that depth in one place for all threads and
        # says so when a collection in the middle of the work parses something too (CPython issue 106905). The text is
        # the SDK's own and was valid when it was imported.
        return ast.parse(text)
