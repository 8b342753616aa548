"""What the lifecycle needs to know of a package (`aws`, `kubernetes`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .cloud import Cloud, CloudResource, Identity, Reference
from .diff import Difference
from .schema import Schemas
from .validation import Failure
from .values import Path
from .world import World


class CloudError(Exception):
    """An operation that the pretend cloud refuses; the message is shown to the user as it stands."""


@dataclass(frozen=True)
class Subject:
    """The resource that a request is about: its URN, type token and logical name."""

    urn: str
    type: str
    name: str


@dataclass(frozen=True)
class CheckContext:
    """What a check has beside the inputs: what was there before, and where random names come from."""

    olds: Mapping[str, Any]
    random_seed: bytes
    proposed_name: str = ""
    naming_disabled: bool = False


@dataclass(frozen=True)
class Made:
    """A resource as the cloud holds it after a create or update."""

    id: str
    arn: str
    name: str
    scope: str
    region: str
    outputs: dict[str, Any]
    identities: list[Identity]


class Package(ABC):
    """The rules of one package over the shared pretend cloud."""

    name: str

    def __init__(self, cloud: Cloud, world: World) -> None:
        self.cloud, self.world = cloud, world

    @property
    @abstractmethod
    def schemas(self) -> Schemas:
        """The types of the installed SDK."""

    @abstractmethod
    def check_config(self, inputs: dict[str, Any]) -> list[Failure]:
        """The mistakes in a provider resource's inputs."""

    @abstractmethod
    def configure(self, inputs: dict[str, Any]) -> None:
        """Take the provider resource's inputs."""

    def config_forces_replacement(self, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Whether a change of the provider's inputs means that all of its resources are elsewhere now."""
        return False

    @abstractmethod
    def check(
        self, subject: Subject, inputs: dict[str, Any], context: CheckContext
    ) -> tuple[dict[str, Any], list[Failure]]:
        """The inputs with defaults filled in, and the mistakes in them."""

    def is_set(self, token: str, path: Path) -> bool:
        """Whether the list at `path` has no order."""
        return False

    @abstractmethod
    def forces_replacement(self, token: str, difference: Difference, new: dict[str, Any]) -> bool:
        """Whether a difference can only be had by a new resource."""

    @abstractmethod
    def keeps_name(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Whether a replacement would have the same given name, so that the old one must go first."""

    @abstractmethod
    def scope(self, token: str, state: Mapping[str, Any]) -> str:
        """Where a resource's id is unique: a region, a cluster, or nothing for what is global."""

    @abstractmethod
    def make(
        self, subject: Subject, inputs: dict[str, Any], seed: str, previous: CloudResource | None
    ) -> Made:
        """The resource that these inputs give; raises CloudError. Unknown inputs are taken as not given."""

    def changes_on_update(self, token: str) -> frozenset[str]:
        """Outputs that every update changes, so that a preview can not tell them."""
        return frozenset()

    @abstractmethod
    def references(self, subject: Subject, inputs: dict[str, Any]) -> list[Reference]:
        """What known inputs refer to."""

    @abstractmethod
    def exists_anyway(self, reference: Reference) -> bool:
        """Whether the target of a reference exists without any resource of this sandbox."""

    @abstractmethod
    def missing(self, reference: Reference) -> str:
        """The message for a reference whose target does not exist."""

    def refuse_deletion(self, resource: CloudResource) -> str | None:
        """Why `resource` can not be deleted now."""
        return None

    def deleted(self, resource: CloudResource) -> None:
        """Clear away what goes with a deleted resource."""
        return

    def seen(self, resource: CloudResource) -> CloudResource:
        """A resource as a read shows it."""
        return resource

    def imagine(self, subject: Subject, id_: str) -> dict[str, Any] | None:
        """The inputs of a resource that exists outside of all programs, None when there is none."""
        return None

    @abstractmethod
    def invoke(self, token: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        """The result of a function call; raises CloudError for a function that is not known."""
