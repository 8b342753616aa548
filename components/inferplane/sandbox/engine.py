"""Finds a Pulumi CLI: on PATH, in the user's cache, by the official download, or built once from source."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inferplane.errors import InferplaneError
from inferplane.sandbox import engine_build, engine_download
from inferplane.sandbox.locking import exclusive

# The release that is downloaded or built; the same as in toolchain/go.mod, which a test compares.
ENGINE_VERSION = "3.274.1"

# The oldest CLI that is used when it is on PATH. The Python SDK speaks to older engines as well, but drops
# what they lack: resource hooks (also on dry runs), error hooks and hidden diffs, by which dangerous changes
# are refused at preview, were complete early in 2026 (https://github.com/pulumi/pulumi/releases).
MINIMUM_VERSION = "3.220.0"

# Marks a directory of the sandbox's own executables, so that a sandbox inside a sandbox never finds itself.
SHIM_MARKER = ".inferplane-sandbox"

STOCK_LANGUAGE_HOST = "pulumi-language-python"

Report = Callable[[str], None]


@dataclass(frozen=True)
class Engine:
    """A usable Pulumi CLI. `origin` is one of "PATH", "cache", "download" and "build"."""

    path: Path
    version: str
    origin: str

    @property
    def stock_language_host(self) -> Path | None:
        """Pulumi's own Python language host for this engine, or None where it is not installed."""
        bundled = self.path.resolve().parent / STOCK_LANGUAGE_HOST
        if os.access(bundled, os.X_OK):
            return bundled
        on_path = which(STOCK_LANGUAGE_HOST)
        return Path(on_path) if on_path else None


def to_stderr(line: str) -> None:
    """The default way to report progress."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 progress of a command, not of a library call


def cache_directory() -> Path:
    """Where engines are kept: `$XDG_CACHE_HOME/inferplane/engine`, by default under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    root = (
        Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    )  # the XDG rule: ignore relative paths
    return root / "inferplane" / "engine"


def which(name: str) -> str | None:
    """Like `shutil.which`, but blind to the sandbox's own executables."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    own = [entry for entry in entries if not os.path.exists(os.path.join(entry, SHIM_MARKER))]
    return shutil.which(name, path=os.pathsep.join(own))


def find_engine(report: Report = to_stderr) -> Engine:
    """A Pulumi CLI that is recent enough; takes minutes the first time on a machine without one.

    Order: `pulumi` on PATH when it is at least `MINIMUM_VERSION`; the user's cache; the official download; a
    build from the pinned Go module. Raises `InferplaneError` when none works, with what can be done about it.
    """
    return _on_path(report) or _in_cache(report) or _set_up(report)


def version_of(executable: Path) -> str | None:
    """What `executable version` answers, without the leading v; None when it is no working Pulumi CLI."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        # 30 s: a cold start from a slow disk takes a few seconds; a hanging wrapper script must not hang us.
        answer = subprocess.run(  # noqa: S603 the user's own pulumi
            [str(executable), "version"],
            capture_output=True,
            text=True,
            timeout=30,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", answer.stdout.strip())
    return match.group(1) if match and answer.returncode == 0 else None


def is_recent_enough(version: str) -> bool:
    """Whether a version such as "3.275.0-alpha.1" is at least `MINIMUM_VERSION` and of the same major."""
    given, minimum = (
        tuple(int(part) for part in re.findall(r"\d+", v)[:3]) for v in (version, MINIMUM_VERSION)
    )
    return given[0] == minimum[0] and given >= minimum


def _on_path(report: Report) -> Engine | None:
    found = which("pulumi")
    if found is None:
        return None
    version = version_of(Path(found))
    if version is None:
        report(f"{found} does not answer `pulumi version`: not used")
        return None
    if not is_recent_enough(version):
        report(f"{found} is pulumi {version}; {MINIMUM_VERSION} or newer (of major 3) is needed: not used")
        return None
    return Engine(Path(found), version, "PATH")


def _in_cache(report: Report) -> Engine | None:
    directory = cache_directory() / ENGINE_VERSION
    for candidate in (directory / "pulumi", directory / "bin" / "pulumi"):  # built, downloaded
        if candidate.exists():
            if version_of(candidate) == ENGINE_VERSION:
                return Engine(candidate, ENGINE_VERSION, "cache")
            report(f"{candidate} does not work: it is made again")
    return None


def _set_up(report: Report) -> Engine:
    cache = cache_directory()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with exclusive(cache / "lock", report, doing="setting up the Pulumi engine"):
            engine = _in_cache(report)  # made by the process that held the lock before
            return engine or _make(cache, report)
    except OSError as error:
        raise InferplaneError(
            f"the engine can not be kept here ({error.strerror})",
            where=str(cache),
            allowed="a directory that you may write to",
            fix=f"set XDG_CACHE_HOME to such a directory, or install Pulumi ({engine_build.INSTALL_PULUMI})",
        ) from error


def _make(cache: Path, report: Report) -> Engine:
    for leftover in cache.glob(".new-*"):  # of an interrupted set-up: we hold the lock, so nobody uses it
        shutil.rmtree(leftover, ignore_errors=True)
    work = cache / f".new-{os.getpid()}"
    target = cache / ENGINE_VERSION
    try:
        work.mkdir()
        if engine_download.download(work, ENGINE_VERSION, report):
            origin, made = "download", target / "bin" / "pulumi"
        else:
            engine_build.build(work, ENGINE_VERSION, report)
            origin, made = "build", target / "pulumi"
        if target.exists():  # a broken one: a directory can only replace an empty directory
            target.rename(cache / f".new-{os.getpid()}-broken")
        work.rename(target)
    finally:
        for leftover in cache.glob(f".new-{os.getpid()}*"):
            shutil.rmtree(leftover, ignore_errors=True)
    if version_of(made) != ENGINE_VERSION:
        raise InferplaneError(
            "the engine was made but does not start", where=str(made), fix="install Pulumi by hand"
        )
    report(f"engine: pulumi {ENGINE_VERSION} in {made}")
    return Engine(made, ENGINE_VERSION, origin)


def main() -> int:
    """Find or make the engine and print its path."""
    try:
        engine = find_engine()
    except InferplaneError as error:
        to_stderr(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        return 130
    print(engine.path)  # noqa: T201 the command's answer
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # 128 + 15: end, but let a build clean up
    sys.exit(main())
