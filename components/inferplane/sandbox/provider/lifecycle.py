"""The life of a resource in the pretend cloud: check, diff, create, read, update, delete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .cloud import AlreadyExistsError, CloudResource, Reference
from .diff import Difference, compare
from .package import CloudError, Package, Subject
from .values import UNKNOWN, Path, Secret, has_unknown, known


@dataclass(frozen=True)
class Plan:
    """What a change of inputs means: the differences, those among them that replace, and in which order."""

    differences: list[Difference]
    replacing: frozenset[Path]
    delete_first: bool


class Lifecycle:
    """The operations of one provider process; `run` tells this engine run from others."""

    def __init__(self, package: Package, run: str) -> None:
        self.package, self.cloud, self.run = package, package.cloud, run

    def diff(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> Plan:
        """Compare old inputs (or what a read found) with new inputs."""
        differences = compare(old, new, lambda path: self.package.is_set(token, path))
        replacing = frozenset(
            each.path for each in differences if self.package.forces_replacement(token, each, new)
        )
        return Plan(differences, replacing, bool(replacing) and self.package.keeps_name(token, old, new))

    def create(
        self, subject: Subject, inputs: dict[str, Any], *, preview: bool
    ) -> tuple[str, dict[str, Any]]:
        """The id and outputs of a new resource; a preview gives no id and UNKNOWN for computed outputs."""
        references = self._check_references(subject, inputs, preview=preview)
        if preview:
            made = self.package.make(subject, inputs, f"{subject.urn}#0", None)
            self.cloud.plan(self.run, made.identities)
            return "", mask(made.outputs, inputs)
        seed = self.cloud.birth(subject.urn)
        made = self.package.make(subject, inputs, seed, None)
        resource = CloudResource(
            package=self.package.name,
            type=subject.type,
            scope=made.scope,
            id=made.id,
            arn=made.arn,
            name=made.name,
            urn=subject.urn,
            region=made.region,
            seed=seed,
            inputs=inputs,
            outputs=made.outputs,
            references=tuple(references),
        )
        try:
            self.cloud.insert(resource, made.identities)
        except AlreadyExistsError as error:
            kind = subject.type.rsplit(":", 1)[-1]
            raise CloudError(
                f"AlreadyExists: there is already a {kind} {made.id!r} in this sandbox"
            ) from error
        return made.id, made.outputs

    def update(
        self,
        subject: Subject,
        id_: str,
        old_state: dict[str, Any],
        new: dict[str, Any],
        *,
        preview: bool,
    ) -> dict[str, Any]:
        """The outputs after a change of inputs."""
        resource = self._find(subject, id_, old_state)
        if resource is None:
            raise CloudError(
                f"NotFound: {subject.type.rsplit(':', 1)[-1]} {id_!r} is gone from this sandbox;"
                " run `pulumi refresh`"
            )
        references = self._check_references(subject, new, preview=preview)
        made = self.package.make(subject, new, resource.seed, resource)
        if preview:
            told = mask(made.outputs, {**made.outputs, **new}) if has_unknown(new) else made.outputs
            volatile = self.package.changes_on_update(subject.type)
            return {
                key: UNKNOWN if key in volatile and key not in new else value for key, value in told.items()
            }
        changed = replace(
            resource,
            arn=made.arn,
            name=made.name,
            urn=subject.urn,
            inputs=new,
            outputs=made.outputs,
            references=tuple(references),
        )
        self.cloud.update(changed, made.identities)
        return made.outputs

    def read(
        self,
        subject: Subject,
        id_: str,
        state: dict[str, Any],
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """(inputs, outputs) of what the cloud holds, None when there is nothing."""
        resource = self._find(subject, id_, state)
        if resource is not None:
            resource = self.package.seen(resource)
            return dict(resource.inputs), dict(resource.outputs)
        imagined = self.package.imagine(subject, id_)
        if imagined is None:
            return None
        made = self.package.make(subject, imagined, f"{subject.type}|{id_}", None)
        return imagined, made.outputs

    def delete(self, subject: Subject, id_: str, state: dict[str, Any]) -> None:
        """Remove a resource; what is gone already is no error."""
        resource = self._find(subject, id_, state)
        if resource is None:
            return
        reason = self.package.refuse_deletion(resource)
        if reason is not None:
            raise CloudError(reason)
        self.package.deleted(resource)
        self.cloud.delete(resource.key)

    def _find(self, subject: Subject, id_: str, state: dict[str, Any]) -> CloudResource | None:
        return self.cloud.find(subject.type, id_, self.package.scope(subject.type, state))

    def _check_references(
        self, subject: Subject, inputs: dict[str, Any], *, preview: bool
    ) -> list[Reference]:
        references = self.package.references(subject, known(inputs))
        # All of them at once and sorted: properties arrive in no particular order.
        missing = sorted(
            self.package.missing(reference)
            for reference in references
            if not self._exists(reference, preview=preview)
        )
        if missing:
            raise CloudError("\n".join(missing))
        return references

    def _exists(self, reference: Reference, *, preview: bool) -> bool:
        found = self.cloud.identities(reference.value)
        if preview:
            found += self.cloud.planned(self.run, reference.value)
        if any(not reference.kinds or not each.kind or each.kind in reference.kinds for each in found):
            return True
        return reference.value in self.package.world.existing or self.package.exists_anyway(reference)


def mask(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """`outputs` in which everything that the inputs do not tell is UNKNOWN."""
    return {
        key: _masked(value, inputs[key]) if inputs.get(key) is not None else UNKNOWN
        for key, value in outputs.items()
    }


def _masked(value: Any, given: Any) -> Any:
    if isinstance(given, Secret):
        inner = value.value if isinstance(value, Secret) else value
        return Secret(_masked(inner, given.value))
    if isinstance(value, Secret):
        return Secret(_masked(value.value, given))
    if isinstance(value, dict) and isinstance(given, dict):
        return {
            key: _masked(item, given[key]) if given.get(key) is not None else UNKNOWN
            for key, item in value.items()
        }
    return given
