"""A lock between processes that the operating system releases when its holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_SECONDS = 0.5  # how often a waiting process tries again
REMIND_SECONDS = 30.0  # how often it says that it still waits


@contextmanager
def exclusive(path: Path, report: Callable[[str], None], *, doing: str) -> Iterator[None]:
    """Hold the lock file `path`; a second process waits and says so through `report`.

    The lock is a `flock`: it needs no clean-up after a crash, and the file itself may stay.
    `doing` completes the sentence "another process is ...".
    """
    with path.open("a+", encoding="utf-8") as handle:
        reminded: float | None = None
        while not _taken(handle.fileno()):
            if reminded is None or time.monotonic() - reminded > REMIND_SECONDS:
                reminded = time.monotonic()
                handle.seek(0)
                holder = handle.read().strip()
                report(f"another process{f' (pid {holder})' if holder else ''} is {doing}: waiting for it")
            time.sleep(POLL_SECONDS)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
