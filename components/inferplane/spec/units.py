"""Quantities with their unit: durations, sizes and shares. Pure.

A number without a unit is refused, so that nobody has to guess: seconds or milliseconds, GB or GiB, 0.5 or
0.5 %.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from inferplane.errors import InferplaneError
from inferplane.spec.refusal import refusal

__all__ = ["Duration", "Share", "Size"]

# Far more than any real quantity: without a limit a fleet file could hold a number of a million digits.
_MOST = Fraction(10**18)
_NUMBER = r"([0-9]{1,18}(?:\.[0-9]{1,18})?)"


def _decimal(value: Fraction) -> str:
    """Write a fraction with a finite decimal expansion without exponent or trailing zeros."""
    text = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: float) -> Fraction:
    """Return the shortest decimal that reads back as `value`, exactly."""
    return Fraction(repr(value))


class _Quantity(ABC):
    """What the three have in common: text in, a value in its base unit, canonical text out."""

    KIND: ClassVar[str]
    UNITS: ClassVar[Mapping[str, Fraction]]
    EXAMPLES: ClassVar[str]
    SPELLINGS: ClassVar[Mapping[str, str]]
    """Other spellings of a unit, in lower case, for the hint only."""

    @classmethod
    @abstractmethod
    def _of(cls, amount: Fraction) -> Self:
        """Return the value of `amount` base units."""

    @classmethod
    def pattern(cls) -> str:
        """Return the regular expression that a text must match, anchored, as JSON Schema wants it."""
        return f"^{_NUMBER}({'|'.join(cls.UNITS)})$"

    @classmethod
    def parse(cls, text: Any) -> Self:
        """Read a quantity. Raises InferplaneError that says which unit to write."""
        if isinstance(text, cls):
            return text
        if isinstance(text, str):
            match = re.fullmatch(cls.pattern()[1:-1], text)
            amount = Fraction(match[1]) * cls.UNITS[match[2]] if match else None
            if amount is not None and amount < _MOST:
                return cls._of(amount)
        raise InferplaneError(
            "has no unit"
            if isinstance(text, int | float) and not isinstance(text, bool)
            else f"is not {cls.KIND}",
            allowed=f"{cls.KIND}: a number and a unit ({', '.join(cls.UNITS)}), e.g. {cls.EXAMPLES}",
            fix=cls._hint(text),
        )

    @classmethod
    def _hint(cls, text: object) -> str:
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            return f"write {cls.KIND}, e.g. {cls.EXAMPLES.split(',')[0]}"
        match = re.fullmatch(r"\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*([A-Za-z%]*)\s*", str(text))
        if match and match[2]:
            unit = cls.SPELLINGS.get(match[2].lower())
            if unit:
                return f'write "{match[1]}{unit}"'
        elif match and len(match[1]) <= 18:
            return cls._bare(match[1])
        return f"write {cls.KIND}, e.g. {cls.EXAMPLES.split(',')[0]}"

    @classmethod
    def _bare(cls, number: str) -> str:
        units = list(cls.UNITS)
        return f'write "{number}{units[0]}" or "{number}{units[1]}", whichever is meant'

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: Any) -> Any:
            try:
                return cls.parse(value)
            except InferplaneError as error:
                raise refusal(error.what, allowed=error.allowed, fix=error.fix) from None

        return core_schema.no_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": cls.pattern()}


@dataclass(frozen=True, order=True)
class Duration(_Quantity):
    """A length of time: "250ms", "1.5s", "15m", "4h", "1d"."""

    seconds: float

    KIND: ClassVar[str] = "a duration"
    UNITS: ClassVar[Mapping[str, Fraction]] = {
        "s": Fraction(1),
        "ms": Fraction(1, 1000),
        "m": Fraction(60),
        "h": Fraction(3600),
        "d": Fraction(86400),
    }
    EXAMPLES: ClassVar[str] = "2s, 250ms, 15m, 4h, 1d"
    SPELLINGS: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("d", "day", "days"), "d"),
    }

    @classmethod
    def _of(cls, amount: Fraction) -> Self:
        return cls(float(amount))

    def __str__(self) -> str:
        amount = _exact(self.seconds)
        for unit in ("d", "h", "m", "s", "ms"):
            count = amount / self.UNITS[unit]
            if count.denominator == 1 and count >= 1:
                return f"{count.numerator}{unit}"
        return f"{_decimal(amount)}s"


@dataclass(frozen=True, order=True)
class Size(_Quantity):
    """An amount of bytes: "16GiB" (2^30 bytes each), "140GB" (10^9 bytes each)."""

    bytes: int

    KIND: ClassVar[str] = "a size"
    UNITS: ClassVar[Mapping[str, Fraction]] = {
        "GiB": Fraction(2**30),
        "GB": Fraction(10**9),
        "MiB": Fraction(2**20),
        "MB": Fraction(10**6),
        "TiB": Fraction(2**40),
        "TB": Fraction(10**12),
        "KiB": Fraction(2**10),
        "kB": Fraction(10**3),
        "B": Fraction(1),
    }
    EXAMPLES: ClassVar[str] = "16GiB, 140GB"
    SPELLINGS: ClassVar[Mapping[str, str]] = {
        **{unit.lower(): unit for unit in UNITS},
        "ki": "KiB",
        "mi": "MiB",
        "gi": "GiB",
        "ti": "TiB",
        "k": "kB",
        "m": "MB",
        "g": "GB",
        "t": "TB",
    }

    @property
    def gib(self) -> float:
        """The size in units of 2^30 bytes."""
        return self.bytes / 2**30

    @classmethod
    def _of(cls, amount: Fraction) -> Self:
        return cls(round(amount))

    def __str__(self) -> str:
        whole = [
            f"{self.bytes // int(scale)}{unit}"
            for unit, scale in self.UNITS.items()
            if self.bytes % int(scale) == 0
        ]
        return min(whole, key=len)


@dataclass(frozen=True, order=True)
class Share(_Quantity):
    """A part of a whole, between 0% and 100%: "0.5%"."""

    fraction: float

    KIND: ClassVar[str] = "a share"
    UNITS: ClassVar[Mapping[str, Fraction]] = {"%": Fraction(1, 100)}
    EXAMPLES: ClassVar[str] = "0.5%, 99.9%"
    SPELLINGS: ClassVar[Mapping[str, str]] = dict.fromkeys(("%", "percent", "pct", "pc"), "%")

    @property
    def percent(self) -> float:
        """The share in per cent."""
        return float(_exact(self.fraction) * 100)

    @classmethod
    def _of(cls, amount: Fraction) -> Self:
        if amount > 1:
            raise InferplaneError("is more than the whole", allowed="0% to 100%", fix="write at most 100%")
        return cls(float(amount))

    @classmethod
    def _bare(cls, number: str) -> str:
        value = Fraction(number.replace("_", ""))
        as_fraction = f'"{_decimal(value * 100)}%"'
        if value > 1:
            return f'write "{number}%"'
        return f'write {as_fraction} if a fraction is meant, "{number}%" if per cent'

    def __str__(self) -> str:
        return f"{_decimal(_exact(self.fraction) * 100)}%"
