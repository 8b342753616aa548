"""Builds the Pulumi CLI from the pinned Go module in `toolchain/`; needs only Go and a Go module proxy."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from inferplane.errors import InferplaneError

TOOLCHAIN = Path(__file__).parent / "toolchain"
MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
INSTALL_PULUMI = "https://www.pulumi.com/docs/install/"
INSTALL_GO = "https://go.dev/doc/install"

# Measured with v3.274.1 on two cores: Go's build cache 1.8 GB, its module cache 1.6 GB, the binary 0.12 GB.
SPACE_NEEDED = 4_000_000_000  # bytes
USUAL_DURATION = "about 4 minutes on two cores"
REPORT_SECONDS = 10.0
LINES_SHOWN = 15  # of a failed build's output


def build(directory: Path, version: str, report: Callable[[str], None]) -> None:
    """Build `directory/pulumi`; `InferplaneError` for a missing or old Go, a full disk or a failed build."""
    go = _go()
    _check_space(go, directory)
    report(f"building pulumi {version} from source, once: {USUAL_DURATION}")
    target = directory / "pulumi"
    command = [
        go,
        "build",
        "-v",
        "-tags=osusergo,grpcnotrace",
        f"-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",
        f"-o={target}",
        MODULE,
    ]
    status, lines = _run(command, report)
    if status != 0:
        raise _failure(status, lines)


def required_go() -> tuple[int, ...]:
    """The Go version that `toolchain/go.mod` asks for, such as (1, 26, 6)."""
    declared = re.search(r"^go (\S+)$", (TOOLCHAIN / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None
    return _version(declared.group(1))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _go() -> str:
    needed = required_go()
    shown = ".".join(map(str, needed))
    go = shutil.which("go")
    if go is None:
        raise InferplaneError(
            "neither a recent pulumi nor Go is installed, and the official download is not reachable",
            where="engine",
            allowed=f"pulumi on PATH, or Go {shown} or newer to build it",
            fix=f"install Pulumi ({INSTALL_PULUMI}) or Go ({INSTALL_GO})",
        )
    answer = subprocess.run(  # noqa: S603 the go on PATH
        [go, "version"], capture_output=True, text=True, check=False, cwd="/", env=_environment()
    )
    match = re.search(r"\bgo(\d+(?:\.\d+)+)", answer.stdout)
    if match is None:
        said = (answer.stderr or answer.stdout).strip() or f"exit status {answer.returncode}"
        raise InferplaneError(
            f"`go version` does not work: {said}", where=go, fix=f"install Go again ({INSTALL_GO})"
        )
    if _version(match.group(1)) < needed:
        raise InferplaneError(
            f"Go {match.group(1)} is too old to build pulumi",
            where=go,
            allowed=f"Go {shown} or newer",
            fix=f"install a newer Go ({INSTALL_GO}), or Pulumi itself ({INSTALL_PULUMI})",
        )
    return go


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "GOTOOLCHAIN": "local",  # never fetch another Go behind the user's back: say what is needed instead
        "GOFLAGS": "-mod=readonly",  # exactly the pinned modules
        "GOWORK": "off",
        "CGO_ENABLED": "0",  # no C compiler needed
    }


def _check_space(go: str, directory: Path) -> None:
    answer = subprocess.run(  # noqa: S603 the go on PATH
        [go, "env", "-json", "GOCACHE"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_environment(),
    )
    places = [directory]
    if answer.returncode == 0:
        places.append(Path(json.loads(answer.stdout)["GOCACHE"]))
    for place in places:
        existing = next(path for path in (place, *place.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        if free < SPACE_NEEDED:
            raise _disk_full(str(place), f"only {free / 1e9:.1f} GB are free")


def _disk_full(where: str, what: str) -> InferplaneError:
    return InferplaneError(
        f"not enough disk space to build pulumi: {what}",
        where=where,
        allowed=f"{SPACE_NEEDED / 1e9:.0f} GB free (Go's caches take most of it)",
        fix=f"free some space, set GOCACHE and XDG_CACHE_HOME to a larger disk, or install {INSTALL_PULUMI}",
    )


def _run(command: list[str], report: Callable[[str], None]) -> tuple[int, list[str]]:
    child = subprocess.Popen(  # noqa: S603 the go on PATH
        command,
        cwd=TOOLCHAIN,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output: deque[str] = deque(maxlen=200)
    seen = 0

    def read() -> None:
        nonlocal seen
        for line in child.stdout or ():
            seen += 1
            output.append(line.rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    started = time.monotonic()
    try:
        while True:
            try:
                status = child.wait(timeout=REPORT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                latest = output[-1] if output else "starting"
                report(f"  {time.monotonic() - started:4.0f} s, {seen} steps, now {latest}")
    finally:  # Ctrl-C and the like: the compiler must not run on
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    reader.join(timeout=5)
    return status, list(output)


def _failure(status: int, lines: list[str]) -> InferplaneError:
    text = "\n".join(lines)
    if "no space left on device" in text.lower():
        return _disk_full("engine", "the disk became full during the build")
    how = f"was ended by signal {-status}" if status < 0 else f"failed with exit status {status}"
    shown = "\n    ".join(lines[-LINES_SHOWN:]) or "(no output)"
    return InferplaneError(
        f"building pulumi {how}; its last lines:\n    {shown}",
        where="engine",
        fix=f"run the command again (finished parts are kept), or install Pulumi ({INSTALL_PULUMI})",
    )
