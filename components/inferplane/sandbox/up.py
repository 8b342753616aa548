"""`scripts/up`: brings a stack up in the sandbox and shows what its users get."""

import json
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

from inferplane import summary
from inferplane.errors import InferplaneError
from inferplane.sandbox.engine import to_stderr
from inferplane.sandbox.environment import SandboxEnvironment
from inferplane.sandbox.recovery import remove_unrecorded

USAGE = """usage: scripts/up [stack]

Brings the stack (default: dev) up in the sandbox: the real Pulumi engine, a pretend cloud on this machine."""

NOTHING_CREATED = (
    "This was the sandbox: nothing was created at a cloud, no account was used, and it costs nothing."
)


def main() -> int:
    """Bring the stack up; the exit status is pulumi's, or 2 for a mistake that can be mended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # 128 + 15: end, but let a build clean up
    words = sys.argv[1:]
    if len(words) > 1 or any(word.startswith("-") for word in words):
        to_stderr(USAGE)
        return 0 if words[0] in {"-h", "--help"} else 2
    stack = words[0] if words else "dev"
    try:
        environment = SandboxEnvironment.prepare()
        to_stderr(
            f"pulumi {environment.engine.version} ({environment.engine.origin}), stack {stack}, sandbox"
        )
        environment.stacks.ensure(stack)
        status = _bring_up(environment, stack)
        if status == 0:
            print("\n" + summary.render(_outputs(environment, stack), stack))  # noqa: T201 the command's answer
            print("\n" + NOTHING_CREATED)  # noqa: T201
        return status
    except InferplaneError as error:
        to_stderr(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        return 130


def _bring_up(environment: SandboxEnvironment, stack: str) -> int:
    pending = environment.stacks.pending_operations(stack)
    if pending:
        to_stderr(f"an earlier run was killed in the middle of {len(pending)} operations: refreshing first")
        remove_unrecorded(environment.stacks, stack)
        status = _pulumi(environment, "refresh", "--clear-pending-creates", "--stack", stack)
        if status != 0:
            return status
    status = _pulumi(environment, "up", "--suppress-outputs", "--stack", stack)  # the summary tells them
    if status != 0:
        to_stderr(
            "the stack is not complete. What was made is recorded; run the command again to go on,\n"
            f"or begin afresh: scripts/sandbox pulumi destroy --yes --stack {stack}"
        )
    return status


def _pulumi(environment: SandboxEnvironment, command: str, *arguments: str) -> int:
    """Run pulumi in front of the person; a signal for us is one for it, and we wait for its orderly end."""
    child = subprocess.Popen(  # noqa: S603 the sandbox's pulumi
        [str(environment.directory / "bin" / "pulumi"), command, "--yes", "--skip-preview", *arguments],
        env=dict(environment.variables),
        cwd=environment.project.root,
    )

    def pass_on(number: int, frame: FrameType | None) -> None:
        # Ctrl-C reaches the whole foreground group, so pulumi has it already; SIGTERM only comes to us.
        if number == signal.SIGTERM:
            child.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        status = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def _outputs(environment: SandboxEnvironment, stack: str) -> dict[str, Any]:
    completed = subprocess.run(  # noqa: S603 the sandbox's pulumi
        [str(environment.directory / "bin" / "pulumi"), "stack", "output", "--json", "--stack", stack],
        env=dict(environment.variables),
        cwd=environment.project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode != 0:
        raise InferplaneError(f"the outputs can not be read: {completed.stderr.strip()}", where=stack)
    outputs: dict[str, Any] = json.loads(completed.stdout or "{}")
    return outputs


if __name__ == "__main__":
    sys.exit(main())
