"""`scripts/up`: what it prints, and what it does after runs that did not end well."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import ProgramFactory
from tests.sandbox.test_pulumi_command import leave_pending

pytestmark = pytest.mark.engine

SOURCE = """
    import pulumi
    pulumi.export("regions", [])
"""


@pytest.fixture
def session(program: ProgramFactory) -> Session:
    """A project with one described stack, `own`."""
    session = program(SOURCE, stack="own")
    (session.project / "stacks").mkdir()
    (session.project / "stacks" / "Pulumi.own.yaml").write_text("")
    return session


def start(session: Session, *words: str) -> "subprocess.Popen[str]":
    """A running `python -m inferplane.sandbox.up <words>`, in a foreground group of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "inferplane.sandbox.up", *words],
        cwd=session.project,
        env={**os.environ, "INFERPLANE_SANDBOX_DIR": str(session.directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def up(session: Session, *words: str) -> tuple[int, str, str]:
    """Exit status, output and error output of a whole run."""
    process = start(session, *words)
    output, errors = process.communicate()
    return process.returncode, output, errors


def test_it_ends_with_the_summary_and_says_that_nothing_was_created(session: Session) -> None:
    """The stack comes up, twice, and each time the last word is that it was the sandbox."""
    status, output, errors = up(session, "own")
    assert (status, "+ 1 created" in output) == (0, True), errors
    assert "nothing was created at a cloud" in output.splitlines()[-1]
    status, output, _ = up(session, "own")
    assert (status, "1 unchanged" in output) == (0, True)


def test_an_unknown_stack_is_one_message(session: Session) -> None:
    """The default stack is dev; a project without it lists what it has."""
    status, _, errors = up(session)
    assert status == 2
    assert "there is no stack 'dev'\n  allowed: own\n" in errors


@pytest.mark.parametrize("words", [["one", "two"], ["--yes"]])
def test_a_wrong_call_shows_the_usage(session: Session, words: list[str]) -> None:
    """Nothing runs for words that are not understood."""
    status, output, errors = up(session, *words)
    assert (status, output) == (2, "")
    assert errors.startswith("usage: scripts/up [stack]")


def test_a_failed_program_tells_how_to_go_on(session: Session) -> None:
    """The exit status is pulumi's, no summary is printed, and the ways on are named."""
    (session.project / "infra" / "__main__.py").write_text("raise ValueError('no')\n")
    status, output, errors = up(session, "own")
    assert status not in (0, 2)
    assert "nothing was created" not in output
    assert "run the command again" in errors


def test_after_a_killed_run_the_unfinished_is_cleared_first(session: Session) -> None:
    """Pending creates of a killed run are dropped with a word, and the stack comes up."""
    leave_pending(session)
    status, output, errors = up(session, "own")
    assert status == 0, output + errors
    assert "killed in the middle of 1 operations" in errors
    assert session.environment.stacks.pending_operations("own") == []


def test_what_a_killed_run_made_but_did_not_record_is_no_obstacle(session: Session) -> None:
    """A role that exists in the cloud, but whose creation the state only knows as begun, is made anew."""
    (session.project / "infra" / "__main__.py").write_text(
        "import pulumi_aws as aws\n"
        "aws.iam.Role('r', name='the-role', assume_role_policy='{}',"
        " opts=__import__('pulumi').ResourceOptions(provider=aws.Provider('p', region='us-east-1')))\n"
    )
    session.up()
    file = session.environment.stacks.checkpoint("own")
    state = json.loads(file.read_text())
    latest = state["checkpoint"]["latest"]
    role = next(each for each in latest["resources"] if each["type"] == "aws:iam/role:Role")
    latest["resources"].remove(role)
    latest["pending_operations"] = [{"resource": {**role, "id": "", "outputs": {}}, "type": "creating"}]
    file.write_text(json.dumps(state))
    status, output, errors = up(session, "own")
    assert status == 0, output + errors
    with closing(Cloud(session.directory / "cloud.db")) as cloud:
        assert [each.name for each in cloud.resources(type="aws:iam/role:Role")] == ["the-role"]


@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupt_is_quiet_and_the_next_run_works(
    session: Session, tmp_path: Path, whole_group: bool
) -> None:
    """Ctrl-C (to the group) or SIGTERM (to the script) ends pulumi in order, with no lock left."""
    gate = tmp_path / "gate"
    main = session.project / "infra" / "__main__.py"
    main.write_text(
        f"import os, time\\nprint('waiting', flush=True)\\n"
        f"while not os.path.exists({str(gate)!r}):\\n    time.sleep(0.05)\\n".replace("\\n", "\n")
        + SOURCE.replace("    ", "")
    )
    process = start(session, "own")
    assert process.stdout is not None
    assert any("waiting" in line for line in process.stdout)
    if whole_group:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM)
    output, errors = process.communicate()
    assert process.returncode != 0
    assert "Traceback" not in output + errors
    assert "KeyboardInterrupt" not in output + errors
    gate.touch()
    status, output, errors = up(session, "own")
    assert status == 0
    assert "removed the lock" not in errors
