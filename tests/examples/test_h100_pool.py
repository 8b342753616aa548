"""The example program runs as it is shown."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.sandbox.session import Session

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).parents[2] / "examples" / "h100-pool"


def test_the_example_adds_a_pool_to_a_cluster_that_is_there(
    sandbox: Callable[..., Session], tmp_path: Path
) -> None:
    """With the cluster and subnet that its settings name, the example makes one node group and is then stable."""
    project = tmp_path / "h100-pool"
    shutil.copytree(EXAMPLE, project)
    session = sandbox(project)
    session.directory.mkdir(parents=True, exist_ok=True)
    (session.directory / "world.json").write_text(
        json.dumps({"existing": ["platform", "subnet-0123456789abcdef0"]}), encoding="utf-8"
    )
    session.up()
    assert [r["type"] for r in session.resources()].count("aws:eks/nodeGroup:NodeGroup") == 1
    assert session.outputs()["nodeGroup"].startswith("research-h100")
    assert set(session.preview_steps()) == {"same"}


def test_the_example_fails_where_its_cluster_is_not(sandbox: Callable[..., Session], tmp_path: Path) -> None:
    """What its settings name must exist; the error says all that does not."""
    project = tmp_path / "h100-pool"
    shutil.copytree(EXAMPLE, project)
    refused = sandbox(project).up(check=False)
    assert refused.returncode != 0
    assert "no Cluster 'platform' exists in this sandbox" in refused.stdout
    assert "no subnet 'subnet-0123456789abcdef0' exists in this sandbox" in refused.stdout
