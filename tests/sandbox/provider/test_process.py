"""The provider as a process: what the engine starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from inferplane.sandbox.provider.values import marshal, unmarshal

pytestmark = pytest.mark.service

COMMAND = [sys.executable, "-m", "inferplane.sandbox.provider", "aws", "127.0.0.1:1"]
PATIENCE = 30.0  # seconds until a process that should have ended counts as stuck


def test_it_prints_its_port_and_answers(tmp_path: Path) -> None:
    """A started provider can be configured, and creates a resource in the sandbox's cloud."""
    environment = {**os.environ, "INFERPLANE_SANDBOX_DIR": str(tmp_path)}
    with subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                stub.Configure(provider_pb2.ConfigureRequest(args=marshal({"region": "us-east-1"})))
                urn = "urn:pulumi:dev::demo::a:b:C$aws:sns/topic:Topic::alarms"
                checked = stub.Check(provider_pb2.CheckRequest(urn=urn, news=marshal({}), randomSeed=b"x"))
                made = stub.Create(provider_pb2.CreateRequest(urn=urn, properties=checked.inputs))
                assert made.id == unmarshal(made.properties)["arn"]
        finally:
            process.terminate()
    assert (tmp_path / "cloud.db").exists()


def test_it_ends_with_its_engine(tmp_path: Path) -> None:
    """A provider whose engine was killed does not stay behind."""
    script = (
        "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
        " p.stdout.readline(); print(p.pid)"
    )
    environment = {**os.environ, "INFERPLANE_SANDBOX_DIR": str(tmp_path)}
    engine = subprocess.run(
        [sys.executable, "-c", script, *COMMAND], env=environment, check=True, capture_output=True, text=True
    )
    deadline = time.monotonic() + PATIENCE
    while _lives(int(engine.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_outside_of_a_sandbox_it_says_so(tmp_path: Path) -> None:
    """Without the sandbox's directory there is no cloud to serve."""
    environment = {key: value for key, value in os.environ.items() if key != "INFERPLANE_SANDBOX_DIR"}
    run = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 1
    assert "runs in the sandbox only" in run.stderr
