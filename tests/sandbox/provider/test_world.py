"""The optional world.json."""

from pathlib import Path

import pytest

from inferplane.errors import InferplaneError
from inferplane.sandbox.provider.world import World


def test_no_file_is_an_empty_world(tmp_path: Path) -> None:
    """Without world.json nothing exists outside, in the account of AWS's documentation."""
    assert World.load(tmp_path) == World(account="123456789012")


def test_hosted_zones_exist(tmp_path: Path) -> None:
    """The id of a zone that world.json names may be referred to."""
    (tmp_path / "world.json").write_text('{"hosted_zones": {"example.com": {"zone_id": "Z1"}}}')
    world = World.load(tmp_path)
    assert world.hosted_zones == {"example.com": "Z1"}
    assert "Z1" in world.existing


@pytest.mark.parametrize("text", ["{", "[]", '{"exsting": []}'])
def test_a_wrong_file_is_named(tmp_path: Path, text: str) -> None:
    """A file that can not be used is an error that names it."""
    (tmp_path / "world.json").write_text(text)
    with pytest.raises(InferplaneError, match=r"world\.json"):
        World.load(tmp_path)
