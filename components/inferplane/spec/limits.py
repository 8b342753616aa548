"""Bounds of a quantity. Pure."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from inferplane.spec.refusal import refusal

__all__ = ["Between"]


@dataclass(frozen=True)
class Between:
    """Both bounds are allowed; they are written in the quantity's own form."""

    low: str
    high: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        low, high = source.parse(self.low), source.parse(self.high)

        def check(value: Any) -> Any:
            if not low <= value <= high:
                raise refusal(
                    "is too small" if value < low else "is too large",
                    allowed=f'"{self.low}" to "{self.high}"',
                    fix=f'write at least "{self.low}"' if value < low else f'write at most "{self.high}"',
                )
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))
