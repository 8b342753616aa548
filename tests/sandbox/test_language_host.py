"""The language host: what a person sees of a program that runs, fails or is interrupted."""

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pytest

from inferplane.sandbox.session import Session
from tests.sandbox.fixtures import ProgramFactory

pytestmark = pytest.mark.engine

WAIT_FOR_FILE = """
    import os, time
    print("before the wait")
    while not os.path.exists({path!r}):
        time.sleep(0.05)
    print("after the wait")
"""


@contextmanager
def started(session: Session, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A running `pulumi *arguments`, both streams in one, in a group of its own as a shell would start it."""
    with subprocess.Popen(
        [str(session.directory / "bin" / "pulumi"), "--non-interactive", "--color=never", *arguments],
        cwd=session.project,
        env=session.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """What the process wrote up to and including the line with `text`."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came:\n{seen}")


def failed(session: Session) -> str:
    """The output of an `up` that must fail."""
    completed = session.up(check=False)
    assert completed.returncode != 0
    return completed.stdout + completed.stderr


def test_output_is_shown_while_the_program_runs(program: ProgramFactory, tmp_path: Path) -> None:
    """A printed line arrives although the program has not ended."""
    gate = tmp_path / "gate"
    session = program(WAIT_FOR_FILE.format(path=str(gate)))
    with started(session, "up", "--yes", "--skip-preview") as process:
        read_until(process, "before the wait")
        gate.touch()
        read_until(process, "after the wait")
        assert process.wait() == 0


def test_an_exception_is_shown_with_frames_of_the_program_only(program: ProgramFactory) -> None:
    """The traceback has the program's lines and nothing of pulumi, runpy, asyncio or the host."""
    output = failed(program("def broken():\n    raise ValueError('the reason')\n\nbroken()\n"))
    files = re.findall(r'File "([^"]+)", line', output)
    assert "ValueError: the reason" in output
    assert files
    assert all(file.endswith("/demo/infra/__main__.py") for file in files)


def test_an_exception_inside_of_an_apply_is_shown_with_frames_of_the_program_only(
    program: ProgramFactory,
) -> None:
    """The program's own line is shown, the machinery between is not."""
    output = failed(
        program("import pulumi\npulumi.Output.from_input(1).apply(lambda n: n / 0)\npulumi.export('a', 1)\n")
    )
    assert "ZeroDivisionError" in output
    assert "lambda n: n / 0" in output
    assert "site-packages" not in output


def test_a_user_error_is_its_message_only(program: ProgramFactory) -> None:
    """An InferplaneError has no traceback, and nothing more is said about the program's failure."""
    output = failed(
        program(
            """
            from inferplane.errors import InferplaneError
            raise InferplaneError("no such model", where="fleet.yaml:3", allowed="a, b", fix="name one")
            """
        )
    )
    assert "error: fleet.yaml:3: no such model" in output
    assert "fix: name one" in output
    assert "Traceback" not in output
    assert "non-zero" not in output


def test_a_user_error_inside_of_an_apply_is_its_message_only(program: ProgramFactory) -> None:
    """An InferplaneError from an apply is treated the same."""
    output = failed(
        program(
            """
            import pulumi
            from inferplane.errors import InferplaneError
            def refuse(_):
                raise InferplaneError("this slot carries traffic", where="blue")
            pulumi.export("a", pulumi.Output.from_input(1).apply(refuse))
            """
        )
    )
    assert "error: blue: this slot carries traffic" in output
    assert "Traceback" not in output


def test_a_syntax_error_tells_its_line(program: ProgramFactory) -> None:
    """A program that does not parse is shown with file and line, without the machinery."""
    output = failed(program("x = 1\nif x\n    pass\n"))
    assert "SyntaxError" in output
    assert re.findall(r'File "([^"]+)", line (\d+)', output)[-1][1] == "2"
    assert "runpy" not in output


def test_an_exit_status_of_the_program_is_told(program: ProgramFactory) -> None:
    """A program that ends itself with a status of its own fails the run with it."""
    assert "exit status 3" in failed(program("import sys\nsys.exit(3)\n"))


def test_a_missing_program_is_one_message(program: ProgramFactory) -> None:
    """A program folder without __main__.py is said in one message."""
    session = program("")
    (session.project / "infra" / "__main__.py").unlink()
    output = failed(session)
    assert "there is no __main__.py" in output
    assert "Traceback" not in output


