"""What the sandbox needs to know of a Pulumi project: its root, its name and its stacks."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from inferplane.errors import InferplaneError

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")  # the names that the Pulumi CLI looks for (it also takes JSON)


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml. `root` is absolute."""

    root: Path
    file: Path

    @classmethod
    def find(cls, start: Path) -> "Project":
        """The project that `start` lies in; raises `InferplaneError` outside of any."""
        here = start.resolve()
        for folder in (here, *here.parents):
            for name in PROJECT_FILES:
                if (folder / name).is_file():
                    return cls(folder, folder / name)
        raise InferplaneError(
            "no Pulumi.yaml here or in a folder above",
            where=str(start),
            fix="run the command inside of a Pulumi project",
        )

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The parsed Pulumi.yaml; raises `InferplaneError` when it is no YAML mapping."""
        return check_mapping(self.file.read_text(encoding="utf-8", errors="replace"), str(self.file))

    @property
    def name(self) -> str:
        """The project's name, which Pulumi requires."""
        name = self.settings.get("name")
        if not isinstance(name, str) or not name:
            raise InferplaneError(
                "the project has no name", where=str(self.file), fix="add a line `name: <name>`"
            )
        return name

    @property
    def stack_directory(self) -> Path:
        """Where the files Pulumi.<stack>.yaml lie."""
        return self.root / str(self.settings.get("stackConfigDir") or "")

    def stack_file(self, stack: str) -> Path:
        """The settings file of a stack; it need not exist."""
        return self.stack_directory / f"Pulumi.{stack}{self.file.suffix}"

    def stacks(self) -> tuple[str, ...]:
        """The names of the stacks that have a settings file, sorted."""
        found = self.stack_directory.glob(f"Pulumi.*{self.file.suffix}")
        return tuple(
            sorted(path.name.removeprefix("Pulumi.").removesuffix(self.file.suffix) for path in found)
        )

    def unknown_stack(self, stack: str) -> InferplaneError:
        """The error for a stack that nobody has described."""
        known = ", ".join(self.stacks()) or "none yet"
        return InferplaneError(
            f"there is no stack {stack!r}",
            where=self.name,
            allowed=known,
            fix=f"name one of these, or write {self.stack_file(stack).relative_to(self.root)}",
        )


def check_mapping(text: str, where: str) -> dict[str, Any]:
    """The content of a YAML text that holds a mapping or nothing; else an `InferplaneError` with the line."""
    try:
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InferplaneError(f"this is no YAML: {error.problem}", where=f"{where}{line}") from error
    except yaml.YAMLError as error:
        raise InferplaneError(f"this is no YAML: {error}", where=where) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InferplaneError(f"a mapping is needed, not {type(content).__name__}", where=where)
    return content
