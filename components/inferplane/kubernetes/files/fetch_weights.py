"""Downloads a model's weights from S3 and verifies every byte; runs in the init container of a replica.

It stands alone: the standard library and boto3, both in the model's image. Below the source lies
MANIFEST.sha256, in the format of `sha256sum`; its own digest is given, so that nothing in the bucket needs to
be trusted. A file that is there already and matches is kept: a restarted container goes on where it stopped.
Credentials come from the environment (EKS Pod Identity: AWS_CONTAINER_CREDENTIALS_FULL_URI, which boto3
reads).

Exit codes: 0 done, 2 wrong arguments or manifest, 3 not found or not allowed, 4 a checksum differs, 5 no
space, 6 network.
"""

import argparse
import errno
import hashlib
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

import boto3  # type: ignore[import-untyped,unused-ignore]
import botocore.config  # type: ignore[import-untyped,unused-ignore]
import botocore.exceptions  # type: ignore[import-untyped,unused-ignore]

MANIFEST = "MANIFEST.sha256"
PARTIAL = ".partial"
USAGE, REFUSED, CORRUPT, NO_SPACE, NETWORK = 2, 3, 4, 5, 6

# S3 gives about 90 MB/s a connection and more with more of them (S3 user guide, "Performance guidelines":
# ranged GETs of 8 to 16 MB, several at once); larger parts mean fewer requests for files of several GB.
PART_BYTES = 32 * 1024 * 1024
CONNECTIONS = 32
VERIFIERS = 4  # threads that compute digests; hashlib releases the interpreter lock

ATTEMPTS = 5  # of one part, beside botocore's own retries of a request
MANIFEST_LIMIT = 16 * 1024 * 1024  # a larger one is no manifest
READ_BYTES = 1024 * 1024
PROGRESS_SECONDS = 10.0

LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>.+)")


class FetchError(Exception):
    """Something that ends the download, in one line, with the process's exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Entry(NamedTuple):
    """One file of the manifest."""

    name: str
    digest: str
    size: int = 0
    etag: str = ""


def parse_manifest(text: str) -> list[Entry]:
    """Return the files that a manifest names; refuses names that would leave the target directory."""
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise FetchError(USAGE, f"{MANIFEST} line {number}: expected '<64 hex digits>  <file>'")
        name = match["name"]
        parts = name.split("/")
        if (
            "\\" in name
            or "\0" in name
            or any(part in ("", ".", "..") for part in parts)
            or name.endswith(PARTIAL)
        ):
            raise FetchError(
                USAGE, f"{MANIFEST} line {number}: the name {name!r} is not a plain relative path"
            )
        if name in entries:
            raise FetchError(USAGE, f"{MANIFEST} line {number}: {name!r} is named twice")
        entries[name] = Entry(name, match["digest"])
    if not entries:
        raise FetchError(USAGE, f"{MANIFEST} names no file")
    return list(entries.values())


class Source:
    """The folder in S3 that holds the weights."""

    def __init__(self, uri: str, client: Any) -> None:
        match = re.fullmatch(r"s3://([a-z0-9.-]+)/(.+/)", uri)
        if match is None:
            raise FetchError(USAGE, f"the source {uri!r} is not of the form s3://bucket/prefix/")
        self.uri, self.bucket, self.prefix, self.client = uri, match[1], match[2], client

    def manifest(self, expected: str) -> list[Entry]:
        """Return the verified manifest's entries."""
        body = self._call(MANIFEST, lambda: self._get(MANIFEST)["Body"].read(MANIFEST_LIMIT + 1))
        if len(body) > MANIFEST_LIMIT:
            raise FetchError(
                USAGE, f"{self.uri}{MANIFEST} has more than {MANIFEST_LIMIT} bytes: not a manifest"
            )
        found = hashlib.sha256(body).hexdigest()
        if found != expected:
            raise FetchError(
                CORRUPT,
                f"{self.uri}{MANIFEST} has the SHA-256 {found}, not {expected}: other weights than declared",
            )
        try:
            return parse_manifest(body.decode())
        except UnicodeDecodeError:
            raise FetchError(USAGE, f"{self.uri}{MANIFEST} is not UTF-8 text") from None

    def sized(self, entry: Entry) -> Entry:
        """Return the entry with the object's size and entity tag."""
        head = self._call(
            entry.name, lambda: self.client.head_object(Bucket=self.bucket, Key=self.prefix + entry.name)
        )
        return entry._replace(size=int(head["ContentLength"]), etag=str(head["ETag"]))

    def part(self, entry: Entry, start: int, stop: int, descriptor: int, stopped: threading.Event) -> int:
        """Write bytes `start`..`stop` (exclusive) of an object to an open file; returns their number."""

        def attempt() -> int:
            body = self._get(entry.name, Range=f"bytes={start}-{stop - 1}", IfMatch=entry.etag)["Body"]
            offset = start
            for chunk in body.iter_chunks(READ_BYTES):
                if stopped.is_set():
                    raise FetchError(NETWORK, "stopped")
                view = memoryview(chunk)
                while view:
                    written = os.pwrite(descriptor, view, offset)
                    offset, view = offset + written, view[written:]
            if offset != stop:
                raise botocore.exceptions.IncompleteReadError(
                    actual_bytes=offset - start, expected_bytes=stop - start
                )
            return stop - start

        return int(self._call(entry.name, attempt))

    def _get(self, name: str, **more: Any) -> Any:
        return self.client.get_object(Bucket=self.bucket, Key=self.prefix + name, **more)

    def _call(self, name: str, action: Callable[[], Any]) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return action()
            except botocore.exceptions.ClientError as error:
                raise FetchError(REFUSED, f"{self.uri}{name}: {_reason(error)}") from None
            except (
                botocore.exceptions.NoCredentialsError,
                botocore.exceptions.CredentialRetrievalError,
            ) as error:
                raise FetchError(
                    REFUSED,
                    f"no AWS credentials ({error}): has the ServiceAccount a Pod Identity association?",
                ) from None
            except (botocore.exceptions.BotoCoreError, OSError) as error:
                if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                    raise FetchError(NO_SPACE, f"no space left while writing {name}") from None
                if attempt == ATTEMPTS:
                    raise FetchError(
                        NETWORK, f"{self.uri}{name}: {_one_line(error)}, {ATTEMPTS} times"
                    ) from None
                time.sleep(min(2.0**attempt / 4, 5.0))
        raise AssertionError("unreachable")


