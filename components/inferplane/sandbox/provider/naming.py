"""Automatic names as Pulumi's own providers make them: the logical name, a dash and random hex digits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


class NameTooLongError(ValueError):
    """A logical name that leaves no room for the random suffix."""


@dataclass(frozen=True)
class AutoName:
    """How the names of one type are made: which property, the longest name, the number of random digits."""

    property: str = "name"
    longest: int = 255
    digits: int = 7
    prefix: str = ""
    suffix: str = ""
    lower: bool = False

    def make(self, logical_name: str, random_seed: bytes) -> str:
        """A name that depends on the engine's random seed alone; raises NameTooLongError."""
        base = logical_name.lower() if self.lower else logical_name
        digits = hashlib.sha256(random_seed + base.encode()).hexdigest()[: self.digits]
        name = f"{self.prefix}{base}-{digits}{self.suffix}"
        if len(name) > self.longest:
            raise NameTooLongError(
                f"the automatic name {name!r} would have {len(name)} characters, {self.longest} are allowed:"
                f" shorten the resource's name or give {self.property!r}"
            )
        return name
