"""The listener rules of a model load balancer: plain values in, plain values out. Pure.

Per model three rules: one per slot that reaches this slot alone, for tests from inside the network, and below
them the one that shares the traffic by weight. A release changes the weights of the last and nothing else.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inferplane.errors import InferplaneError
from inferplane.planning.alarms import SLOTS
from inferplane.planning.balancers import MODELS_PER_BALANCER

__all__ = [
    "MODELS_PER_BALANCER",
    "NOT_FOUND_BODY",
    "PATH",
    "SLOTS",
    "SLOT_HEADER",
    "ModelRoute",
    "Rule",
    "conditions",
    "plan_rules",
    "priority_indices",
]

# A request with this header reaches the named slot whatever the weights are, from inside the network only.
SLOT_HEADER = "x-inferplane-slot"

# What the endpoint is: /metrics, /health and the server's administrative paths are nobody's business outside.
PATH = "/v1/*"

# Elastic Load Balancing API reference, CreateRule, Priority: 1 to 50,000; lower ones are tried first. A model
# has one index, which gives its three priorities in three bands: the test rules come before the weighted one.
_MOST_PRIORITY = 50_000
_BAND = _MOST_PRIORITY // 3

# Elastic Load Balancing user guide, "Quotas for your Application Load Balancers": condition values per rule.
_MOST_CONDITION_VALUES = 5
# A test rule spends one value each on path, header and source.
_MOST_HOSTS = _MOST_CONDITION_VALUES - 3

# Elastic Load Balancing API reference, HostHeaderConditionConfig: at most 128 characters, at least one dot,
# only letters after the last one. Wildcards are left out on purpose: a model answers to its own names.
_MOST_HOST_CHARACTERS = 128
_HOST = re.compile(r"(?=.{1,128}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")

# The answer to a host or path that is no model's, in the form that OpenAI clients show to people.
NOT_FOUND_BODY = (
    '{"error":{"message":"No model is served at this host and path: use https://<host of a model>/v1/...",'
    '"type":"invalid_request_error","param":null,"code":"model_not_found"}}'
)


@dataclass(frozen=True)
class ModelRoute:
    """How requests reach one model: its host names, and the percentage of traffic of each slot (sum 100)."""

    model: str
    hosts: tuple[str, ...]
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Rule:
    """One listener rule. `key` is unique on the balancer; `test_slot` is empty for the weighted rule."""

    key: str
    model: str
    priority: int
    hosts: tuple[str, ...]
    weights: Mapping[str, int]
    """Percent of traffic per slot; of a test rule the slot alone."""
    test_slot: str = ""


def plan_rules(routes: Sequence[ModelRoute], where: str) -> tuple[Rule, ...]:
    """Return all rules of a balancer, by priority.

    Raises InferplaneError (beginning with `where`) for more models than a balancer holds, for malformed or
    shared host names and for weights that are not percentages of both slots with the sum 100.
    """
    if not 1 <= len(routes) <= MODELS_PER_BALANCER:
        raise InferplaneError(
            f"{len(routes)} models",
            where=f"{where}.models",
            allowed=f"1 to {MODELS_PER_BALANCER} (3 rules a model, 100 rules an application load balancer)",
            fix="spread the models over several balancers",
        )
    owners: dict[str, str] = {}
    for route in routes:
        _check_hosts(route, owners, f"{where}.models.{route.model}.hosts")
        _check_weights(route, f"{where}.models.{route.model}.weights")
    indices = priority_indices([route.model for route in routes])
    rules = []
    for route in routes:
        index = indices[route.model]
        rules += [
            Rule(
                f"{route.model}-test-{slot}",
                route.model,
                band * _BAND + index,
                route.hosts,
                {slot: 100},
                slot,
            )
            for band, slot in enumerate(SLOTS)
        ]
        main = len(SLOTS) * _BAND + index
        weights = {slot: int(route.weights[slot]) for slot in SLOTS}
        rules.append(Rule(f"{route.model}-weighted", route.model, main, route.hosts, weights))
    return tuple(sorted(rules, key=lambda rule: rule.priority))


def priority_indices(models: Collection[str]) -> dict[str, int]:
    """Return an index from 1 to 16,666 for each model, from its name alone wherever possible.

    A model keeps its index when others come and go, unless another has the same first choice (about 3 in 100
    for a full balancer): of those the first by name keeps it, the others take their next free choice. Should
    such a model be added before the one that held the index, that one moves; the service then refuses the new
    rule until the old one has moved, and a second `pulumi up` settles it.
    """
    unique = sorted(set(models))
    taken: dict[int, str] = {}
    waiting = []
    for model in unique:
        if _choice(model, 0) in taken:
            waiting.append(model)
        else:
            taken[_choice(model, 0)] = model
    for model in waiting:
        attempt = 1
        while _choice(model, attempt) in taken:
            attempt += 1
        taken[_choice(model, attempt)] = model
    return {model: index for index, model in taken.items()}


def conditions(rule: Rule, source_cidr: str) -> list[Any]:
    """Return a rule's conditions in the names of `aws.lb.ListenerRule`; `source_cidr` limits test rules."""
    all_of: list[Any] = [
        {"host_header": {"values": list(rule.hosts)}},
        {"path_pattern": {"values": [PATH]}},
    ]
    if rule.test_slot:
        all_of += [
            {"http_header": {"http_header_name": SLOT_HEADER, "values": [rule.test_slot]}},
            {"source_ip": {"values": [source_cidr]}},
        ]
    return all_of


def _choice(model: str, attempt: int) -> int:
    digest = hashlib.sha256(f"{attempt}/{model}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _BAND + 1


def _check_hosts(route: ModelRoute, owners: dict[str, str], where: str) -> None:
    if not 1 <= len(route.hosts) <= _MOST_HOSTS:
        raise InferplaneError(
            f"{len(route.hosts)} host names",
            where=where,
            allowed=f"1 to {_MOST_HOSTS} (a rule holds {_MOST_CONDITION_VALUES} condition values)",
            fix="keep the model's global and its regional name",
        )
    for host in route.hosts:
        if not _HOST.fullmatch(host):
            raise InferplaneError(
                f"'{host}' ({len(host)} characters) is not a host name that a rule can match",
                where=where,
                allowed=f"lower-case DNS names of at most {_MOST_HOST_CHARACTERS} characters, no wildcard",
            )
        if host in owners:
            raise InferplaneError(
                f"'{host}' is a host name of '{owners[host]}' already",
                where=where,
                fix="give each model its own",
            )
        owners[host] = route.model


def _check_weights(route: ModelRoute, where: str) -> None:
    weights = route.weights.values()
    whole = all(isinstance(weight, int | float) and weight in range(101) for weight in weights)
    if set(route.weights) != set(SLOTS) or not whole or sum(weights) != 100:
        shown = ", ".join(f"{slot}: {weight}" for slot, weight in route.weights.items()) or "nothing"
        raise InferplaneError(
            f"weights are {shown}",
            where=where,
            allowed="a whole percentage from 0 to 100 for each of blue and green, 100 together",
            fix="blue: 100, green: 0 for a model without a release under way",
        )
