"""Mistakes at the top level: each gives one message with place, what is allowed and the fix."""

import pytest

from tests.spec.cases import Case, check, ids

CASES = [
    Case(
        "environment in capitals",
        "environment: prod",
        "environment: Prod_EU",
        "environment",
        "Prod_EU",
        "1 to 16",
        "prod-eu",
    ),
    Case(
        "environment too long",
        "environment: prod",
        "environment: production-europe-west",
        "environment",
        "22 characters",
        "1 to 16",
        "production-europ",
    ),
    Case(
        "environment empty",
        "environment: prod",
        "environment:",
        "environment",
        "has no value",
        "unique",
        "e.g. prod",
    ),
    Case(
        "environment missing",
        "environment: prod\n",
        "",
        "environment",
        "is missing",
        "Name of the environment",
        "add environment",
        "owner:",
    ),
    Case(
        "key misspelt",
        "owner: ml-platform",
        "ownr: ml-platform",
        "ownr",
        "not a key",
        "owner",
        "did you mean owner?",
    ),
    Case(
        "tag with an angle bracket",
        "owner: ml-platform",
        "owner: ml <ml@example.com>",
        "owner",
        "tag",
        "1 to 256",
        "leave",
    ),
    Case(
        "domain as URL",
        "domain: llm.example.com",
        "domain: https://LLM.example.com/",
        "domain",
        "not a DNS name",
        "two or more labels",
        "write llm.example.com",
    ),
    Case(
        "domain as wildcard",
        "domain: llm.example.com",
        'domain: "*.llm.example.com"',
        "domain",
        "not a DNS name",
        "at most 64",
        "write llm.example.com",
    ),
    Case(
        "zone of another domain",
        "hosted_zone: example.com",
        "hosted_zone: example.org",
        "hosted_zone",
        "does not hold the domain llm.example.com",
        "example.com",
        "public Route 53 zone",
    ),
    Case(
        "profile abbreviated",
        "profile: production",
        "profile: prod",
        "profile",
        "not one of the choices",
        "production, development",
        "did you mean production?",
    ),
    Case(
        "one address, no list",
        "[oncall@example.com]",
        "oncall@example.com",
        "alarm_emails",
        "not a list",
        "Addresses",
        "write [oncall@example.com]",
    ),
    Case(
        "no address",
        "[oncall@example.com]",
        "[oncall]",
        "alarm_emails[0]",
        "not an e-mail address",
        "oncall@example.com",
        "bare address",
    ),
    Case(
        "model called like a region",
        "  llama-8b:",
        "  us-west-2:",
        "models.us-west-2",
        "is the name of a region",
        "not a region's",
        "rename",
        "  us-west-2:\n    source",
    ),
    Case(
        "model name with a dot",
        "  llama-8b:",
        "  Llama-3.1-8B:",
        'models["Llama-3.1-8B"]',
        "not a model name",
        "1 to 40",
        "write llama-3-1-8b",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_mistakes(case: Case) -> None:
    """A mistake at the top level gives one message that names its line and the fix."""
    check(case)
