"""The listener rules: what they match, and where they stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inferplane.aws.listener_rules import (
    MODELS_PER_BALANCER,
    NOT_FOUND_BODY,
    SLOTS,
    ModelRoute,
    Rule,
    conditions,
    plan_rules,
    priority_indices,
)
from inferplane.errors import InferplaneError
from tests import golden

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
fleets = st.sets(names, min_size=1, max_size=MODELS_PER_BALANCER)
STABLE = {"blue": 100, "green": 0}


def route(model: str, **changes: object) -> ModelRoute:
    given_: dict[str, object] = {
        "model": model,
        "hosts": (f"{model}.llm.example.com", f"{model}.us-east-1.llm.example.com"),
        "weights": STABLE,
    }
    return ModelRoute(**{**given_, **changes})  # type: ignore[arg-type]


def planned(*models: str) -> dict[str, Rule]:
    return {rule.key: rule for rule in plan_rules([route(model) for model in models], "X")}


def test_the_rules_of_two_models_are_golden() -> None:
    """Rules of a model in a release and of one without, by priority, with conditions and weights."""
    routes = [
        route("llama-3-1-8b", weights={"blue": 95, "green": 5}),
        route("qwen3-32b", hosts=("qwen3-32b.llm.example.com",)),
    ]
    rendered = [
        {
            "key": rule.key,
            "priority": rule.priority,
            "conditions": conditions(rule, "10.0.0.0/16"),
            "weights": dict(rule.weights),
        }
        for rule in plan_rules(routes, "X")
    ]
    golden.check("aws/listener-rules.yaml", rendered)


@given(fleets)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_priorities_are_unique_and_within_the_services_range(models: set[str]) -> None:
    """Every rule has its own priority from 1 to 50,000."""
    priorities = [rule.priority for rule in planned(*models).values()]
    assert len(set(priorities)) == 3 * len(models)
    assert min(priorities) >= 1
    assert max(priorities) <= 50_000


@given(fleets)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_test_rules_come_before_every_weighted_rule(models: set[str]) -> None:
    """A test request meets its slot's rule first, whatever models there are."""
    rules = planned(*models).values()
    last_test = max(rule.priority for rule in rules if rule.test_slot)
    assert last_test < min(rule.priority for rule in rules if not rule.test_slot)


@given(fleets, fleets)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_priorities_are_stable_when_other_models_come_and_go(here: set[str], others: set[str]) -> None:
    """A model whose first choice nobody shares keeps its index in every company."""
    first = {model: priority_indices([model])[model] for model in here | others}
    together = list(first.values())
    for company in (here, here | others):
        indices = priority_indices(company)
        for model in company:
            if together.count(first[model]) == 1:
                assert indices[model] == first[model]


def test_models_with_the_same_first_choice_get_different_indices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two models with one first choice the first by name keeps it; the other's next choice is free."""
    choices = {"a": [7, 8], "b": [7, 8, 9], "c": [8]}
    monkeypatch.setattr(
        "inferplane.aws.listener_rules._choice", lambda model, attempt: choices[model][attempt]
    )
    assert priority_indices(["c", "b", "a"]) == {"a": 7, "b": 9, "c": 8}


@given(fleets)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_no_rule_has_more_than_five_condition_values(models: set[str]) -> None:
    """Hosts, path, header and source together stay within the quota of condition values per rule."""
    for rule in planned(*models).values():
        parts = [part for condition in conditions(rule, "10.0.0.0/16") for part in condition.values()]
        assert sum(len(part["values"]) for part in parts) <= 5


def test_test_rules_answer_only_from_inside() -> None:
    """A slot is reached by header only together with a source address of the network."""
    for slot in SLOTS:
        assert conditions(planned("m")[f"m-test-{slot}"], "10.0.0.0/16")[2:] == [
            {"http_header": {"http_header_name": "x-inferplane-slot", "values": [slot]}},
            {"source_ip": {"values": ["10.0.0.0/16"]}},
        ]


def test_both_slots_stand_in_the_weighted_rule_also_at_weight_zero() -> None:
    """A slot without traffic keeps its place, so a release changes numbers only."""
    weighted = planned("m")["m-weighted"]
    assert weighted.weights == {"blue": 100, "green": 0}


def test_weights_that_arrive_as_floats_become_whole_numbers() -> None:
    """Numbers that crossed gRPC are floats; the rule gets integers."""
    rule = plan_rules([route("m", weights={"blue": 95.0, "green": 5.0})], "X")[-1]
    assert [type(weight) for weight in rule.weights.values()] == [int, int]


@pytest.mark.parametrize(
    "weights",
    [
        {"blue": 100},
        {"blue": 50, "green": 40},
        {"blue": 110, "green": -10},
        {"blue": 99.5, "green": 0.5},
        {"blue": "100", "green": "0"},
        {"blue": 50, "green": 50, "red": 0},
        {},
    ],
)
def test_weights_that_are_not_percentages_are_refused(weights: dict[str, object]) -> None:
    """Both slots, whole percentages, 100 together; else one error that names the property."""
    with pytest.raises(InferplaneError, match=r"X\.models\.m\.weights: weights are"):
        plan_rules([route("m", weights=weights)], "X")


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("a.example.com", "b.example.com", "c.example.com"),
        ("*.example.com",),
        ("A.example.com",),
        ("localhost",),
        ("10.0.0.1",),
        (f"{'a' * 60}.{'b' * 60}.example.com",),
    ],
)
def test_hosts_that_a_rule_can_not_match_are_refused(hosts: tuple[str, ...]) -> None:
    """One or two lower-case DNS names of at most 128 characters, without wildcards."""
    with pytest.raises(InferplaneError, match=r"X\.models\.m\.hosts"):
        plan_rules([route("m", hosts=hosts)], "X")


def test_a_host_of_two_models_is_refused() -> None:
    """The second model could never be reached."""
    with pytest.raises(InferplaneError, match=r"'m\.llm\.example\.com' is a host name of 'm' already"):
        plan_rules([route("m"), route("n", hosts=("m.llm.example.com",))], "X")


@pytest.mark.parametrize("count", [0, MODELS_PER_BALANCER + 1])
def test_a_balancer_holds_one_to_33_models(count: int) -> None:
    """34 models need 102 rules: refused, with what to do."""
    with pytest.raises(InferplaneError, match=f"{count} models"):
        planned(*(f"m{i}" for i in range(count)))


def test_the_answer_to_unknown_hosts_fits_a_fixed_response() -> None:
    """Elastic Load Balancing allows 1,024 characters in a fixed response."""
    assert len(NOT_FOUND_BODY) <= 1024
