"""What a project says exists outside of its program, such as capacity reservations and hosted zones.

A project may keep `sandbox.world.json` beside its stack files. It is copied to the sandbox's `world.json`,
which the provider reads, as long as nobody has changed that copy: a sandbox may have a world of its own.
"""

import hashlib
from pathlib import Path

from inferplane.sandbox.project import Project
from inferplane.sandbox.stack_settings import write_if_changed

FILE = "sandbox.world.json"


def refresh_world(project: Project, directory: Path) -> None:
    """Bring `<directory>/world.json` up to date with the project's, unless it was changed by hand."""
    source, copy, stamp = project.stack_directory / FILE, directory / "world.json", directory / "world.copied"
    if not source.is_file():
        return
    if copy.is_file():
        ours = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
        if _digest(copy) != ours:
            return
    write_if_changed(copy, source.read_text(encoding="utf-8"))
    write_if_changed(stamp, _digest(copy))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
