"""The pretend cloud's file, and changes made to it from outside."""

import stat
from pathlib import Path

import pytest

from inferplane.sandbox.provider.cloud import AlreadyExistsError, Cloud, CloudResource, Identity, Reference
from inferplane.sandbox.provider.values import Secret
from tests.sandbox.provider.driver import DEPLOYMENT, kubernetes
from tests.sandbox.provider.test_validation import CONTAINER, deployment


def resource(name: str, *references: Reference) -> CloudResource:
    """A resource of no real type."""
    return CloudResource(
        package="aws",
        type="aws:x/y:Y",
        scope="us-east-1",
        id=f"y-{name}",
        arn="",
        name=name,
        urn=f"urn:{name}",
        region="us-east-1",
        seed=name,
        inputs={"key": Secret("hidden"), "list": [1, 2]},
        outputs={},
        references=references,
    )


def test_processes_share_one_cloud(tmp_path: Path) -> None:
    """What one process stores, another reads: inputs, secrets and references included."""
    one, two = Cloud(tmp_path / "cloud.db"), Cloud(tmp_path / "cloud.db")
    stored = resource("a", Reference("peer", "y-b"))
    one.insert(stored, [Identity("y-a", "aws:x/y:Y")])
    (found,) = two.resources()
    assert dict(found.inputs) == dict(stored.inputs)
    assert found.references == stored.references


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    """The file holds secrets, as a cloud does, and is closed to others."""
    Cloud(tmp_path / "cloud.db")
    assert stat.S_IMODE((tmp_path / "cloud.db").stat().st_mode) == 0o600


def test_ids_are_unique(tmp_path: Path) -> None:
    """A second resource of the same id is refused and leaves no trace."""
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.insert(resource("a"), [Identity("y-a", "aws:x/y:Y")])
    with pytest.raises(AlreadyExistsError):
        cloud.insert(resource("a"), [Identity("other", "aws:x/y:Y")])
    assert cloud.identities("other") == []


def test_referrers_are_found_by_any_identity(tmp_path: Path) -> None:
    """A resource that is referred to by name knows who does it."""
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.insert(resource("a"), [Identity("y-a", "aws:x/y:Y"), Identity("a", "aws:x/y:Y")])
    cloud.insert(resource("b", Reference("peer", "a")), [Identity("y-b", "aws:x/y:Y")])
    target = cloud.of_identity("y-a")
    assert target is not None
    assert [(each.id, path) for each, path in cloud.referrers(target.key)] == [("y-b", "peer")]


def test_a_change_from_outside_must_find_one_resource(tmp_path: Path) -> None:
    """An id, URN or name that no resource or several have is an error."""
    cloud = Cloud(tmp_path / "cloud.db")
    with pytest.raises(LookupError, match="0 resources"):
        cloud.change("y-a", {"list.0": 3})
    cloud.insert(resource("a"), [])
    cloud.change("urn:a", {"list.0": 3, "key": None})
    assert cloud.resources()[0].inputs == {"list": [3, 2]}


def test_what_others_set_on_an_object_is_no_drift(tmp_path: Path) -> None:
    """Replicas set by an autoscaler do not show as inputs and outlive an update."""
    driver = kubernetes(tmp_path)
    id_, outputs = driver.create(DEPLOYMENT, deployment(CONTAINER))
    driver.cloud.change(id_, {"spec.replicas": 3})
    found = driver.life.read(driver.subject(DEPLOYMENT), id_, outputs)
    assert found is not None
    assert "replicas" not in found[0]["spec"]
    assert found[1]["spec"]["replicas"] == 3
    later = driver.update(DEPLOYMENT, id_, deployment({**CONTAINER, "image": "v2"}))
    assert (later["spec"]["replicas"], later["status"]["readyReplicas"]) == (3, 3)
