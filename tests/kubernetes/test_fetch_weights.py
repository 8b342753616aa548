"""The weight fetcher, run as a process against an S3 server."""

import contextlib
import functools
import hashlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import boto3  # type: ignore[import-untyped,unused-ignore]
import pytest
from moto.server import ThreadedMotoServer

from inferplane.kubernetes.files import fetch_weights

pytestmark = pytest.mark.service

SCRIPT = Path(fetch_weights.__file__)
BUCKET, PREFIX = "weights", "model/rev-1/"
FILES = {"config.json": b"{}", "empty.txt": b"", "shards/model-1.safetensors": os.urandom(300_000)}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Run(NamedTuple):
    """How a run of the fetcher ended."""

    code: int
    out: str
    err: str


@functools.cache
def s3(endpoint: str) -> Any:
    """A client of the server; making one takes a quarter of a second."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


class Bucket:
    """A bucket with weights and the environment of a pod that may read it."""

    def __init__(self, endpoint: str) -> None:
        self.environment = {
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        self.client = s3(endpoint)
        for listed in self.client.list_buckets()["Buckets"]:
            for item in self.client.list_objects_v2(Bucket=listed["Name"]).get("Contents", []):
                self.client.delete_object(Bucket=listed["Name"], Key=item["Key"])
            self.client.delete_bucket(Bucket=listed["Name"])
        self.client.create_bucket(Bucket=BUCKET)
        for name, body in FILES.items():
            self.put(name, body)
        self.manifest = self.put_manifest(
            {name: hashlib.sha256(body).hexdigest() for name, body in FILES.items()}
        )

    def put(self, name: str, body: bytes) -> None:
        """Store one object below the prefix."""
        self.client.put_object(Bucket=BUCKET, Key=PREFIX + name, Body=body)

    def put_manifest(self, digests: dict[str, str]) -> str:
        """Store a manifest and return its digest."""
        return self.put_manifest_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))

    def put_manifest_text(self, text: str) -> str:
        """Store a manifest's text and return its digest."""
        self.put("MANIFEST.sha256", text.encode())
        return hashlib.sha256(text.encode()).hexdigest()

    def arguments(self, target: Path, **changes: str) -> list[str]:
        """The fetcher's command line, with changes."""
        options = {"source": f"s3://{BUCKET}/{PREFIX}", "manifest-sha256": self.manifest, **changes}
        return [f"--target={target}", *(f"--{key}={value}" for key, value in options.items())]

    def fetch(self, target: Path, **changes: str) -> Run:
        """Run the fetcher in this process, as in a pod's environment."""
        out, err = io.StringIO(), io.StringIO()
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with (
                mock.patch.dict(os.environ, self.environment, clear=True),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                code = fetch_weights.main(self.arguments(target, **changes))
        finally:
            signal.signal(signal.SIGTERM, handler)
        return Run(code, out.getvalue(), err.getvalue())


@pytest.fixture
def bucket(endpoint: str) -> Bucket:
    """A fresh bucket."""
    return Bucket(endpoint)


def contents(target: Path) -> dict[str, bytes]:
    """What lies below a directory."""
    return {str(p.relative_to(target)): p.read_bytes() for p in sorted(target.rglob("*")) if p.is_file()}


def process(bucket: Bucket, *arguments: str) -> "subprocess.Popen[str]":
    """Start the fetcher as the init container does."""
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        env={**bucket.environment, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_everything_arrives(bucket: Bucket, tmp_path: Path) -> None:
    """All files of the manifest arrive whole, empty ones and folders too, and nothing else stays behind."""
    with process(bucket, *bucket.arguments(tmp_path / "new")) as run:
        _, errors = run.communicate(timeout=60)
    assert (run.returncode, errors) == (0, "")
    assert contents(tmp_path / "new") == FILES


def test_deleted_pod_frees_its_gpu_at_once(bucket: Bucket, tmp_path: Path) -> None:
    """SIGTERM ends a download that hangs; the first process of a container would ignore it otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        bucket.environment["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{server.getsockname()[1]}"
        with process(bucket, *bucket.arguments(tmp_path)) as run:
            connection, _ = server.accept()
            run.terminate()
            run.communicate(timeout=60)
            connection.close()
    assert run.returncode == 128 + signal.SIGTERM


def test_second_run_downloads_nothing(bucket: Bucket, tmp_path: Path) -> None:
    """A second run verifies what is there and keeps it."""
    bucket.fetch(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    run = bucket.fetch(tmp_path)
    assert run.code == 0
    assert "3 files, 3 already there" in run.out
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def test_damaged_file_is_fetched_again(bucket: Bucket, tmp_path: Path) -> None:
    """A file on disk of the right size with one wrong byte is replaced."""
    bucket.fetch(tmp_path)
    shard = tmp_path / "shards/model-1.safetensors"
    shard.write_bytes(b"\0" + shard.read_bytes()[1:])
    assert "2 already there" in bucket.fetch(tmp_path).out
    assert contents(tmp_path) == FILES


def test_interrupted_download_starts_over(bucket: Bucket, tmp_path: Path) -> None:
    """What an interrupted run left behind neither counts nor stays."""
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards/model-1.safetensors.partial").write_bytes(b"half")
    assert bucket.fetch(tmp_path).code == 0
    assert contents(tmp_path) == FILES


def test_corrupt_object_is_refused(bucket: Bucket, tmp_path: Path) -> None:
    """An object that differs from the manifest ends the run, and vLLM never sees the file."""
    bucket.put("config.json", b"[]")
    run = bucket.fetch(tmp_path)
    assert run.code == 4
    assert f"s3://{BUCKET}/{PREFIX}config.json has the SHA-256" in run.err
    assert "config.json" not in contents(tmp_path)
    assert "config.json.partial" not in contents(tmp_path)


def test_other_manifest_is_refused(bucket: Bucket, tmp_path: Path) -> None:
    """A manifest other than the declared one ends the run before anything is downloaded."""
    run = bucket.fetch(tmp_path, **{"manifest-sha256": "0" * 64})
    assert run.code == 4
    assert "other weights than declared" in run.err
    assert contents(tmp_path) == {}


def test_missing_object_is_named(bucket: Bucket, tmp_path: Path) -> None:
    """An object that the manifest names and the bucket lacks is named."""
    bucket.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}config.json")
    run = bucket.fetch(tmp_path)
    assert (run.code, run.err.count("\n")) == (3, 1)
    assert f"s3://{BUCKET}/{PREFIX}config.json: no such object" in run.err


def test_missing_bucket_is_named(bucket: Bucket, tmp_path: Path) -> None:
    """A bucket that is not there is named."""
    run = bucket.fetch(tmp_path, source="s3://elsewhere/model/")
    assert (run.code, run.err.count("\n")) == (3, 1)
    assert "s3://elsewhere/model/MANIFEST.sha256: no such bucket" in run.err


def test_no_credentials_point_to_pod_identity(bucket: Bucket, tmp_path: Path) -> None:
    """Without credentials the message says what is missing."""
    del bucket.environment["AWS_ACCESS_KEY_ID"]
    run = bucket.fetch(tmp_path)
    assert (run.code, run.err.count("\n")) == (3, 1)
    assert "Pod Identity association" in run.err


def test_unreachable_s3_is_a_network_error(bucket: Bucket, tmp_path: Path) -> None:
    """A server that can not be reached ends the run with its own code after a few attempts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    bucket.environment["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{closed}"
    with mock.patch("time.sleep"):
        run = bucket.fetch(tmp_path)
    assert (run.code, run.err.count("\n")) == (6, 1)
    assert run.err.endswith(", 5 times\n")


NAMES = ["../escape", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "a\0b", "x.partial", "a/"]


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_below_the_target(name: str) -> None:
    """A manifest can not write outside of the target, whoever wrote it."""
    with pytest.raises(fetch_weights.FetchError, match="is not a plain relative path") as caught:
        fetch_weights.parse_manifest(f"{'0' * 64}  {name}\n")
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no file"),
        ("nonsense\n", "line 1: expected"),
        (f"{'0' * 64}  a\n" * 2, "'a' is named twice"),
    ],
)
def test_other_texts_are_no_manifest(text: str, message: str) -> None:
    """A text that is no manifest is refused with its line."""
    with pytest.raises(fetch_weights.FetchError, match=message):
        fetch_weights.parse_manifest(text)


def test_wrong_manifest_is_one_line(bucket: Bucket, tmp_path: Path) -> None:
    """A manifest with a name that leaves the target ends the run in one line, with nothing written."""
    manifest = bucket.put_manifest({"../escape": "0" * 64})
    run = bucket.fetch(tmp_path / "inside", **{"manifest-sha256": manifest})
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert contents(tmp_path) == {}


def test_full_disk_is_seen_beforehand(bucket: Bucket, tmp_path: Path) -> None:
    """With too little space nothing is downloaded, and the message says how much there is and how much is
    needed."""
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    with mock.patch("shutil.disk_usage", return_value=full):
        run = bucket.fetch(tmp_path)
    assert (run.code, run.err.count("\n")) == (5, 1)
    assert "has 0.0 GiB free" in run.err
    assert contents(tmp_path) == {}


def test_large_files_come_in_parts(bucket: Bucket, tmp_path: Path) -> None:
    """A file larger than a part is put together in the right order."""
    with mock.patch.object(fetch_weights, "PART_BYTES", 7_001):
        run = bucket.fetch(tmp_path)
    assert run.code == 0
    assert "all 3 files verified" in run.out
    assert contents(tmp_path) == FILES


def test_replaced_object_is_noticed(bucket: Bucket, tmp_path: Path) -> None:
    """Parts of two versions of an object are never mixed: another version is refused by its entity tag."""
    source = fetch_weights.Source(f"s3://{BUCKET}/{PREFIX}", bucket.client)
    entry = source.sized(fetch_weights.Entry("config.json", "0" * 64))
    bucket.put("config.json", b"[]")
    with (tmp_path / "file").open("wb") as file, pytest.raises(fetch_weights.FetchError, match="replaced"):
        source.part(entry, 0, 2, file.fileno(), threading.Event())


def test_script_stands_alone() -> None:
    """The script imports nothing but the standard library and boto3: the image has nothing of ours."""
    text = SCRIPT.read_text()
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"boto3", "botocore"}
