"""Makes `.venv` from requirements.lock: quick when up to date, safe when interrupted or run twice at once.

    python scripts/lib/virtualenv.py <project root>

Only the standard library is needed. What was installed is remembered in `.venv/installed/` as copies of
requirements.lock and pyproject.toml, written last: when they are missing or differ, the virtualenv is made
anew (another lock) or the project is installed again (another pyproject.toml).
"""

import fcntl
import filecmp
import shutil
import subprocess
import sys
import time
import venv
from collections import deque
from pathlib import Path

LOCK, PROJECT = "requirements.lock", "pyproject.toml"
REPORT_SECONDS = 5.0


def main(root: Path) -> int:
    """Bring the virtualenv up to date; returns the exit status."""
    with (root / PROJECT).open(
        encoding="utf-8"
    ) as handle:  # locked itself: no lock file that could stay behind
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is making .venv: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        return bring_up_to_date(root)


def bring_up_to_date(root: Path) -> int:
    """What `main` does while it holds the lock."""
    environment = root / ".venv"
    installed = environment / "installed"
    python = environment / "bin" / "python"
    if not (works(python, root) and same(root / LOCK, installed / LOCK)):
        say(f"making .venv with Python {sys.version.split()[0]} (once, about a minute)")
        shutil.rmtree(environment, ignore_errors=True)
        try:
            venv.create(environment, with_pip=True, symlinks=True)
        except (OSError, subprocess.CalledProcessError) as error:
            return fail(f"the virtualenv can not be made: {error}")
        arguments = ["--require-hashes", "--no-deps", "-r", str(root / LOCK)]
        if (status := pip(python, arguments, of=count_pins(root / LOCK))) != 0:
            return status
        installed.mkdir()
        shutil.copyfile(root / LOCK, installed / LOCK)
    if not same(root / PROJECT, installed / PROJECT):
        (installed / PROJECT).unlink(missing_ok=True)
        arguments = ["--no-build-isolation", "--no-deps", "-e", str(root)]
        if (status := pip(python, arguments, of=1)) != 0:
            return status
        shutil.copyfile(root / PROJECT, installed / PROJECT)
    return 0


def works(python: Path, root: Path) -> bool:
    """Whether the interpreter starts and belongs to this place: a moved virtualenv has wrong paths inside."""
    question = "import sys; print(sys.prefix)"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return False
    config = root / ".venv" / "pyvenv.cfg"
    scripts = root / ".venv" / "bin" / "pip"
    in_place = scripts.is_file() and str(root / ".venv") in scripts.read_text(
        encoding="utf-8", errors="replace"
    )
    return answer.returncode == 0 and config.is_file() and in_place


def same(one: Path, other: Path) -> bool:
    """Whether both files exist with the same content."""
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def count_pins(lock: Path) -> int:
    """How many packages a lock names, at most: some are for other platforms."""
    return sum(
        "==" in line and not line.startswith((" ", "#")) for line in lock.read_text("utf-8").splitlines()
    )


def pip(python: Path, arguments: list[str], *, of: int) -> int:
    """Run `pip install`, with a line of progress every few seconds; on failure its last lines are shown."""
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    last: deque[str] = deque(maxlen=15)
    seen, reported = 0, time.monotonic()
    with subprocess.Popen(  # noqa: S603 pip of the virtualenv that was just made
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            seen += line.startswith("Collecting ")
            if time.monotonic() - reported > REPORT_SECONDS:
                reported = time.monotonic()
                say(f"  {min(seen, of)} of {of} packages: {line.partition(' (from')[0][:80].strip()}")
    if process.returncode != 0:
        say(*last)
        return fail("pip failed (its last lines are above); the next run starts afresh")
    return 0


def say(*lines: str) -> None:
    """Progress, on the error stream: the output belongs to what is run afterwards."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def fail(message: str) -> int:
    """Say an error and return its exit status."""
    say(f"error: {message}")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve()))
    except KeyboardInterrupt:
        say("interrupted: the next run starts afresh")
        sys.exit(130)
