"""Engine fixtures."""

from tests.sandbox.fixtures import engine, sandbox

__all__ = ["engine", "sandbox"]
