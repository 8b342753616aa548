"""What a check fills in: names, regions, tags, namespaces."""

import re
from pathlib import Path
from typing import Any

import pytest

from inferplane.sandbox.provider.values import UNKNOWN
from tests.sandbox.provider.driver import DEPLOYMENT, NAMESPACE, TARGET_GROUP, VPC, aws, kubernetes
from tests.sandbox.provider.test_validation import CONTAINER, deployment


def test_a_nameless_resource_gets_its_logical_name_and_digits(tmp_path: Path) -> None:
    """The automatic name is the logical name, a dash and seven hex digits of the engine's seed."""
    first, _ = aws(tmp_path).check(TARGET_GROUP, {}, "blue", seed=b"1")
    again, _ = aws(tmp_path).check(TARGET_GROUP, {}, "blue", seed=b"1")
    other, _ = aws(tmp_path).check(TARGET_GROUP, {}, "blue", seed=b"2")
    assert re.fullmatch(r"blue-[0-9a-f]{7}", first["name"])
    assert first["name"] == again["name"] != other["name"]


def test_an_automatic_name_is_kept_on_update(tmp_path: Path) -> None:
    """A later check with another seed keeps the name of the first."""
    driver = aws(tmp_path)
    first, _ = driver.check(TARGET_GROUP, {}, seed=b"1")
    later, _ = driver.check(TARGET_GROUP, {"port": 80}, olds=first, seed=b"2")
    assert later["name"] == first["name"]


def test_a_given_name_is_not_mended(tmp_path: Path) -> None:
    """A name of the program's own goes through as it is."""
    checked, _ = aws(tmp_path).check(TARGET_GROUP, {"name": "mine"})
    assert checked["name"] == "mine"
    assert "__defaults" not in checked


def test_a_logical_name_too_long_for_the_service_fails(tmp_path: Path) -> None:
    """A target group's name has 32 characters, the suffix included."""
    _, failures = aws(tmp_path).check(TARGET_GROUP, {}, "a" * 25)
    assert [failure.path for failure in failures] == [("name",)]
    assert "32 are allowed" in failures[0].reason


@pytest.mark.parametrize(
    ("token", "inputs", "property_name", "pattern"),
    [
        ("aws:s3/bucket:Bucket", {}, "bucket", r"logs-[0-9a-f]{7}"),
        ("aws:kms/alias:Alias", {"targetKeyId": UNKNOWN}, "name", r"alias/Logs-[0-9a-f]{7}"),
        ("aws:sqs/queue:Queue", {"fifoQueue": True}, "name", r"Logs-[0-9a-f]{7}\.fifo"),
    ],
)
def test_services_have_their_own_forms_of_names(
    tmp_path: Path, token: str, inputs: dict[str, Any], property_name: str, pattern: str
) -> None:
    """Buckets are lower case, aliases begin with alias/, FIFO queues end with .fifo."""
    checked, _ = aws(tmp_path).check(token, inputs, "Logs")
    assert re.fullmatch(pattern, checked[property_name])


def test_the_engines_proposed_name_wins(tmp_path: Path) -> None:
    """A stack's autonaming pattern decides, and can forbid automatic names."""
    proposed, _ = aws(tmp_path).check(TARGET_GROUP, {}, proposed_name="demo-blue")
    disabled, _ = aws(tmp_path).check(TARGET_GROUP, {}, naming_disabled=True)
    assert proposed["name"] == "demo-blue"
    assert "name" not in disabled


def test_region_and_default_tags_are_filled_in(tmp_path: Path) -> None:
    """The provider's region and tags are part of the checked inputs; the resource's own tags win."""
    driver = aws(tmp_path, "us-west-2", defaultTags='{"tags": {"owner": "ml", "env": "dev"}}')
    checked, _ = driver.check(VPC, {"tags": {"env": "prod"}})
    assert checked["region"] == "us-west-2"
    assert checked["tagsAll"] == {"owner": "ml", "env": "prod"}
    assert checked["tags"] == {"env": "prod"}


def test_unknown_tags_make_all_tags_unknown(tmp_path: Path) -> None:
    """What is not known can not be merged."""
    checked, _ = aws(tmp_path).check(VPC, {"tags": UNKNOWN})
    assert checked["tagsAll"] is UNKNOWN


def test_global_types_have_no_region(tmp_path: Path) -> None:
    """A role belongs to no region."""
    checked, _ = aws(tmp_path).check("aws:iam/role:Role", {"assumeRolePolicy": "{}"})
    assert "region" not in checked


def test_a_provider_needs_a_region(tmp_path: Path) -> None:
    """Without a region the provider's own check fails with the setting's name."""
    driver = aws(tmp_path)
    assert "aws:region" in driver.package.check_config({})[0].reason
    assert driver.package.check_config({"region": "us-east-1", "version": "7.0.0"}) == []
    assert "no AWS region" in driver.package.check_config({"region": "virginia"})[0].reason
    assert driver.package.check_config({"region": "us-east-1", "regoin": "x"})[0].path == ("regoin",)


def test_objects_get_the_default_namespace(tmp_path: Path) -> None:
    """A Deployment without a namespace goes to the provider's, a Namespace to none."""
    driver = kubernetes(tmp_path, namespace="models")
    inside, _ = driver.check(DEPLOYMENT, deployment(CONTAINER))
    wide, _ = driver.check(NAMESPACE, {"metadata": {"name": "x"}})
    assert inside["metadata"]["namespace"] == "models"
    assert "namespace" not in wide["metadata"]


def test_nameless_objects_are_named_and_marked(tmp_path: Path) -> None:
    """An object's automatic name has eight digits and survives updates by its annotation."""
    driver = kubernetes(tmp_path)
    nameless = {**deployment(CONTAINER), "metadata": {"labels": {"a": "b"}}}
    first, _ = driver.check(DEPLOYMENT, nameless, seed=b"1")
    later, _ = driver.check(DEPLOYMENT, nameless, olds=first, seed=b"2")
    assert re.fullmatch(r"it-[0-9a-f]{8}", first["metadata"]["name"])
    assert first["metadata"]["annotations"]["pulumi.com/autonamed"] == "true"
    assert later["metadata"]["name"] == first["metadata"]["name"]
