"""What a region's plan says, and what it refuses."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inferplane.errors import InferplaneError
from inferplane.planning import plan_region
from inferplane.planning.balancers import MODELS_PER_BALANCER, spread
from inferplane.spec import ReleaseRecord
from tests.planning.fleets import SLOT, fleet, model

PLANNING = Path(__file__).parents[2] / "components" / "inferplane" / "planning"
BOTH = f"{{blue: {SLOT}, green: {SLOT}}}"


def _record(stable: str, weights: dict[str, int], candidate: str | None = None) -> ReleaseRecord:
    import json

    return ReleaseRecord.parse(
        json.dumps(
            {"version": 1, "stable": stable, "candidate": candidate, "weights": weights, "phase": "canary"}
        ),
        where="test",
    )


def test_planning_imports_neither_pulumi_nor_a_cloud_sdk() -> None:
    """The planning package stays pure: no import of pulumi, boto3 or a Kubernetes client."""
    forbidden = ("pulumi", "boto", "kubernetes", "google", "requests")
    found = []
    for path in PLANNING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [(path.name, name) for name in names if name.startswith(forbidden)]
    assert found == []


@pytest.mark.parametrize(
    ("weights", "gpus"),
    [("15GiB", 1), ("47GiB", 1), ("49GiB", 2), ("68GiB", 2), ("140GiB", 4), ("380GiB", 8)],
)
def test_tensor_parallelism_is_the_least_that_leaves_room_for_the_kv_cache(weights: str, gpus: int) -> None:
    """Weights take at most 60 % of an H100."""
    plan = plan_region(
        fleet(models=model("m", weights=weights, extra="scaling: {min_replicas: 1}")), "us-east-1"
    )
    assert plan.models[0].replica.gpus == gpus


def test_a_model_that_fits_no_node_is_refused_with_what_would() -> None:
    """The message names the field, the room there is and a way out."""
    with pytest.raises(InferplaneError) as caught:
        plan_region(
            fleet(
                models=model("m", weights="68GiB"), pools="h100: {instance_type: p5.4xlarge, nodes: {max: 2}}"
            ),
            "us-east-1",
        )
    message = str(caught.value)
    assert "models.m" in message
    assert "larger instance type" in message


def test_vllm_is_started_with_what_the_plan_says() -> None:
    """Every planned number reaches the server's flags."""
    replica = plan_region(fleet(models=model("m", weights="68GiB")), "us-east-1").models[0].replica
    assert replica.vllm_args == (
        "--served-model-name=m",
        "--tensor-parallel-size=2",
        "--max-model-len=8192",
        "--gpu-memory-utilization=0.9",
        "--max-num-seqs=64",
        "--max-num-queued-reqs=92",
        "--shutdown-timeout=600",
    )


def test_without_a_record_the_stable_slot_has_all_traffic() -> None:
    """A new model begins with its stable slot at 100 and the other parked."""
    plan = plan_region(fleet(models=model("m", slots=BOTH, extra="stable_slot: green")), "us-east-1").models[
        0
    ]
    assert dict(plan.weights) == {"blue": 0, "green": 100}
    assert [(slot.slot, slot.parked) for slot in plan.slots] == [("blue", True), ("green", False)]
    assert plan.free_slot == "blue"


def test_the_release_record_beats_the_fleet_file() -> None:
    """Weights are what the record says, and a candidate is not parked."""
    record = _record("blue", {"blue": 95, "green": 5}, "green")
    plan = plan_region(
        fleet(models=model("m", slots=BOTH, extra="stable_slot: green")), "us-east-1", {"m": record}
    ).models[0]
    assert dict(plan.weights) == {"blue": 95, "green": 5}
    assert [slot.parked for slot in plan.slots] == [False, False]
    assert plan.stable_slot == "blue"


def test_a_candidate_that_waits_for_its_gpus_is_not_parked() -> None:
    """At weight 0 a candidate has replicas already: capacity comes before traffic."""
    record = _record("blue", {"blue": 100, "green": 0}, "green")
    plan = plan_region(
        fleet(models=model("m", slots=BOTH, extra="stable_slot: blue")), "us-east-1", {"m": record}
    ).models[0]
    assert [slot.parked for slot in plan.slots] == [False, False]


def test_a_slot_with_traffic_can_not_leave_the_fleet_file() -> None:
    """Removing the slot that the record calls stable is refused."""
    record = _record("green", {"blue": 0, "green": 100})
    with pytest.raises(InferplaneError, match="slot 'green' is gone"):
        plan_region(fleet(models=model("m")), "us-east-1", {"m": record})


def test_minimum_replicas_that_find_no_gpu_are_refused() -> None:
    """Three replicas of eight GPUs need three nodes, the pool has two."""
    with pytest.raises(InferplaneError, match="do not fit the GPU pools"):
        plan_region(
            fleet(models=model("m", weights="380GiB", extra="scaling: {min_replicas: 3}")), "us-east-1"
        )


def test_peaks_that_find_no_gpu_are_told() -> None:
    """A node group keeps its size, so the replicas above it are a warning."""
    warnings = plan_region(
        fleet(models=model("m", weights="380GiB", extra="scaling: {min_replicas: 1, max_replicas: 2}")),
        "us-east-1",
    ).warnings
    assert any("models.m: 1 of its max_replicas" in warning for warning in warnings)


def test_a_reservation_runs_all_of_its_nodes() -> None:
    """What is paid for in any case is up."""
    pools = (
        "h100: {instance_type: p5.48xlarge, purchase: odcr, reservation_id: cr-0a1b2c3d4e5f60718, "
        "zones: [us-east-1a], nodes: {min: 1, max: 3}}"
    )
    assert plan_region(fleet(pools=pools), "us-east-1").pools[0].desired_nodes == 3


def test_a_region_without_own_prices_says_so() -> None:
    """An estimate with another region's list price is marked."""
    warnings = plan_region(fleet(region="eu-central-1"), "eu-central-1").warnings
    assert any("base region's list price" in warning for warning in warnings)


def test_cost_is_the_sum_of_its_parts() -> None:
    """A GPU node, three system nodes, control plane, three NATs, 21 endpoint addresses, a balancer; 730 hours."""
    cost = plan_region(fleet(), "us-east-1").cost
    hourly = 55.04 + 3 * 0.2016 + 0.10 + 3 * 0.045 + 7 * 3 * 0.01 + 0.0225
    assert cost.floor_dollars == round(hourly * 730, 2)
    assert cost.ceiling_dollars == round((hourly + 55.04) * 730, 2)


def test_development_has_one_nat_and_no_deletion_protection() -> None:
    """The profile decides what is cheap and what is guarded."""
    plan = plan_region(fleet(profile="development"), "us-east-1")
    assert (plan.nat, plan.deletion_protection) == ("single", False)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=4), unique=True, max_size=120))
def test_spreading_keeps_limits_and_moves_nobody_when_models_are_added(names: list[str]) -> None:
    """No balancer exceeds its limit, and a prefix of the models is placed as it was without the rest."""
    placed = spread(names)
    counts = [list(placed.values()).count(index) for index in set(placed.values())]
    assert all(count <= MODELS_PER_BALANCER for count in counts)
    half = len(names) // 2
    assert spread(names[:half]) == {name: placed[name] for name in names[:half]}


def test_pins_that_overfill_a_balancer_are_refused() -> None:
    """34 models pinned to one balancer are one too many."""
    names = [f"m{i}" for i in range(34)]
    with pytest.raises(InferplaneError, match="34 models are pinned to balancer 0"):
        spread(names, dict.fromkeys(names, 0))
