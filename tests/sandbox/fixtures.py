"""Fixtures for tests that run the real engine: import them in a conftest to use them elsewhere."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.engine import Engine, find_engine
from inferplane.sandbox.session import Session

__all__ = ["engine", "program", "sandbox"]

SandboxFactory = Callable[..., Session]
ProgramFactory = Callable[..., Session]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The Pulumi CLI, found or made once."""
    return find_engine()


@pytest.fixture
def sandbox(engine: Engine, tmp_path: Path) -> SandboxFactory:
    """`sandbox(project_directory, stack="dev")` -> a Session on an empty sandbox of this test.

    All sessions of a test share the sandbox (the pretend cloud and the backend).
    """

    def make(project: Path, stack: str = "dev", **options: object) -> Session:
        return Session(Path(project), tmp_path / "sandbox", stack, engine, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def program(sandbox: SandboxFactory, tmp_path: Path) -> ProgramFactory:
    """`program(source, stack="dev")` -> a Session on a project made of this one __main__.py."""

    def make(source: str, *, name: str = "demo", stack: str = "dev", **options: object) -> Session:
        folder = tmp_path / name
        (folder / "infra").mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text(
            f"name: {name}\nruntime: python\nmain: infra\nstackConfigDir: stacks\n"
        )
        (folder / "infra" / "__main__.py").write_text(textwrap.dedent(source))
        return sandbox(folder, stack, **options)

    return make