def _reason(error: Any) -> str:
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    if code in ("404", "NoSuchKey"):
        return "no such object"
    if code == "NoSuchBucket":
        return "no such bucket"
    if code in ("403", "AccessDenied"):
        return "access denied or no such object (the role may read, not list, exactly the declared folder)"
    if code in ("412", "PreconditionFailed"):
        return "the object was replaced during the download"
    return _one_line(error)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def digest_of(path: Path) -> str:
    """Return a file's SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(4 * READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def matches(path: Path, entry: Entry) -> bool:
    """Whether the file is there, with the right size and digest."""
    return path.is_file() and path.stat().st_size == entry.size and digest_of(path) == entry.digest


class Progress:
    """Says now and then how much is there."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self._total, self._say, self._done, self._lock = total, say, 0, threading.Lock()
        self._started = self._last = time.monotonic()

    def add(self, count: int) -> None:
        """Count bytes that arrived."""
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._last >= PROGRESS_SECONDS:
                self._last = now
                rate = self._done / (now - self._started) / 1e6
                self._say(f"{_gib(self._done)} of {_gib(self._total)} GiB, {rate:.0f} MB/s")


def _all(futures: "list[Future[Any]]", stopped: threading.Event) -> list[Any]:
    """Wait for all; at the first error tell the others to stop and raise it."""
    _, pending = wait(futures, return_when=FIRST_EXCEPTION)
    if pending:
        stopped.set()
        for future in pending:
            future.cancel()
        wait(futures)
    failed = [error for future in futures if not future.cancelled() and (error := future.exception())]
    for error in failed:
        if str(error) != "stopped":
            raise error
    return [future.result() for future in futures]


