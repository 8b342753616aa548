"""Deterministic identifiers: every digit of the pretend cloud comes from a seed of one resource."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE36 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Tokens:
    """Tokens of one resource; the same seed and salt always give the same token."""

    seed: str

    def hex(self, length: int, salt: str) -> str:
        """`length` hexadecimal digits."""
        digest = hashlib.sha512(f"{self.seed}|{salt}".encode()).hexdigest()
        return (digest * (1 + length // len(digest)))[:length]

    def number(self, below: int, salt: str) -> int:
        """A whole number from 0 to `below` - 1."""
        return int(self.hex(24, salt), 16) % below

    def digits(self, length: int, salt: str) -> str:
        """`length` decimal digits."""
        return f"{self.number(10**length, salt):0{length}d}"

    def uuid(self, salt: str) -> str:
        """A UUID in its usual form."""
        return str(uuid.UUID(self.hex(32, salt), version=4))

    def base32(self, length: int, salt: str) -> str:
        """`length` characters of the alphabet of AWS's unique ids (AROA...)."""
        return self._spell(_BASE32, length, salt)

    def base36(self, length: int, salt: str) -> str:
        """`length` capital letters and digits (hosted zone ids)."""
        return self._spell(_BASE36, length, salt)

    def _spell(self, alphabet: str, length: int, salt: str) -> str:
        number, text = int(self.hex(128, salt), 16), ""
        for _ in range(length):
            number, index = divmod(number, len(alphabet))
            text += alphabet[index]
        return text
