"""`python -m inferplane.sandbox <command> [arguments]`: becomes that command, in the project's sandbox."""

import os
import signal
import sys

from inferplane.errors import InferplaneError
from inferplane.sandbox.engine import to_stderr
from inferplane.sandbox.environment import SandboxEnvironment

USAGE = """usage: scripts/sandbox <command> [arguments]

Runs a command in the sandbox: the real Pulumi engine, a pretend cloud, state in .sandbox/. Examples:
  scripts/sandbox pulumi preview --stack dev --diff
  scripts/sandbox pulumi stack ls
  scripts/sandbox pulumi stack export --stack dev
Settings of a stack are copied into the sandbox: `pulumi config set` changes the copy, never stacks/."""


def main() -> int:
    """Prepare the sandbox and exec the command; the status is the command's own."""
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # 128 + 15: end, but let a build clean up behind itself
    command = sys.argv[1:]
    if not command or command[0] in {"-h", "--help"}:
        to_stderr(USAGE)
        return 0 if command else 2
    try:
        environment = SandboxEnvironment.prepare()
    except InferplaneError as error:
        to_stderr(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        return 130
    try:
        os.execvpe(command[0], command, dict(environment.variables))  # noqa: S606 what the user asked for
    except FileNotFoundError:
        to_stderr(f"error: there is no command {command[0]!r}")
        return 127
    except PermissionError:
        to_stderr(f"error: {command[0]!r} can not be executed")
        return 126


if __name__ == "__main__":
    sys.exit(main())
