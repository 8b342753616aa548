"""The provider under the real engine: the life of a small fleet."""

import json
import shutil
from pathlib import Path

import pytest

from inferplane.sandbox.engine import Engine
from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.session import PulumiFailedError, Session
from tests.sandbox.fixtures import ProgramFactory
from tests.sandbox.provider.small_fleet import KEY, PROGRAM

pytestmark = pytest.mark.engine


@pytest.fixture
def new(program: ProgramFactory) -> Session:
    """The small fleet, configured and not yet up."""
    session = program(PROGRAM)
    _configure(session)
    return session


@pytest.fixture(scope="module")
def built(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The small fleet after its first up; tests work on copies of it."""
    project = tmp_path_factory.mktemp("fleet")
    (project / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    session = Session(project, tmp_path_factory.mktemp("sandboxes") / "built", "dev", engine)
    _configure(session)
    session.up()
    return session


@pytest.fixture
def fleet(built: Session, engine: Engine, tmp_path: Path) -> Session:
    """The small fleet, up, in a sandbox of the test's own."""
    source = built.environment.directory
    shutil.copytree(source, tmp_path / "sandbox", symlinks=True)
    return Session(built.project, tmp_path / "sandbox", "dev", engine)


def _configure(session: Session) -> None:
    session.configure("aws:region", "us-east-1")
    session.configure("key", KEY, secret=True)


def cloud(session: Session) -> Cloud:
    """The pretend cloud of a session."""
    return Cloud(session.environment.directory / "cloud.db")


def steps(session: Session) -> dict[str, str]:
    """What a preview would do, by logical name, to all that do not stay the same."""
    plan = {each["urn"].rsplit("::", 1)[1]: each["op"] for each in session.preview()["steps"]}
    return {name: op for name, op in plan.items() if op != "same"}


def test_a_fleet_lives_and_dies(fleet: Session) -> None:
    """Up creates all, a second one nothing, a refresh finds no drift, destroy leaves an empty cloud."""
    created = cloud(fleet).resources()
    assert {each.urn for each in created} == {
        each["urn"] for each in fleet.resources() if each["type"].split(":")[0] in {"aws", "kubernetes"}
    }
    assert fleet.outputs()["address"].startswith("internal-alb-")
    assert set(fleet.preview_steps()) == {"same"}
    fleet.run("refresh", "--yes", "--expect-no-changes")
    assert KEY not in fleet.checkpoint_text()
    fleet.destroy()
    assert cloud(fleet).resources() == []


def test_a_preview_knows_what_it_can_not_know(new: Session) -> None:
    """Before the first up, a preview creates nothing and leaves computed outputs open."""
    shown = new.run("preview", "--diff").stdout
    assert "loadBalancerArn: [unknown]" in " ".join(shown.split())
    assert "internal-alb" not in shown
    assert cloud(new).resources() == []


def test_a_change_in_place_touches_one_resource(fleet: Session) -> None:
    """Another image updates the Deployment and nothing else."""
    fleet.configure("image", "vllm:2")
    assert steps(fleet) == {"model": "update"}
    fleet.up()
    deployment = next(each for each in cloud(fleet).resources() if each.type.endswith(":Deployment"))
    containers = deployment.inputs["spec"]["template"]["spec"]["containers"]
    assert [each["image"] for each in containers] == ["vllm:2"]


def test_an_immutable_change_replaces(fleet: Session) -> None:
    """A new selector replaces the Deployment, whose fixed name means that the old one goes first."""
    fleet.configure("app", "other")
    assert "replace" in steps(fleet)["model"]
    before = {each.id for each in cloud(fleet).resources()}
    fleet.up()
    assert {each.id for each in cloud(fleet).resources()} == before
    state = {each["urn"].rsplit("::", 1)[1]: each for each in fleet.resources()}
    assert state["model"]["inputs"]["spec"]["selector"] == {"matchLabels": {"app": "other"}}


def test_a_replaced_vpc_takes_along_what_stands_in_it(fleet: Session) -> None:
    """Another block of addresses replaces the VPC and its subnets; nothing of the old ones is left."""
    old = {each.id for each in cloud(fleet).resources() if each.type.startswith("aws:ec2/")}
    fleet.configure("cidr", "10.0.0.0/15")
    fleet.up()
    new = {each.id for each in cloud(fleet).resources() if each.type.startswith("aws:ec2/")}
    assert len(new) == len(old)
    assert not new & old


def test_drift_is_found_and_mended(fleet: Session) -> None:
    """A change from outside shows in a refresh, and the next up sets it right."""
    group = next(each for each in cloud(fleet).resources() if each.name.startswith("blue-"))
    cloud(fleet).change(group.id, {"healthCheck.path": "/wrong"})
    with pytest.raises(PulumiFailedError):
        fleet.run("refresh", "--yes", "--expect-no-changes")
    assert steps(fleet) == {"blue": "update"}
    fleet.up()
    mended = cloud(fleet).find(group.type, group.id)
    assert mended is not None
    assert mended.inputs["healthCheck"] == {"path": "/health"}


def test_what_vanished_is_made_again(fleet: Session) -> None:
    """A resource deleted from outside is created by refresh and up."""
    cloud(fleet).remove("models/key")
    fleet.refresh()
    assert steps(fleet) == {"key": "create"}


def test_target_groups_in_another_order_are_no_drift(fleet: Session) -> None:
    """The balancer may return a rule's target groups in any order."""
    world = fleet.environment.directory / "world.json"
    world.write_text(json.dumps({"shuffle_target_groups": True}))
    fleet.run("refresh", "--yes", "--expect-no-changes")
    assert set(fleet.preview_steps()) == {"same"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("misspelt", "pth", "did you mean 'path'?"),
        ("vpc", "vpc-0123456789abcdef0", "vpcId: no VPC 'vpc-0123456789abcdef0' exists in this sandbox"),
    ],
)
def test_a_mistake_is_told_by_the_preview(new: Session, key: str, value: str, message: str) -> None:
    """A misspelt property and a reference to nothing fail before anything is made."""
    new.configure(key, value)
    with pytest.raises(PulumiFailedError) as caught:
        new.preview()
    assert message in str(caught.value)
    assert cloud(new).resources() == []


def test_a_namespace_that_nobody_made_fails(new: Session) -> None:
    """An object in a missing namespace fails at up; the mended program goes on from there."""
    new.configure("namespace", "elsewhere")
    with pytest.raises(PulumiFailedError, match="no Namespace 'elsewhere'"):
        new.up()
    new.configure("namespace", "models")
    new.up()
    assert set(new.preview_steps()) == {"same"}


def test_existing_resources_can_be_imported(fleet: Session) -> None:
    """`pulumi import` adopts a resource of the sandbox by its id."""
    vpc = next(each for each in cloud(fleet).resources() if each.type == "aws:ec2/vpc:Vpc")
    found = fleet.run(
        "import", "aws:ec2/vpc:Vpc", "copy", vpc.id, "--yes", "--generate-code=false", "--protect=false"
    )
    assert "1 imported" in " ".join(found.stdout.split())
