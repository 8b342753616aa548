"""Pulumi's Python language host, for machines where the stock one is not installed.

An executable `pulumi-language-python` that prints its port and serves `LanguageRuntime`
(https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto). Programs and policy packs run as
children with this interpreter. It leaves out what a sandbox does not need: code generation, virtualenvs,
debuggers.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from importlib import metadata
from queue import Queue
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from inferplane.sandbox.program import SHOWN, VARIABLE, Program

_Answer = language_pb2.RunPluginResponse

_MAX_MESSAGE = (
    400 * 1024 * 1024
)  # bytes; what the engine and the SDK allow each other (rpcutil.GrpcChannelOptions)
_WATCH_SECONDS = 1.0  # how soon the host notices that the engine is gone
_GRACE_SECONDS = 3.0  # for a child to end by itself


class Children:
    """The running children of the host; all of them end with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.stopped = False

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a child that is ended by `stop`."""
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)  # noqa: S603 this interpreter
        with self._lock:
            self._running.add(child)
        if self.stopped:  # stopped in between
            self.stop()
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """The exit status of a child."""
        status = child.wait()
        with self._lock:
            self._running.discard(child)
        return status

    def stop(self) -> None:
        """End all children: a request first, after some seconds by force."""
        self.stopped = True
        with self._lock:
            children = list(self._running)
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


class PythonLanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine. One instance serves one engine."""

    def __init__(self, engine: str, children: Children) -> None:
        self.engine = engine
        self.children = children

    def Handshake(self, request: Any, context: Any) -> language_pb2.LanguageHandshakeResponse:  # noqa: N802, D102
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802, D102
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return language_pb2.GetRequiredPluginsResponse()  # providers of a sandbox are always in place

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return language_pb2.GetRequiredPackagesResponse()

    def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:  # noqa: N802, D102
        version = ".".join(map(str, sys.version_info[:3]))
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: N802
        """All installed packages, or only Pulumi's when transitive ones are not asked for."""
        installed = {found.name: found.version for found in metadata.distributions() if found.name}
        names = (name for name in sorted(installed) if request.transitiveDependencies or "pulumi" in name)
        found = [language_pb2.DependencyInfo(name=name, version=installed[name]) for name in names]
        return language_pb2.GetProgramDependenciesResponse(dependencies=found)

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802, D102
        yield from ()  # the interpreter that runs the host has them: it runs the program as well

    def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:  # noqa: N802
        """Run the program in a child whose output is the host's own, which the engine shows as it comes."""
        program = Program(
            project=request.project,
            stack=request.stack,
            organization=request.organization,
            root=request.info.root_directory,
            working_directory=request.pwd or request.info.program_directory,
            entry=request.info.entry_point or request.program or ".",
            arguments=list(request.args),
            monitor=request.monitor_address,
            engine=self.engine,
            dry_run=request.dryRun,
            parallel=request.parallel,
        )
        environment = {
            **os.environ,
            VARIABLE: program.to_json(),
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        # -u: a line is shown when it is printed, not at the program's end. -P: see environment._write_module.
        command = [sys.executable, "-u", "-P", "-m", "inferplane.sandbox.program"]
        status = self.children.wait(self.children.start(command, env=environment))
        if status == 0:
            return language_pb2.RunResponse()
        if status == SHOWN or self.children.stopped:
            return language_pb2.RunResponse(bail=True)
        how = f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
        return language_pb2.RunResponse(error=f"the program {how}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[_Answer]:  # noqa: N802
        """Run a policy pack, or another plugin written in Python, and pass on its output line by line."""
        folder = request.info.program_directory
        if request.kind == "analyzer":
            command = [sys.executable, "-u", "-m", "pulumi.policy", *request.args, folder]
        else:
            command = [sys.executable, "-u", os.path.join(folder, request.info.entry_point), *request.args]
        child = self.children.start(
            command,
            cwd=request.pwd or folder,
            env={**os.environ, **dict(entry.split("=", 1) for entry in request.env)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(child.terminate)  # the engine needs it no longer
        lines: Queue[_Answer | None] = Queue()
        for stream, answer in (
            (child.stdout, lambda line: _Answer(stdout=line)),
            (child.stderr, lambda line: _Answer(stderr=line)),
        ):
            threading.Thread(target=_pump, args=(stream, answer, lines), daemon=True).start()
        open_streams = 2
        while open_streams:
            line = lines.get()
            if line is None:
                open_streams -= 1
            else:
                yield line
        yield _Answer(exitcode=self.children.wait(child))

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, D102
        self.children.stop()
        return empty_pb2.Empty()


def _pump(stream: IO[bytes], answer: Callable[[bytes], _Answer], lines: "Queue[_Answer | None]") -> None:
    for line in stream:
        lines.put(answer(line))
    lines.put(None)


def serve(engine: str) -> None:
    """Serve until a signal comes or the engine is gone; then end all children and leave without a word."""
    children = Children()
    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    limits = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE),
        ("grpc.max_send_message_length", _MAX_MESSAGE),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(PythonLanguageRuntime(engine, children), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 how a plugin tells the engine where it listens
    parent = os.getppid()
    while not leave.wait(_WATCH_SECONDS):
        if os.getppid() != parent:  # the engine was killed, and could not end us
            break
    children.stop()
    os._exit(0)  # no thread of gRPC may keep us, and none may write to a closed pipe


if __name__ == "__main__":
    serve(next((word for word in sys.argv[1:] if not word.startswith("-")), ""))
