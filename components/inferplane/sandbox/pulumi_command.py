"""The `pulumi` of a sandbox: puts the stack and its settings in place, then becomes the real CLI.

It stands first on PATH inside of a sandbox, so that it does not matter who calls `pulumi` there: a person, a
script, make, or the automation API. Commands that run the program get the sandbox's copy of the settings by
`--config-file`; commands about a stack's state run in the mirror of the project, which has only copies.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inferplane.errors import InferplaneError
from inferplane.sandbox.arguments import PulumiArguments, parse
from inferplane.sandbox.engine import to_stderr
from inferplane.sandbox.environment import DIRECTORY_VARIABLE, ENGINE_VARIABLE
from inferplane.sandbox.project import Project
from inferplane.sandbox.stack_settings import StackSettings
from inferplane.sandbox.stacks import StackStore

_REFUSED = {"watch": "it has no way to leave the project's stack settings alone", "new": "it makes a project"}


def command_line(argv: Sequence[str], directory: Path, engine: str) -> list[str]:
    """The real command line for `pulumi *argv` in the sandbox `directory`; makes what it needs there.

    Raises `InferplaneError` for an unknown stack, for a stack that another process is changing, and for
    commands that can not be kept inside of the sandbox.
    """
    arguments = parse(argv)
    untouched = [engine, *argv]
    if arguments.wants_help or not arguments.command:
        return untouched
    if arguments.command in _REFUSED:
        raise InferplaneError(
            f"`pulumi {arguments.command}` does not work in a sandbox: {_REFUSED[arguments.command]}",
            where="sandbox",
            fix="use the installed pulumi outside of the sandbox",
        )
    if not (arguments.runs_program or arguments.is_about_state):
        return untouched
    project = Project.find(Path(arguments.directory or "."))
    settings = StackSettings(project, directory / "projects" / project.name)
    settings.refresh_project()
    store = StackStore(settings, directory, engine)
    if arguments.runs_program:
        return [engine, *_program_command(arguments, settings, store)]
    return [engine, *_state_command(arguments, settings, store)]


def _program_command(arguments: PulumiArguments, settings: StackSettings, store: StackStore) -> list[str]:
    stack = arguments.stack or os.environ.get("PULUMI_STACK") or store.selected()
    if not stack:
        raise InferplaneError(
            f"which stack? `pulumi {arguments.command}` was called without --stack and none is selected",
            where=settings.project.name,
            allowed=", ".join(settings.project.stacks()) or "none yet",
            fix="add --stack <name>, or select one: scripts/sandbox pulumi stack select <name>",
        )
    name = short_name(stack)
    source = Path(arguments.settings_file).resolve() if arguments.settings_file else None
    copy = store.ensure(name, source)
    if arguments.locks:
        store.release_dead_locks(name, to_stderr)
    where = ["--cwd", arguments.directory] if arguments.directory else []
    return [*where, *arguments.with_flags("--stack", stack, "--config-file", str(copy))]


def _state_command(arguments: PulumiArguments, settings: StackSettings, store: StackStore) -> list[str]:
    words = arguments.words
    stack = arguments.stack
    selects = arguments.command == "stack" and words[:1] == ("select",)
    if selects and stack is None and len(words) > 1:
        stack = words[1]
    if stack is not None and store.is_described(short_name(stack)):
        store.ensure(short_name(stack))
    elif selects and stack is not None and "--create" not in arguments.rest and "-c" not in arguments.rest:
        store.ensure(short_name(stack))  # raises, unless the stack was made by `stack init`
    given = ["--stack", arguments.stack] if arguments.stack else []
    return ["--cwd", str(settings.root), *_absolute_files(arguments).with_flags(*given)]


def _absolute_files(arguments: PulumiArguments) -> PulumiArguments:
    """File names are meant relative to where the user is, not to the mirror."""
    here = Path(arguments.directory or ".").resolve()
    rest = list(arguments.rest)
    for position, word in enumerate(rest):
        if word.startswith("--file="):
            rest[position] = f"--file={here / word.removeprefix('--file=')}"
        elif position and rest[position - 1] == "--file":
            rest[position] = str(here / word)
    if arguments.words[:1] == ("graph",) and len(arguments.words) > 1:
        target = rest.index(arguments.words[1])
        rest[target] = str(here / rest[target])
    return PulumiArguments(arguments.command, arguments.words, tuple(rest))


def short_name(stack: str) -> str:
    """The stack's own name of `organization/project/stack`."""
    return stack.rsplit("/", 1)[-1]


def main() -> int:
    """Become the real CLI, or say in one message why not."""
    try:
        directory, engine = os.environ[DIRECTORY_VARIABLE], os.environ[ENGINE_VARIABLE]
    except KeyError as missing:
        to_stderr(f"error: {missing.args[0]} is not set: this pulumi only works inside of a sandbox")
        return 2
    try:
        command = command_line(sys.argv[1:], Path(directory), engine)
    except InferplaneError as error:
        to_stderr(f"error: {error}")
        return 2
    return os.execv(engine, command)  # noqa: S606 the engine chosen by the environment


if __name__ == "__main__":
    sys.exit(main())
