"""Reading a pulumi command line."""

import pytest

from inferplane.sandbox.arguments import parse


@pytest.mark.parametrize(
    ("line", "command", "stack", "directory"),
    [
        ("up --stack dev", "up", "dev", None),
        ("up --stack=dev --yes", "up", "dev", None),
        ("up -s dev", "up", "dev", None),
        ("up -sdev", "up", "dev", None),
        ("-s dev up", "up", "dev", None),
        ("--color never -C sub preview", "preview", None, "sub"),
        ("--cwd=sub preview --diff", "preview", None, "sub"),
        ("-v 9 --logtostderr up", "up", None, None),
        ("--version", "", None, None),
        ("config set key -- --stack", "config", None, None),
    ],
)
def test_command_stack_and_directory_are_found(
    line: str, command: str, stack: str | None, directory: str | None
) -> None:
    """Wherever they stand and however they are written."""
    arguments = parse(line.split())
    assert (arguments.command, arguments.stack, arguments.directory) == (command, stack, directory)


def test_what_is_not_understood_stays_as_it_is() -> None:
    """All other words keep their order."""
    arguments = parse(
        ["up", "--yes", "--stack", "dev", "--target", "urn", "-m", "message", "--config-file", "f"]
    )
    assert arguments.rest == ("up", "--yes", "--target", "urn", "-m", "message")
    assert arguments.settings_file == "f"


def test_flags_are_added_before_a_separator() -> None:
    """After `--` a flag would be a word."""
    assert parse(["config", "set", "key", "--", "-value"]).with_flags("--stack", "dev") == [
        *("config", "set", "key", "--stack", "dev", "--", "-value")
    ]


@pytest.mark.parametrize("line", ["up -h", "stack --help"])
def test_help_is_recognised(line: str) -> None:
    """A question for help needs no stack."""
    assert parse(line.split()).wants_help
