"""What all components have in common: a stable type token and a public door. Each component's own contract (tags,
parents, providers) is checked beside its tests with `assert_contract`."""

import importlib
import inspect
import pkgutil

import inferplane
from inferplane.component import Component

# A token is part of every URN in every state out there: changing one without an alias replaces the world.
PUBLIC = {
    "inferplane:index:AlarmTopic",
    "inferplane:index:BalancerAlarms",
    "inferplane:index:Certificate",
    "inferplane:index:Cluster",
    "inferplane:index:ClusterAddons",
    "inferplane:index:ElasticGpuNodePool",
    "inferplane:index:EndpointAlarms",
    "inferplane:index:Fleet",
    "inferplane:index:GlobalNames",
    "inferplane:index:ModelLoadBalancer",
    "inferplane:index:ModelNamespace",
    "inferplane:index:ModelWeightsRole",
    "inferplane:index:Network",
    "inferplane:index:NodeRole",
    "inferplane:index:RegionalGpuNodeGroup",
    "inferplane:index:RegionalNames",
    "inferplane:index:SlotAutoscaler",
    "inferplane:index:SystemNodeGroup",
    "inferplane:index:VllmService",
}

# Parts of the above that are not meant to be used alone.
INNER = {
    "inferplane:index:AccessLogBucket",
    "inferplane:index:InterruptionQueue",
    "inferplane:index:ManagedAddons",
    "inferplane:index:PodIdentityRole",
}


def _components() -> dict[str, type[Component]]:
    found: dict[str, type[Component]] = {}
    for module in pkgutil.walk_packages(inferplane.__path__, "inferplane."):
        if ".sandbox" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            # type(value), not isinstance: asking pulumi_aws's lazy modules for their class imports them all.
            if (
                issubclass(type(value), type)
                and issubclass(value, Component)
                and value.__module__ == module.name
            ):
                found[name] = value
    del found["Component"]
    return found


def test_type_tokens_are_the_ones_that_states_hold() -> None:
    """The table of tokens is complete: a new component joins it, a renamed one ships an alias."""
    assert {f"inferplane:index:{name}" for name in _components()} == PUBLIC | INNER


def test_the_public_door_is_sorted_and_complete() -> None:
    """Every component is importable from `inferplane`, and `__all__` is sorted."""
    assert list(inferplane.__all__) == sorted(inferplane.__all__)
    assert {token.rsplit(":", 1)[1] for token in PUBLIC} <= set(inferplane.__all__)
    assert all(getattr(inferplane, name).__name__ == name for name in inferplane.__all__)


def test_every_component_has_args_that_describe_themselves() -> None:
    """Each args type is a TypedDict whose every field is followed by a docstring."""
    for name, component in _components().items():
        shape = getattr(importlib.import_module(component.__module__), f"{name}Args")
        source = inspect.getsource(shape)
        fields = list(shape.__annotations__)
        assert source.count('"""') // 2 == len(fields) + 1, f"{name}Args: a field has no docstring"
