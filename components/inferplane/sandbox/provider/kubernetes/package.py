"""The package `kubernetes` as a whole."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from ..aws.references import by_shape
from ..cloud import CloudResource, Identity, Reference
from ..diff import Difference
from ..naming import AutoName, NameTooLongError
from ..package import CheckContext, CloudError, Made, Package, Subject
from ..property_types import PropertyType
from ..schema import Schemas
from ..tokens import Tokens
from ..validation import Failure, check_shape, check_type
from ..values import UNKNOWN, known, leaves, plain
from . import kinds
from .cluster import ProviderConfig
from .objects import make_outputs

_AUTONAMED: Final = "pulumi.com/autonamed"
_OBJECT_NAME: Final = AutoName(longest=253, digits=8)
_RELEASE_NAME: Final = AutoName(longest=53, digits=8)  # Helm's limit, so that 63 hold what charts append
_FREE_TEXT: Final = frozenset({"data", "stringData", "binaryData", "labels", "selector", "matchLabels"})


class KubernetesPackage(Package):
    """The objects of pretend clusters; one instance serves one `kubernetes.Provider`."""

    name = "kubernetes"
    config = ProviderConfig()

    @functools.cached_property
    def schemas(self) -> Schemas:
        """The types of the installed pulumi-kubernetes."""
        return Schemas("pulumi_kubernetes")

    # --- configuration

    def check_config(self, inputs: dict[str, Any]) -> list[Failure]:
        """Unknown settings."""
        names = {key for key in inputs if not key.startswith("__")} - {"version", "pluginDownloadURL"}
        shape = self.schemas.provider_inputs
        return list(check_shape(dict.fromkeys(names, UNKNOWN), shape))

    def configure(self, inputs: dict[str, Any]) -> None:
        """Take the kubeconfig's cluster and the default namespace."""
        self.config = ProviderConfig.parse(inputs)

    def config_forces_replacement(self, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Objects can not move to another cluster."""
        if new.get("kubeconfig") is UNKNOWN or old.get("kubeconfig") is None:
            return False
        return ProviderConfig.parse(old).cluster != ProviderConfig.parse(new).cluster

    # --- checks

    def check(
        self, subject: Subject, inputs: dict[str, Any], context: CheckContext
    ) -> tuple[dict[str, Any], list[Failure]]:
        """Validate, then name the object and place it in a namespace."""
        complete = self._complete_release if subject.type == kinds.RELEASE else self._complete_object
        if subject.type in self.schemas:
            failures = list(check_shape(inputs, self.schemas.resource(subject.type).inputs))
        else:
            failures = self._check_custom(subject, inputs)
        return inputs if failures else complete(subject, inputs, context, failures), failures

    def _check_custom(self, subject: Subject, inputs: dict[str, Any]) -> list[Failure]:
        """A custom resource's `spec` and further fields are free; the rest is as in any object."""
        failures = list(check_type(inputs.get("metadata"), self._metadata_type, ("metadata",)))
        wanted = {"apiVersion": kinds.api_version_of(subject.type), "kind": kinds.kind_of(subject.type)}
        for name, value in wanted.items():
            if inputs.get(name) is not UNKNOWN and plain(inputs.get(name)) != value:
                failures.append(Failure((name,), f"expected {value!r}, got {plain(inputs.get(name))!r}"))
        return failures

    @functools.cached_property
    def _metadata_type(self) -> PropertyType:
        return self.schemas.resource(kinds.NAMESPACE).inputs.properties["metadata"].type

    def _complete_object(
        self, subject: Subject, inputs: dict[str, Any], context: CheckContext, failures: list[Failure]
    ) -> dict[str, Any]:
        metadata = inputs.get("metadata")
        if metadata is not None and not isinstance(metadata, dict):
            return inputs
        metadata = dict(metadata or {})
        if kinds.is_namespaced(subject.type) and not metadata.get("namespace"):
            metadata["namespace"] = self.config.namespace
        if not metadata.get("name") and not metadata.get("generateName") and not context.naming_disabled:
            metadata["name"] = self._automatic_name(subject, context, failures)
            metadata["annotations"] = {**(metadata.get("annotations") or {}), _AUTONAMED: "true"}
        return {**inputs, "metadata": metadata}

    def _automatic_name(self, subject: Subject, context: CheckContext, failures: list[Failure]) -> str | None:
        old = plain(context.olds.get("metadata") or {})
        if isinstance(old, dict) and (old.get("annotations") or {}).get(_AUTONAMED) == "true":
            return str(old["name"])
        try:
            return context.proposed_name or _OBJECT_NAME.make(subject.name, context.random_seed)
        except NameTooLongError as error:
            failures.append(Failure(("metadata", "name"), str(error)))
            return None

    def _complete_release(
        self, subject: Subject, inputs: dict[str, Any], context: CheckContext, failures: list[Failure]
    ) -> dict[str, Any]:
        filled = {**inputs, "namespace": inputs.get("namespace") or self.config.namespace}
        if not filled.get("name"):
            filled["__defaults"] = ["name"]
            try:
                filled["name"] = (
                    context.olds.get("name")
                    or context.proposed_name
                    or _RELEASE_NAME.make(subject.name, context.random_seed)
                )
            except NameTooLongError as error:
                failures.append(Failure(("name",), str(error)))
        return filled

    # --- differences

    def forces_replacement(self, token: str, difference: Difference, new: dict[str, Any]) -> bool:
        """By the table of immutable fields."""
        return kinds.forces_replacement(token, difference.path)

    def keeps_name(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """A given name in the same namespace is taken while the old object lives."""
        if token == kinds.RELEASE:
            same = all(plain(old.get(key)) == plain(new.get(key)) for key in ("name", "namespace"))
            return same and "name" not in (new.get("__defaults") or [])
        before, after = plain(old.get("metadata")) or {}, plain(new.get("metadata")) or {}
        if (
            before is UNKNOWN
            or after is UNKNOWN
            or (after.get("annotations") or {}).get(_AUTONAMED) == "true"
        ):
            return False
        return all(before.get(key) == after.get(key) for key in ("name", "namespace"))

    # --- objects

    def scope(self, token: str, state: Mapping[str, Any]) -> str:
        """The cluster."""
        return self.config.cluster

    def make(
        self, subject: Subject, inputs: dict[str, Any], seed: str, previous: CloudResource | None
    ) -> Made:
        """Compute the object that the API server would return."""
        opened = known(inputs)
        where = opened if subject.type == kinds.RELEASE else opened.get("metadata", {})
        tokens = Tokens(f"{seed}|{self.config.cluster}")
        name = str(where.get("name") or f"{where.get('generateName', '')}{tokens.hex(5, 'name')}")
        namespace = str(where.get("namespace") or "")
        id_ = f"{namespace}/{name}" if namespace else name
        region = "us-east-1"  # only balancers' host names show it
        outputs = make_outputs(subject.type, inputs, tokens, region, previous)
        if subject.type != kinds.RELEASE and isinstance(outputs.get("metadata"), dict):
            outputs["metadata"].setdefault("name", name)
        identity = Identity(self._key(kinds.kind_of(subject.type), id_), subject.type, self.config.cluster)
        return Made(id_, "", name, self.config.cluster, "", outputs, [identity])

    def _key(self, kind: str, id_: str) -> str:
        """The string by which others refer to an object: names are shared by clusters and kinds."""
        return f"kubernetes:{self.config.cluster}:{kind}:{id_}"

    def deleted(self, resource: CloudResource) -> None:
        """With a namespace goes all that is in it."""
        if resource.type == kinds.NAMESPACE:
            for other in self.cloud.resources(package=self.name):
                if other.scope == resource.scope and other.id.startswith(f"{resource.id}/"):
                    self.cloud.delete(other.key)

    # --- references

    def references(self, subject: Subject, inputs: dict[str, Any]) -> list[Reference]:
        """The namespace, and every id or ARN of AWS outside of labels and free data."""
        found = []
        path, where = (
            ("namespace", inputs)
            if subject.type == kinds.RELEASE
            else ("metadata.namespace", inputs.get("metadata", {}))
        )
        namespace = where.get("namespace")
        if namespace and not inputs.get("createNamespace") and kinds.is_namespaced(subject.type):
            found.append(Reference(path, self._key("Namespace", namespace), (kinds.NAMESPACE,)))
        for leaf_path, value in leaves(inputs):
            if isinstance(value, str) and not _FREE_TEXT.intersection(map(str, leaf_path)):
                reference = by_shape(leaf_path, value, self.world.account)
                if reference is not None:
                    found.append(reference)
        return found

    def exists_anyway(self, reference: Reference) -> bool:
        """The namespaces that every cluster has."""
        name = reference.value.rsplit(":", 1)[-1]
        return reference.kinds == (kinds.NAMESPACE,) and name in kinds.SYSTEM_NAMESPACES

    def missing(self, reference: Reference) -> str:
        """The message for a namespace, id or ARN that leads nowhere."""
        if reference.kinds == (kinds.NAMESPACE,):
            name = reference.value.rsplit(":", 1)[-1]
            return (
                f"{reference.path}: no Namespace {name!r} exists in this cluster of the sandbox;"
                " create it first (take its name from the Namespace resource, or use depends_on)"
            )
        return (
            f"{reference.path}: nothing with the id or ARN {reference.value!r} exists in this sandbox;"
            ' create it, or list it under "existing" in world.json'
        )

    def invoke(self, token: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        """No function of the Kubernetes provider works without a cluster."""
        raise CloudError(f"the sandbox does not know the function {token}")
