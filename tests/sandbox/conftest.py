"""The engine fixtures for this folder's tests."""

from tests.sandbox.fixtures import engine, program, sandbox

__all__ = ["engine", "program", "sandbox"]
