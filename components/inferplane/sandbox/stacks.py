"""The stacks of a sandbox's file backend: made when first used, and unlocked after a process that died."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any

from inferplane.errors import InferplaneError
from inferplane.sandbox.stack_settings import StackSettings

ORGANIZATION = "organization"  # the constant organization of self-managed backends


@dataclass(frozen=True)
class StackStore:
    """The stacks of one project in one sandbox."""

    settings: StackSettings
    directory: Path
    """The sandbox's directory."""
    engine: str
    variables: Mapping[str, str] | None = None
    """The environment for the CLI; default: this process's."""

    def ensure(self, stack: str, source: Path | None = None) -> Path:
        """Put the stack's settings in place, make the stack if the backend lacks it; returns the settings.

        Raises `InferplaneError` for a stack that has neither a settings file in the project nor a state here.
        """
        exists = self.checkpoint(stack).is_file()
        if not exists and source is None and not self.is_described(stack):
            raise self.settings.project.unknown_stack(stack)
        copy = self.settings.refresh_stack(stack, source)
        if not exists:
            self.create(stack)
        return copy

    def create(self, stack: str) -> None:
        """Make an empty stack; it need not be described in the project."""
        self.settings.refresh_project()
        self.settings.refresh_stack(stack)
        command = [self.engine, "--cwd", str(self.settings.root), "--non-interactive"]
        answer = subprocess.run(  # noqa: S603 the engine chosen by the environment
            [*command, "stack", "init", stack, "--no-select"],
            env=None if self.variables is None else dict(self.variables),
            capture_output=True,
            text=True,
            check=False,
        )
        if (
            answer.returncode != 0 and not self.checkpoint(stack).is_file()
        ):  # another process may have been faster
            raise InferplaneError(
                f"the stack could not be made: {answer.stderr.strip() or answer.stdout.strip()}", where=stack
            )

    def is_described(self, stack: str) -> bool:
        """Whether the project has a settings file for it."""
        return self.settings.project.stack_file(stack).is_file()

    def checkpoint(self, stack: str) -> Path:
        """The stack's state file in the backend."""
        return self._bookkeeping / "stacks" / self.settings.project.name / f"{stack}.json"

    def pending_operations(self, stack: str) -> list[str]:
        """URNs of resources whose operation had begun when a run was killed."""
        operations = self._latest(stack).get("pending_operations") or []
        return [operation["resource"]["urn"] for operation in operations]

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """The resources in the stack's state, as recorded (encrypted secrets stay encrypted)."""
        return list(self._latest(stack).get("resources") or [])

    def selected(self) -> str | None:
        """The stack chosen by `pulumi stack select`, as `organization/project/stack`."""
        project_file = str((self.settings.root / self.settings.project.file.name).resolve())
        digest = sha1(project_file.encode(), usedforsecurity=False).hexdigest()
        file = (
            self.directory / "home" / "workspaces" / f"{self.settings.project.name}-{digest}-workspace.json"
        )
        if not file.is_file():
            return None
        choice = json.loads(file.read_text(encoding="utf-8"))
        chosen = next(iter((choice.get("stacks") or {}).values()), choice.get("stack"))
        return str(chosen) if chosen else None

    def release_dead_locks(self, stack: str, report: Callable[[str], None]) -> None:
        """Remove locks of processes that ended without removing them (killed, crashed, machine restarted).

        Raises `InferplaneError` when a living process, or one of another machine, holds the stack.
        """
        for file in (self._bookkeeping / "locks" / ORGANIZATION / self.settings.project.name / stack).glob(
            "*.json"
        ):
            try:
                holder = json.loads(file.read_text(encoding="utf-8"))
            except (
                FileNotFoundError,
                ValueError,
            ):  # released in this moment, or half-written by a killed process
                holder = {}
            pid, host = int(holder.get("pid") or 0), holder.get("hostname") or platform.node()
            if host == platform.node() and not _is_pulumi(pid):
                file.unlink(missing_ok=True)
                report(f"removed the lock on stack {stack} of a pulumi that is no more (pid {pid})")
            else:
                raise InferplaneError(
                    f"stack {stack!r} is in use by another pulumi (pid {pid} on {host})",
                    where="sandbox",
                    fix="wait until it ends; if it is no more: "
                    f"scripts/sandbox pulumi cancel --yes --stack {stack}",
                )

    def _latest(self, stack: str) -> dict[str, Any]:
        if not self.checkpoint(stack).is_file():
            return {}
        checkpoint = json.loads(self.checkpoint(stack).read_text(encoding="utf-8"))
        return (checkpoint.get("checkpoint") or {}).get("latest") or {}

    @property
    def _bookkeeping(self) -> Path:
        return self.directory / "backend" / ".pulumi"


def _is_pulumi(pid: int) -> bool:
    """Whether the process lives and is a pulumi: a number may have been given to another process since."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    name = Path(f"/proc/{pid}/comm")
    return not name.is_file() or "pulumi" in name.read_text(encoding="utf-8")