def test_the_program_knows_its_deployment(program: ProgramFactory) -> None:
    """Names, root, arguments of the deployment and the program's own folder arrive as with the stock host."""
    session = program(
        """
        import os, sys, pulumi
        import neighbour
        pulumi.export("names", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])
        pulumi.export("root", pulumi.runtime.get_root_directory())
        pulumi.export("cwd", os.getcwd())
        pulumi.export("dry", pulumi.runtime.is_dry_run())
        pulumi.export("config", [pulumi.Config().require_object("list"), pulumi.Config().require("word")])
        pulumi.export("secret", pulumi.Config().is_secret("word"))
        """.replace('pulumi.export("secret", pulumi.Config().is_secret("word"))', ""),
        stack="test",
    )
    (session.project / "infra" / "neighbour.py").write_text("")
    session.configure("word", "no")
    session.run("config", "set", "--path", "list[0]", "7")
    session.up()
    outputs = session.outputs()
    assert outputs["names"] == ["organization", "demo", "test"]
    assert outputs["root"] == str(session.project)
    assert outputs["cwd"] == str(session.project / "infra")
    assert outputs["dry"] is False
    assert outputs["config"] == [[7], "no"]


def test_an_interrupt_ends_everything_without_a_traceback(program: ProgramFactory, tmp_path: Path) -> None:
    """Ctrl-C during an up says nothing of Python, leaves no program behind, and the next up works."""
    gate, pid_file = tmp_path / "gate", tmp_path / "pid"
    source = f"""
    import os, pathlib
    pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
    """ + WAIT_FOR_FILE.format(path=str(gate))
    session = program(source)
    with started(session, "up", "--yes", "--skip-preview") as process:
        seen = read_until(process, "before the wait")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate()
    assert process.returncode != 0
    assert "Traceback" not in seen + rest
    assert "KeyboardInterrupt" not in seen + rest
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
    gate.touch()
    session.up()


def test_a_killed_engine_leaves_no_program_and_no_lock_behind(
    program: ProgramFactory, tmp_path: Path
) -> None:
    """After a SIGKILL of the engine the program ends by itself; the next up removes the lock and works."""
    gate, pipe = tmp_path / "gate", tmp_path / "pipe"
    os.mkfifo(pipe)
    held = f"held = open({str(pipe)!r}, 'w')\n"  # open as long as the program lives
    session = program(held + textwrap.dedent(WAIT_FOR_FILE.format(path=str(gate))))
    with started(session, "up", "--yes", "--skip-preview") as process, pipe.open() as ours:
        read_until(process, "before the wait")
        process.kill()
        assert ours.read() == ""  # the end of the stream: the program is gone
    pipe.unlink()  # nobody reads it any longer: the next program shall write a plain file
    gate.touch()
    completed = session.up()
    assert (
        f"removed the lock on stack dev of a pulumi that is no more (pid {process.pid})" in completed.stderr
    )


def test_a_policy_pack_refuses_and_is_told(program: ProgramFactory, tmp_path: Path) -> None:
    """A mandatory rule of a Python policy pack fails the preview with its message."""
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text(
        textwrap.dedent(
            """
            from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

            def no_things(args, report):
                if args.resource_type == "demo:index:Thing":
                    report("things are not allowed")

            PolicyPack("pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[
                ResourceValidationPolicy(name="no-things", description="No things.", validate=no_things)])
            """
        )
    )
    session = program("import pulumi\npulumi.ComponentResource('demo:index:Thing', 'one')\n")
    completed = session.run("preview", "--policy-pack", str(pack), check=False)
    assert completed.returncode != 0
    assert "things are not allowed" in completed.stdout
    assert "Traceback" not in completed.stdout + completed.stderr


def test_a_policy_pack_that_does_not_load_shows_why(program: ProgramFactory, tmp_path: Path) -> None:
    """The error output of a broken policy pack reaches the person."""
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text("raise RuntimeError('the pack is broken')\n")
    completed = program("").run("preview", "--policy-pack", str(pack), check=False)
    assert completed.returncode != 0
    assert "the pack is broken" in completed.stdout + completed.stderr


def test_about_tells_interpreter_and_packages(program: ProgramFactory) -> None:
    """`pulumi about` shows the interpreter that runs programs, and the version of the SDK."""
    completed = program("").run("about", check=False)
    assert sys.executable in completed.stdout
    assert re.search(rf"^pulumi +{re.escape(metadata.version('pulumi'))}", completed.stdout, re.M)
