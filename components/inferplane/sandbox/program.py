"""Runs one Pulumi program in this process, for the language host: `python -m inferplane.sandbox.program`.

The request comes as JSON in the variable INFERPLANE_PROGRAM (no secrets); configuration as PULUMI_CONFIG and
PULUMI_CONFIG_SECRET_KEYS, where the SDK looks for it. Exit status: 0, `SHOWN` when the error was already
shown, else what the program chose.
"""

import asyncio
import json
import os
import runpy
import signal
import sys
from dataclasses import asdict, dataclass

import pulumi
import pulumi.runtime
from pulumi.runtime.stack import run_in_stack

from inferplane.errors import InferplaneError
from inferplane.sandbox.user_traceback import user_traceback

VARIABLE = "INFERPLANE_PROGRAM"
SHOWN = 32  # the status by which Pulumi's own Python host says that the error was already shown

# How the SDK ends a program whose deployment has failed (pulumi.runtime.settings): the cause was shown.
_CONSEQUENCE = "Resource monitor has terminated"


@dataclass(frozen=True)
class Program:
    """What to run and for which deployment."""

    project: str
    stack: str
    organization: str
    root: str
    working_directory: str
    entry: str
    """A directory with a __main__.py, or a file, relative to the working directory."""
    arguments: list[str]
    monitor: str
    engine: str
    dry_run: bool
    parallel: int

    def to_json(self) -> str:
        """The form in which it travels to the process that runs it."""
        return json.dumps(asdict(self))


def execute(program: Program) -> int:
    """Run the program against the engine; returns the exit status."""
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=program.project,
            stack=program.stack,
            monitor=program.monitor,
            engine=program.engine,
            parallel=program.parallel,
            dry_run=program.dry_run,
            organization=program.organization,
            root_directory=program.root,
        )
    )
    os.chdir(program.working_directory)
    entry = os.path.abspath(program.entry)
    sys.argv = [entry, *program.arguments]
    sys.path.insert(0, entry if os.path.isdir(entry) else os.path.dirname(entry))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(lambda: _run(entry)))
        return 0
    except (InferplaneError, pulumi.RunError) as error:
        if not str(error).startswith(_CONSEQUENCE):
            pulumi.log.error(str(error))
    except Exception as error:
        pulumi.log.error("the program failed:\n" + user_traceback(error))
    loop.set_exception_handler(lambda *_: None)  # of tasks that the failure left behind: the cause was shown
    return SHOWN


def _run(entry: str) -> None:
    if os.path.isdir(entry) and not os.path.exists(os.path.join(entry, "__main__.py")):
        raise InferplaneError("there is no __main__.py, so there is no program to run", where=entry)
    if not os.path.exists(entry):
        raise InferplaneError("the program does not exist", where=entry, fix="see `main` in Pulumi.yaml")
    runpy.run_path(entry, run_name="__main__")


def main() -> int:
    """Run what the variable says; end without a word when the host ends us."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        return execute(Program(**json.loads(os.environ.pop(VARIABLE))))
    except KeyboardInterrupt:
        return 130
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
