"""Turns policy statements into an IAM policy document, as `getPolicyDocument` does."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from .call import Call, NotFoundError

# The version of the policy language, not a date of the document.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
_VERSION: Final = "2012-10-17"


def policy_document(call: Call) -> dict[str, Any]:
    """The document as JSON; sources come first, overriding documents replace statements of the same Sid."""
    document: dict[str, Any] = {"Version": call.get("version", _VERSION)}
    if policy_id := call.get("policyId"):
        document["Id"] = policy_id
    statements: list[dict[str, Any]] = []
    for text in call.get("sourcePolicyDocuments", []):
        statements += _statements(text)
    own = [_statement(each) for each in call.get("statements", [])]
    overriding = [each for text in call.get("overridePolicyDocuments", []) for each in _statements(text)]
    for statement in own + overriding:
        sid = statement.get("Sid")
        statements = [each for each in statements if not sid or each.get("Sid") != sid] + [statement]
    document["Statement"] = statements
    pretty, compact = json.dumps(document, indent=2), json.dumps(document, separators=(",", ":"))
    return {
        "id": str(int(hashlib.sha256(compact.encode()).hexdigest()[:8], 16)),
        "json": pretty,
        "minifiedJson": compact,
        "statements": call.get("statements", []),
        "version": document["Version"],
    }


def _statements(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)["Statement"] if text else []
    except (ValueError, KeyError, TypeError) as error:
        raise NotFoundError(f"a source or override document is no policy document: {error}") from error
    return found if isinstance(found, list) else [found]


def _statement(given: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if given.get("sid"):
        statement["Sid"] = given["sid"]
    statement["Effect"] = given.get("effect", "Allow")
    for name, key in (
        ("actions", "Action"),
        ("notActions", "NotAction"),
        ("resources", "Resource"),
        ("notResources", "NotResource"),
    ):
        if given.get(name):
            statement[key] = _one_or_many(given[name])
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(name):
            statement[key] = _principals(given[name])
    conditions: dict[str, dict[str, Any]] = {}
    for each in given.get("conditions", []):
        # A condition's values stay in the order given; principals and actions are sets and are sorted.
        values = each["values"]
        conditions.setdefault(each["test"], {})[each["variable"]] = values[0] if len(values) == 1 else values
    if conditions:
        statement["Condition"] = conditions
    return statement


def _principals(given: list[dict[str, Any]]) -> str | dict[str, Any]:
    if len(given) == 1 and given[0]["type"] == "*" and given[0]["identifiers"] == ["*"]:
        return "*"
    merged: dict[str, list[str]] = {}
    for each in given:
        merged.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _one_or_many(identifiers) for kind, identifiers in merged.items()}


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)