def fetch(source: Source, manifest_sha256: str, target: Path, say: Callable[[str], None]) -> None:
    """Bring the target directory to what the manifest says. Raises FetchError."""
    target.mkdir(parents=True, exist_ok=True)
    stopped = threading.Event()
    with ThreadPoolExecutor(CONNECTIONS) as connections, ThreadPoolExecutor(VERIFIERS) as verifiers:
        try:
            named = source.manifest(manifest_sha256)
            entries: list[Entry] = _all([connections.submit(source.sized, entry) for entry in named], stopped)
            present = _all(
                [verifiers.submit(matches, target / entry.name, entry) for entry in entries], stopped
            )
            missing = [entry for entry, there in zip(entries, present) if not there]  # noqa: B905 images with 3.9
            say(f"{len(entries)} files, {len(entries) - len(missing)} already there")
            for entry in missing:
                _remove(target / entry.name)
                _remove(target / (entry.name + PARTIAL))
            total = sum(entry.size for entry in missing)
            free = shutil.disk_usage(target).free
            if total > free:
                raise FetchError(
                    NO_SPACE,
                    f"{target} has {_gib(free)} GiB free, {_gib(total)} GiB are to be downloaded: "
                    "raise the model's disk or use nodes with more local NVMe",
                )
            progress = Progress(total, say)
            # One file's digest is computed while the next one arrives.
            verified = []
            for entry in missing:
                partial = _download(source, entry, target / entry.name, connections, progress, stopped)
                verified.append(verifiers.submit(_accept, source, entry, partial, target / entry.name))
            _all(verified, stopped)
        except BaseException:
            stopped.set()
            raise
    say(f"{_gib(total)} GiB downloaded, all {len(entries)} files verified")


def _download(
    source: Source,
    entry: Entry,
    path: Path,
    pool: ThreadPoolExecutor,
    progress: Progress,
    stopped: threading.Event,
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)

    def part(start: int) -> None:
        stop = min(start + PART_BYTES, entry.size)
        progress.add(source.part(entry, start, stop, descriptor, stopped))

    try:
        os.truncate(descriptor, entry.size)
        _all([pool.submit(part, start) for start in range(0, entry.size, PART_BYTES)], stopped)
    finally:
        os.close(descriptor)
    return partial


def _accept(source: Source, entry: Entry, partial: Path, path: Path) -> None:
    found = digest_of(partial)
    if found != entry.digest:
        _remove(partial)
        raise FetchError(
            CORRUPT, f"{source.uri}{entry.name} has the SHA-256 {found}, the manifest says {entry.digest}"
        )
    # Readers see a whole file or none.
    os.replace(partial, path)


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f}"


def _remove(path: Path) -> None:
    if path.is_dir():
        raise FetchError(USAGE, f"{path} is a directory, the manifest names a file of that name")
    path.unlink(missing_ok=True)


def main(argv: "list[str] | None" = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Download and verify a model's weights from S3.")
    parser.add_argument("--source", required=True, help="s3://bucket/prefix/")
    parser.add_argument(
        "--manifest-sha256", required=True, help=f"SHA-256 of {MANIFEST}, 64 hexadecimal digits"
    )
    parser.add_argument("--target", required=True, type=Path, help="directory to fill")
    arguments = parser.parse_args(argv)

    def say(text: str) -> None:
        sys.stdout.write(f"fetch-weights: {text}\n")
        sys.stdout.flush()

    # The first process of a container has no default reaction to SIGTERM: a pod that is deleted while it
    # loads would hold its GPU for the whole grace period.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    config = botocore.config.Config(
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "max_attempts": 8},
        connect_timeout=10,
        read_timeout=60,
    )
    try:
        source = Source(arguments.source, boto3.session.Session().client("s3", config=config))
        fetch(source, arguments.manifest_sha256.lower(), arguments.target, say)
    except FetchError as error:
        sys.stderr.write(f"fetch-weights: {error}\n")
        return error.code
    except botocore.exceptions.BotoCoreError as error:
        sys.stderr.write(f"fetch-weights: {_one_line(error)}\n")
        return NETWORK
    except OSError as error:
        sys.stderr.write(f"fetch-weights: {_one_line(error)}\n")
        return NO_SPACE if error.errno == errno.ENOSPC else USAGE
    except KeyboardInterrupt:
        sys.stderr.write("fetch-weights: interrupted\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
