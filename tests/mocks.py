"""Questions that the tests of all components ask of a recording."""

import importlib
import inspect
import re
from typing import Any

import pulumi
import pulumi_aws
import pulumi_kubernetes

from inferplane.errors import InferplaneError
from inferplane.testing import Recording, Refusal, Registered, record, refusal

__all__ = [
    "InferplaneError",
    "Recording",
    "Refusal",
    "Registered",
    "assert_contract",
    "assert_refused",
    "record",
    "taggable",
]


def taggable(resource: Registered) -> bool:
    """Whether the SDK's class of an AWS resource takes `tags`."""
    package, _, class_name = resource.type.rpartition(":")
    provider, _, module = package.partition(":")
    if provider != "aws":
        return False
    cls: Any = getattr(importlib.import_module(f"pulumi_aws.{module.split('/')[0]}"), class_name)
    return "tags" in inspect.signature(cls._internal_init).parameters


def assert_contract(program: Any, tags: dict[str, str]) -> Recording:
    """Assert what every component promises; `program(opts)` declares one component that is given `tags`.

    Its type token is `inferplane:index:<Class>`; every resource has a component as its parent; explicit
    providers reach all children; every taggable resource carries the tags; `register_outputs` was called; a
    preview with unknowns declares the same resources.
    """

    def run() -> None:
        chosen_aws = pulumi_aws.Provider("chosen-aws", region="us-east-1")
        chosen_kubernetes = pulumi_kubernetes.Provider("chosen-kubernetes", kubeconfig="{}")
        program(pulumi.ResourceOptions(providers=[chosen_aws, chosen_kubernetes]))

    recording = record(run)
    children = [r for r in recording.resources if not r.type.startswith("pulumi:providers:")]
    components = [r for r in children if not r.custom]
    assert components, "no component was declared"
    roots = [r for r in components if r.parent == ""]
    assert len(roots) == 1, f"expected one root component, found {[r.name for r in roots]}"
    component_urns = {r.urn for r in components}
    for component in components:
        assert re.fullmatch(r"inferplane:index:[A-Z]\w+", component.type), component.type
        assert component.urn in recording.outputs_registered, f"{component.urn} did not register its outputs"
    for resource in children:
        if resource is not roots[0]:
            assert resource.parent_urn in component_urns, f"{resource.urn} has no component as its parent"
        if resource.custom:
            package = resource.type.split(":")[0]
            assert resource.provider == f"chosen-{package}", f"{resource.urn} did not inherit the provider"
        if taggable(resource):
            missing = tags.items() - (resource.inputs.get("tags") or {}).items()
            assert not missing, f"{resource.urn} lacks the tags {dict(missing)}"
    previewed = record(run, preview=True)
    assert {r.urn for r in previewed.resources} == {r.urn for r in recording.resources}, "a preview differs"
    return recording


def assert_refused(program: Any, *fragments: str) -> Refusal:
    """Assert that a program declares nothing and ends with an InferplaneError that has all `fragments`."""
    refused = refusal(program)
    for fragment in fragments:
        assert fragment in str(refused.error), f"{fragment!r} is not in: {refused.error}"
    assert refused.resources == (), f"declared before the refusal: {[r.urn for r in refused.resources]}"
    return refused
