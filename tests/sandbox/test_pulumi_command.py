"""The `pulumi` of a sandbox, with the real engine: the project's own files are never written to."""

import json
import os
import platform
import subprocess
from pathlib import Path

import pytest

from inferplane.errors import InferplaneError
from inferplane.sandbox.session import Session
from inferplane.sandbox.stack_settings import STAND_IN
from tests.sandbox.fixtures import ProgramFactory

pytestmark = pytest.mark.engine

SOURCE = """
    import pulumi
    config = pulumi.Config()
    pulumi.export("size", config.get("size"))
    pulumi.export("key", config.get_secret("key"))
"""
SETTINGS = """# a comment that must stay
secretsprovider: awskms://alias/pulumi?region=us-east-1
encryptedkey: AAAA
config:
  demo:size: "3"
  demo:key:
    secure: v1:of:another-world
"""


@pytest.fixture
def session(program: ProgramFactory) -> Session:
    """A project with a described stack `prod`; the session's own stack is another one."""
    session = program(SOURCE, stack="own")
    (session.project / "stacks").mkdir()
    (session.project / "stacks" / "Pulumi.prod.yaml").write_text(SETTINGS)
    return session


def pulumi(session: Session, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """A `pulumi` command in the sandbox without any stack chosen for it."""
    variables = dict(session.environment.variables)
    command = [str(session.directory / "bin" / "pulumi"), "--non-interactive", *arguments]
    directory = cwd or session.project
    return subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, check=False)


def test_no_command_writes_to_the_project(session: Session) -> None:
    """Preview, up, config, stack and state commands, even `stack rm`, leave every file as it was."""
    project = session.project
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    for command in (
        "preview --stack prod",
        "up --yes --stack prod",
        "config set size 4 --stack prod",
        "config set key other --secret --stack prod",
        "stack output --stack prod",
        "stack history --stack prod",
        "stack tag ls --stack prod",
        "refresh --yes --stack prod",
        "destroy --yes --stack prod",
        "stack rm --yes prod",
    ):
        session.run(*command.split())
    after = {
        path: path.read_bytes() for path in project.rglob("*") if path.is_file() and "pyc" not in path.suffix
    }
    assert after == before


def test_a_described_stack_is_made_on_first_use_with_stand_ins(session: Session) -> None:
    """Its settings arrive, and a secret of the real world is a stand-in that stays secret."""
    shown = session.run("up", "--yes", "--stack", "prod").stdout
    assert STAND_IN not in shown
    outputs = json.loads(session.run("stack", "output", "--json", "--show-secrets", "--stack", "prod").stdout)
    assert outputs == {"size": "3", "key": STAND_IN}


def test_a_selected_stack_is_used(session: Session) -> None:
    """`stack select` makes a described stack and holds for later commands without --stack."""
    assert pulumi(session, "stack", "select", "prod").returncode == 0
    assert pulumi(session, "up", "--yes").returncode == 0
    assert json.loads(pulumi(session, "stack", "output", "--json").stdout)["size"] == "3"


def test_files_are_meant_relative_to_the_caller(session: Session) -> None:
    """`stack export --file` writes where the caller is, and `stack import` reads there."""
    session.up()
    session.run("stack", "export", "--file", "state.json")
    assert json.loads((session.project / "state.json").read_text())["deployment"]["resources"]
    session.run("stack", "import", "--file=state.json")
    session.run("stack", "graph", "graph.dot")
    assert (session.project / "graph.dot").exists()


def test_a_command_in_another_directory_is_understood(session: Session, tmp_path: Path) -> None:
    """`pulumi -C <directory>` finds the project there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    infra = str(session.project / "infra")
    assert pulumi(session, "preview", "-C", infra, "--stack", "prod", cwd=elsewhere).returncode == 0
    assert "prod" in pulumi(session, "-C", infra, "stack", "ls", cwd=elsewhere).stdout


def lock(session: Session, **content: object) -> Path:
    """A lock file on the session's stack as the backend writes it."""
    assert session.variables
    folder = session.directory / "backend/.pulumi/locks/organization/demo" / session.stack
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "some-id.json"
    file.write_text(json.dumps({"username": "a", "timestamp": "2026-01-01T00:00:00Z", **content}))
    return file


def test_a_lock_of_another_program_with_a_reused_number_is_removed(session: Session) -> None:
    """A living process that is no pulumi does not hold a lock: its number was given out again."""
    file = lock(session, pid=os.getpid(), hostname=platform.node())
    assert "removed the lock" in session.up().stderr
    assert not file.exists()


def test_a_lock_of_another_machine_is_respected(session: Session) -> None:
    """Whether a process of another machine lives can not be known here: one message, with the way out."""
    file = lock(session, pid=1, hostname="another-machine")
    completed = session.up(check=False)
    assert "in use by another pulumi (pid 1 on another-machine)" in completed.stderr
    session.run("cancel", "--yes")
    assert not file.exists()


def leave_pending(session: Session) -> str:
    """Make the state look as after a run that was killed while it made a resource; returns its URN."""
    session.up()
    file = session.environment.stacks.checkpoint(session.stack)
    state = json.loads(file.read_text())
    urn = "urn:pulumi:own::demo::demo:index:Thing::one"
    operation = {"resource": {"urn": urn, "custom": False, "type": "demo:index:Thing"}, "type": "creating"}
    state["checkpoint"]["latest"]["pending_operations"] = [operation]
    file.write_text(json.dumps(state))
    return urn


def test_pending_operations_are_found(session: Session) -> None:
    """What a killed run left is read from the state file."""
    urn = leave_pending(session)
    assert session.environment.stacks.pending_operations("own") == [urn]


def test_a_stack_nobody_described_is_not_made(session: Session) -> None:
    """`ensure` of an unknown name raises and leaves nothing in the backend."""
    with pytest.raises(InferplaneError, match="there is no stack 'typo'"):
        session.environment.stacks.ensure("typo")
    assert not session.environment.stacks.checkpoint("typo").exists()
