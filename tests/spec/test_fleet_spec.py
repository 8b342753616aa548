"""The FleetSpec itself: small files, defaults that say what holds, and values that do not change."""

import ast
import copy
import inspect
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydantic
import pytest

import inferplane.spec
from inferplane.spec import Duration, FleetSpec, Share, Size, load_fleet, parse_fleet
from inferplane.spec.choices import SlotName
from inferplane.spec.shape import models_below
from tests.spec.files import DATA, FULL, MINIMAL, edited

STACKS = sorted((Path(__file__).parents[2] / "stacks").glob("*.fleet.yaml"))


def test_a_minimal_file_is_small() -> None:
    """A whole fleet fits fifteen lines of which five are one slot."""
    assert len(MINIMAL.splitlines()) <= 15
    assert load_fleet(DATA / "minimal.fleet.yaml").environment == "dev"


def test_the_defaults_suit_production() -> None:
    """What the minimal file leaves out is what production needs."""
    fleet = parse_fleet(MINIMAL)
    region, model = fleet.regions["us-east-1"], fleet.models["llama-3-1-8b"]
    assert fleet.profile == "production"
    assert fleet.hosted_zone == "llm.example.com"
    assert region.zones == ("us-east-1a", "us-east-1b", "us-east-1c")
    assert (region.network.cidr, region.network.existing) == ("10.0.0.0/16", None)
    assert (region.cluster.public_access_cidrs, region.cluster.existing) == ((), None)
    assert (
        region.load_balancer.internet_facing,
        region.load_balancer.client_cidrs,
    ) == (False, ("10.0.0.0/16",))
    assert region.zones == region.gpu_pools["h100"].zones
    assert (
        region.gpu_pools["h100"].provisioner,
        region.gpu_pools["h100"].purchase,
        region.gpu_pools["h100"].nodes.min,
    ) == ("node_group", "on_demand", 0)
    assert model.regions == ("us-east-1",)
    assert model.stable_slot == "blue"
    assert (model.scaling.min_replicas, model.scaling.max_replicas) == (2, 4)
    assert (Duration(2.0), Share(0.001), Share(0.99)) == (
        model.objectives.ttft_p99,
        model.objectives.error_rate,
        model.objectives.availability,
    )
    assert (Duration(600), Duration(900)) == (model.longest_generation, model.cold_start)


def test_development_needs_one_replica() -> None:
    """In profile development the default is one replica, and at most two."""
    scaling = (
        parse_fleet(edited("domain:", "profile: development\ndomain:", MINIMAL))
        .models["llama-3-1-8b"]
        .scaling
    )
    assert (scaling.min_replicas, scaling.max_replicas) == (1, 2)


def test_an_existing_network_decides_zones_and_clients() -> None:
    """Zones, address range and clients of a region come from the network that it is put into."""
    text = edited(
        "      client_cidrs: [198.51.100.0/24]\n",
        "",
        edited("internet_facing: true", "internet_facing: false"),
    )
    region = parse_fleet(text).regions["us-west-2"]
    assert region.zones == ("us-west-2a", "us-west-2b")
    assert region.network.cidr == "10.1.0.0/16"
    assert region.load_balancer.client_cidrs == ("10.1.0.0/16",)


def test_zones_of_google_cloud_have_a_hyphen() -> None:
    """A region of Google Cloud is read, with the zones that it has there."""
    fleet = parse_fleet(
        MINIMAL.replace("us-east-1: {", "us-central1: {cloud: gcp, ").replace("p5.4xlarge", "a3-highgpu-1g")
    )
    assert fleet.regions["us-central1"].zones == ("us-central1-a", "us-central1-b", "us-central1-c")


@pytest.mark.parametrize("path", STACKS, ids=[path.name for path in STACKS])
def test_the_stacks_of_this_repository_are_valid(path: Path) -> None:
    """Every fleet file under stacks/ loads."""
    assert load_fleet(path).models


@pytest.mark.parametrize("text", [MINIMAL, FULL], ids=["minimal", "full"])
def test_a_fleet_survives_a_round_trip(text: str) -> None:
    """What is written as JSON is read back as an equal fleet, defaults included."""
    fleet = parse_fleet(text)
    assert fleet == parse_fleet(fleet.model_dump(mode="json", exclude_unset=True))
    assert fleet == pickle.loads(pickle.dumps(fleet))
    assert fleet == copy.deepcopy(fleet)


def test_quantities_are_values_with_units() -> None:
    """Quantities arrive as typed values, not as numbers."""
    model = parse_fleet(FULL).models["llama-70b"]
    assert Size(68 * 2**30) == model.weights
    assert model.objectives.ttft_p99.seconds == 1.5
    assert model.scaling.gpu_utilisation.fraction == 0.7


def test_nothing_of_a_fleet_can_be_changed() -> None:
    """Fields, mappings and lists of a fleet refuse every change."""
    fleet = parse_fleet(FULL)
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        fleet.owner = "me"
    models: Any = fleet.models
    changes: tuple[Callable[[], Any], ...] = (
        lambda: models.update({}),
        lambda: models.pop("llama-8b"),
        lambda: models.clear(),
        lambda: models.setdefault("x", 1),
        lambda: models.popitem(),
        lambda: models.__setitem__("x", 1),
        lambda: models.__delitem__("llama-8b"),
        lambda: models.__ior__({}),
    )
    for change in changes:
        with pytest.raises(TypeError):
            change()
    assert isinstance(fleet.regions["us-east-1"].zones, tuple)
    assert isinstance(fleet.models["llama-70b"].slots[SlotName.BLUE].extra_args, tuple)
    assert hash(fleet) == hash(parse_fleet(FULL))


def test_a_fleet_made_in_python_is_checked_as_well() -> None:
    """The constructor runs the checks across fields, not only the loader."""
    raw = parse_fleet(MINIMAL).model_dump(mode="json", exclude_unset=True)
    raw["models"]["llama-3-1-8b"]["pools"] = ["absent"]
    with pytest.raises(pydantic.ValidationError, match="absent is not a GPU pool"):
        FleetSpec.model_validate(raw)


def test_every_field_is_described() -> None:
    """Every field has a description, and every field with a default says what it is."""
    everything: list[tuple[str, type[pydantic.BaseModel]]] = [("", FleetSpec), *models_below(FleetSpec)]
    for path, model in everything:
        for name, info in model.model_fields.items():
            text = info.description or ""
            assert text.endswith("."), f"{path}.{name}"
            assert info.is_required() or "Default" in text, f"{path}.{name}"
            assert model.__doc__, path


def test_the_spec_imports_neither_pulumi_nor_a_cloud_sdk_nor_later_rooms() -> None:
    """spec is the first room: it imports itself, errors, pydantic, PyYAML and the standard library."""
    allowed = {"inferplane.spec", "inferplane.errors", "pydantic", "pydantic_core", "yaml"}
    folder = Path(inspect.getfile(inferplane.spec)).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                stdlib = name.partition(".")[0] in sys.stdlib_module_names
                assert stdlib or any(name == a or name.startswith(f"{a}.") for a in allowed), (
                    f"{path.name}: {name}"
                )
