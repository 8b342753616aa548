"""A copy of the project for each test, so that fleet files can be edited."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.engine import Engine
from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import engine, sandbox

__all__ = ["deployed_staging", "engine", "sandbox", "stack", "staging"]

ROOT = Path(__file__).parents[2]


def _copy_of_the_project(target: Path) -> Path:
    target.mkdir()
    for name in ("infra", "stacks", "policies"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", target)
    return target


@pytest.fixture
def stack(sandbox: Callable[..., Session], tmp_path: Path) -> Callable[[str], Session]:
    """`stack("dev")` -> a Session on a copy of this project; sessions of one test share it, and its pretend cloud."""
    copy = _copy_of_the_project(tmp_path / "project")
    return lambda name: sandbox(copy, name)


@pytest.fixture(scope="session")
def deployed_staging(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the project and a sandbox in which staging is up: made once, never used itself."""
    folder = tmp_path_factory.mktemp("staging")
    Session(_copy_of_the_project(folder / "project"), folder / "sandbox", "staging", engine).up()
    return folder


@pytest.fixture
def staging(deployed_staging: Path, engine: Engine, tmp_path: Path) -> Session:
    """A Session of this test's own on a staging stack that is up."""
    copy = tmp_path / "staging"
    shutil.copytree(deployed_staging, copy, symlinks=True)
    return Session(copy / "project", copy / "sandbox", "staging", engine)
