"""Drives the real engine in a sandbox from Python, for tests of programs and for scripts.

session = Session(project_directory, tmp_path / "sandbox", stack="dev")
session.up()
assert session.outputs()["url"] == "..."
assert session.preview_steps() == {"same": 12}
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from inferplane.sandbox.engine import Engine, Report, to_stderr
from inferplane.sandbox.environment import SandboxEnvironment

Completed = subprocess.CompletedProcess[str]


class PulumiFailedError(AssertionError):
    """A pulumi command ended with another status than expected; the message holds its whole output."""

    def __init__(self, completed: Completed) -> None:
        words = " ".join(map(str, completed.args))
        super().__init__(
            f"`{words}` ended with {completed.returncode}\n{completed.stdout}\n{completed.stderr}"
        )
        self.completed = completed


@dataclass(frozen=True)
class Session:
    """One stack of one project in a sandbox. Sessions that share `directory` share clouds and stacks."""

    project: Path
    directory: Path
    stack: str = "dev"
    engine: Engine | None = None
    """The CLI to use; found when not given."""
    extra: Mapping[str, str] | None = None
    """Variables added to the environment of each run."""
    report: Report = to_stderr

    @cached_property
    def environment(self) -> SandboxEnvironment:
        """The prepared sandbox."""
        return SandboxEnvironment.prepare(
            start=self.project, directory=self.directory, engine=self.engine, report=self.report
        )

    @cached_property
    def variables(self) -> dict[str, str]:
        """The environment of each run; the stack exists once this was asked for."""
        environment = self.environment
        if not environment.stacks.checkpoint(self.stack).is_file():
            environment.stacks.create(self.stack)
        return {**environment.variables, "PULUMI_STACK": self.stack, **(self.extra or {})}

    def run(self, *arguments: str, check: bool = True, timeout: float = 600.0) -> Completed:
        """Run `pulumi *arguments` on the stack, without colours and questions; `timeout` is in seconds.

        Raises `PulumiFailedError` for a status other than 0 unless `check` is False.
        """
        completed = subprocess.run(  # noqa: S603 the sandbox's pulumi
            [
                str(self.directory.absolute() / "bin" / "pulumi"),
                "--non-interactive",
                "--color=never",
                *arguments,
            ],
            cwd=self.project,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and completed.returncode != 0:
            raise PulumiFailedError(completed)
        return completed

    def up(self, *arguments: str, check: bool = True) -> Completed:
        """`pulumi up` without questions and without the preview before it."""
        return self.run("up", "--yes", "--skip-preview", *arguments, check=check)

    def refresh(self, *arguments: str, check: bool = True) -> Completed:
        """`pulumi refresh` without questions."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, check=check)

    def destroy(self, *arguments: str, check: bool = True) -> Completed:
        """`pulumi destroy` without questions."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, check=check)

    def preview(self, *arguments: str) -> dict[str, Any]:
        """The digest of `pulumi preview --json`: `steps`, `changeSummary`, `diagnostics`, `config`."""
        digest: dict[str, Any] = json.loads(self.run("preview", "--json", *arguments).stdout)
        return digest

    def preview_steps(self, *arguments: str) -> dict[str, int]:
        """How many resources a preview would create, update, replace, delete or leave the same."""
        return dict(self.preview(*arguments).get("changeSummary") or {})

    def configure(self, key: str, value: str, *, secret: bool = False) -> None:
        """Set a configuration value, in the sandbox's copy of the stack's settings."""
        self.run("config", "set", *(["--secret"] if secret else ["--plaintext"]), "--", key, value)

    def state(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The stack's state as `pulumi stack export` gives it."""
        exported = self.run("stack", "export", *(["--show-secrets"] if show_secrets else []))
        state: dict[str, Any] = json.loads(exported.stdout)
        return state

    def resources(self) -> list[dict[str, Any]]:
        """The resources of the state."""
        resources: list[dict[str, Any]] = self.state()["deployment"].get("resources") or []
        return resources

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The stack's outputs."""
        answer = self.run("stack", "output", "--json", *(["--show-secrets"] if show_secrets else []))
        outputs: dict[str, Any] = json.loads(answer.stdout)
        return outputs

    def checkpoint_text(self) -> str:
        """The state file as it lies on disk: what a reader of the backend would see."""
        return self.environment.stacks.checkpoint(self.stack).read_text(encoding="utf-8")
