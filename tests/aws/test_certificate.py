"""Certificate: names, proofs, refusals."""

from typing import Any

import pytest

from inferplane.aws.certificate import Certificate
from tests.mocks import Recording, assert_contract, assert_refused, record

TAGS = {"inferplane:environment": "test"}
CERTIFICATE = "aws:acm/certificate:Certificate"
RECORD = "aws:route53/record:Record"
CALLS = {"aws:route53/getZone:getZone": {"zoneId": "Z1"}}


def args(**changes: Any) -> Any:
    return {
        "domain": "*.us-east-1.llm.example.com",
        "alternative_names": ["*.llm.example.com"],
        "zone_name": "example.com",
        "tags": TAGS,
        **changes,
    }


def option(domain: str) -> dict[str, str]:
    return {
        "domainName": domain,
        "resourceRecordName": f"_proof.{domain.removeprefix('*.')}",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_value.{domain.removeprefix('*.')}",
    }


def declared(**changes: Any) -> Recording:
    names = [
        "*.llm.example.com",
        "*.us-east-1.llm.example.com",
    ]  # in an order that is not that of the arguments
    computed = {CERTIFICATE: {"domainValidationOptions": [option(name) for name in names]}}
    return record(lambda: Certificate("prod", args(**changes)), computed=computed, calls=CALLS)


def test_the_component_keeps_the_contract() -> None:
    """Token, parents, providers, tags and outputs, also in a preview, where no proof is known yet."""
    assert_contract(lambda opts: Certificate("prod", args(), opts), TAGS)


def test_each_name_is_proved_by_its_own_record() -> None:
    """Records are found by name, not by the order in which the service lists them."""
    recording = declared()
    proof = recording["prod-proof-us-east-1.llm.example.com"].inputs
    assert proof["name"] == "_proof.us-east-1.llm.example.com"
    assert proof["records"] == ["_value.us-east-1.llm.example.com"]
    assert recording["prod-proof-llm.example.com"].inputs["name"] == "_proof.llm.example.com"


def test_a_name_and_its_wildcard_share_a_record() -> None:
    """Both are proved by one record, which must not be declared twice."""
    recording = declared(domain="llm.example.com", alternative_names=["*.llm.example.com"])
    assert [r.name for r in recording.of(RECORD)] == ["prod-proof-llm.example.com"]


def test_proofs_outlive_the_stack() -> None:
    """Another region's certificate may need the same record for its renewal; said otherwise, they go."""
    assert {(r.retain_on_delete, r.inputs["allowOverwrite"]) for r in declared().of(RECORD)} == {(True, True)}
    assert {r.retain_on_delete for r in declared(keep_proofs=False).of(RECORD)} == {False}


def test_the_zone_is_the_public_one() -> None:
    """A private zone of the same name can not prove anything to ACM."""
    calls = declared().calls
    assert [given for token, given in calls if token == "aws:route53/getZone:getZone"] == [
        {"name": "example.com", "privateZone": False}
    ]


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        ({"domain": "*.Example.com"}, ["'*.Example.com' is not a name of a certificate"]),
        ({"domain": "llm.example.org"}, ["'llm.example.org' is not in the zone 'example.com'", "zone_name"]),
        ({"domain": "badexample.com"}, ["'badexample.com' is not in the zone 'example.com'"]),
        ({"domain": f"{'a' * 60}.example.com"}, ["72 characters", "at most 64", "alternative_names"]),
        ({"alternative_names": [f"h{i}.example.com" for i in range(10)]}, ["11 names", "at most 10"]),
        ({"region": "us-east-1"}, ["unknown property 'region'"]),
    ],
)
def test_wrong_arguments_are_refused(changes: dict[str, Any], fragments: list[str]) -> None:
    """One error names what is wrong; no resource was declared."""
    assert_refused(lambda: Certificate("prod", args(**changes)), "Certificate 'prod'", *fragments)
