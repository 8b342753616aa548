"""How a validator of a field says no: what is wrong, what is allowed, how to mend it. Pure."""

from pydantic_core import PydanticCustomError

__all__ = ["REFUSAL", "refusal"]

REFUSAL = "inferplane_refusal"
"""Pydantic's error type of a refusal; errors.py renders it from its context."""


def refusal(what: str, *, allowed: str = "", fix: str = "") -> PydanticCustomError:
    """Return the exception that a field's validator raises.

    `what` continues "<path>: <value> ..." without naming either; `allowed` and `fix` are short sentences.
    """
    return PydanticCustomError(REFUSAL, "{what}", {"what": what, "allowed": allowed, "fix": fix})
