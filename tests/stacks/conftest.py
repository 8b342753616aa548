"""A copy of the project for each test, so that fleet files can be edited."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import engine, sandbox

__all__ = ["engine", "sandbox", "stack"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stack(sandbox: Callable[..., Session], tmp_path: Path) -> Callable[[str], Session]:
    """`stack("dev")` -> a Session on a copy of this project; sessions of one test share it, and its pretend cloud."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in ("infra", "stacks", "policies"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", copy)
    return lambda name: sandbox(copy, name)
