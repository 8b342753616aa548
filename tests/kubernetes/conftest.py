"""The fixtures that run the real engine."""

from tests.sandbox.fixtures import engine, program, sandbox

__all__ = ["engine", "program", "sandbox"]
