"""One call of a function, and what its implementation may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ...cloud import Cloud
from ...tokens import Tokens
from ...values import plain
from ...world import World
from .. import regions


class NotFoundError(Exception):
    """What a function looks for does not exist; the message is shown to the user."""


@dataclass(frozen=True)
class Call:
    """A function call of a provider whose region is `default_region`."""

    token: str
    arguments: Mapping[str, Any]
    default_region: str
    cloud: Cloud
    world: World

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, without its secrecy."""
        value = plain(self.arguments.get(name))
        return default if value is None else value

    @property
    def region(self) -> str:
        """The region that is asked."""
        return str(self.get("region") or self.default_region)

    @property
    def partition(self) -> str:
        """The partition of the region."""
        return regions.partition(self.region)

    def tokens(self, seed: str) -> Tokens:
        """Tokens of something outside of all programs."""
        return Tokens(f"outside|{self.world.account}|{self.region}|{seed}")


Function: TypeAlias = Callable[[Call], dict[str, Any]]
