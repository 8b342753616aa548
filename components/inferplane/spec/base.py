"""What all models of the spec share. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Strict

__all__ = ["Flag", "SpecModel", "Whole"]


class SpecModel(BaseModel):
    """A frozen value object: unknown keys are refused, nothing is converted silently."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
    )


Whole = Annotated[int, Strict()]
"""A whole number; "3", 3.0 and true are refused."""

Flag = Annotated[bool, Strict()]
"""true or false; 1 and "yes" are refused."""
