"""The official download of the Pulumi CLI, given up within seconds where it can not be reached."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

INSTALL_SCRIPT = (
    "https://get.pulumi.com/install.sh"  # what pulumi.automation.PulumiCommand.install fetches first
)

PROBE_SECONDS = 5.0  # a reachable server answers within a second; a filtered network answers never
DOWNLOAD_SECONDS = 300.0  # about 150 MB: five minutes are 4 Mbit/s
REPORT_SECONDS = 10.0

_PROBE = f"import urllib.request; urllib.request.urlopen({INSTALL_SCRIPT!r}, timeout={PROBE_SECONDS}).read(1)"
_INSTALL = (
    "import sys, semver; from pulumi.automation import PulumiCommand; "
    "PulumiCommand.install(root=sys.argv[1], version=semver.VersionInfo.parse(sys.argv[2]))"
)


def download(directory: Path, version: str, report: Callable[[str], None]) -> bool:
    """Install the CLI and its language hosts into `directory/bin`; False when it can not be had.

    Everything runs in a child with a time limit, because name resolution and the install script's own
    tools have no usable time-out.
    """
    if not _run([_PROBE], PROBE_SECONDS, report=None):
        report(f"the official download is not reachable ({INSTALL_SCRIPT})")
        return False
    report(f"downloading pulumi {version}")
    if _run([_INSTALL, str(directory), version], DOWNLOAD_SECONDS, report=report):
        return True
    report("the official download failed")
    for partial in directory.iterdir():  # nothing half-made may look like an engine
        if partial.is_dir():
            shutil.rmtree(partial)
        else:
            partial.unlink()
    return False


def _run(script_and_arguments: list[str], seconds: float, report: Callable[[str], None] | None) -> bool:
    child = subprocess.Popen(  # noqa: S603 this interpreter, with the constant scripts above
        [sys.executable, "-P", "-c", *script_and_arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a group of its own, so that all of its children can be ended
    )
    started = time.monotonic()
    try:
        while (elapsed := time.monotonic() - started) < seconds:
            try:
                return child.wait(timeout=min(REPORT_SECONDS, seconds - elapsed)) == 0
            except subprocess.TimeoutExpired:
                if report:
                    report(f"  still downloading, {elapsed:.0f} s")
        return False
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
