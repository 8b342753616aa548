"""Reads a `pulumi` command line as far as the sandbox must understand it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

# Flags that take a value as the next word; only those that may stand before the sub-command matter, so that
# it is recognised (`pulumi --help`, v3.274.1).
_VALUE_FLAGS = frozenset(
    {
        "-C",
        "--cwd",
        "--color",
        "--memprofilerate",
        "--otel-traces",
        "--profiling",
        "--tracing",
        "-v",
        "--verbose",
    }
    | {"-s", "--stack", "--config-file"}
)
# Commands that run the program and hold the stack's lock meanwhile. Aliases included.
_LOCKING = frozenset({"up", "update", "refresh", "destroy", "down", "dn", "import"})
# Commands that run the program or change stack settings, and take `--config-file`.
_PROGRAM = _LOCKING | {"preview", "pre", "config"}
# Commands about a stack's state; they run no program but read, write, rename or delete its settings file.
_STATE = frozenset({"stack", "state", "cancel"})


@dataclass(frozen=True)
class PulumiArguments:
    """A parsed command line."""

    command: str
    """The sub-command, "" when there is none (`pulumi --version`)."""
    words: tuple[str, ...]
    """Positional words after the sub-command; may contain the value of an unknown flag."""
    rest: tuple[str, ...]
    """Everything except the flags for working directory, stack and settings file."""
    directory: str | None = None
    stack: str | None = None
    settings_file: str | None = None
    wants_help: bool = False

    @property
    def runs_program(self) -> bool:
        """Whether the command takes `--config-file`."""
        return self.command in _PROGRAM

    @property
    def locks(self) -> bool:
        """Whether the command changes the stack's state: one at a time."""
        return self.command in _LOCKING

    @property
    def is_about_state(self) -> bool:
        """Whether the command can run from the mirror of the project, without the program."""
        return self.command in _STATE

    def with_flags(self, *flags: str) -> list[str]:
        """The words for the real CLI: `rest` with `flags` put where they are still flags (before a `--`)."""
        words = list(self.rest)
        end = words.index("--") if "--" in words else len(words)
        return [*words[:end], *flags, *words[end:]]


def parse(argv: Sequence[str]) -> PulumiArguments:
    """Parse what follows `pulumi`. Never fails: what it does not understand it leaves to the CLI."""
    taken: dict[str, str] = {}
    rest: list[str] = []
    words: list[str] = []
    queue = list(argv)
    wants_help = False
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest += [word, *queue]
            words += queue
            break
        if not word.startswith("-") or word == "-":
            words.append(word)
            rest.append(word)
            continue
        wants_help = wants_help or word in {"-h", "--help"}
        name, value, consumed = _flag(word, queue)
        key = {"-C": "directory", "--cwd": "directory", "-s": "stack", "--stack": "stack"}.get(name)
        key = "settings_file" if name == "--config-file" else key
        if key is not None and value is not None:
            taken[key] = value
        else:
            rest.append(word)
            if consumed and value is not None:
                rest.append(value)
    return PulumiArguments(
        command=words[0] if words else "",
        words=tuple(words[1:]),
        rest=tuple(rest),
        directory=taken.get("directory"),
        stack=taken.get("stack"),
        settings_file=taken.get("settings_file"),
        wants_help=wants_help,
    )


def _flag(word: str, queue: list[str]) -> tuple[str, str | None, bool]:
    """Name and value of a flag, and whether the value was the next word (then taken from `queue`)."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        if equals:
            return name, value, False
    else:
        name = word[:2]
        if len(word) > 2:  # -sdev, -s=dev, or several flags in one word such as -yf
            value = word[2:].removeprefix("=")
            return name, value if name in {"-C", "-s"} else None, False
    if name in _VALUE_FLAGS and queue:
        return name, queue.pop(0), True
    return name, None, False
