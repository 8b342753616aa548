"""The environment of a sandbox run: variables, a state directory, stand-ins for the clouds."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

from inferplane.errors import InferplaneError
from inferplane.sandbox.engine import SHIM_MARKER, STOCK_LANGUAGE_HOST, Engine, Report, find_engine, to_stderr
from inferplane.sandbox.project import Project
from inferplane.sandbox.project_world import refresh_world
from inferplane.sandbox.stack_settings import PASSPHRASE, StackSettings, write_if_changed
from inferplane.sandbox.stacks import StackStore

DIRECTORY_VARIABLE = "INFERPLANE_SANDBOX_DIR"
ENGINE_VARIABLE = "INFERPLANE_SANDBOX_ENGINE"

PACKAGES = ("aws", "kubernetes")  # served by inferplane.sandbox.provider
_OWN_PLUGINS = ("language-python-", *(f"resource-{package}-" for package in PACKAGES))

# Taken out of a sandbox run: with these a program could reach a real account.
_CREDENTIALS = ("AWS_", "AZURE_", "ARM_", "CLOUDSDK_", "GOOGLE_", "KUBE")
# Pulumi's variables point to a real backend, token or passphrase; these few only choose a stack or the
# display.
_PULUMI_KEPT = ("PULUMI_STACK", "PULUMI_OPTION_", "PULUMI_DEBUG_", "PULUMI_PARALLEL")


@dataclass(frozen=True)
class SandboxEnvironment:
    """A prepared sandbox. `variables` is the whole environment for a process that shall run in it."""

    project: Project
    directory: Path
    engine: Engine
    variables: Mapping[str, str]

    @classmethod
    def prepare(
        cls,
        *,
        start: Path | None = None,
        directory: Path | None = None,
        base: Mapping[str, str] | None = None,
        engine: Engine | None = None,
        report: Report = to_stderr,
    ) -> "SandboxEnvironment":
        """Make or renew the sandbox of the project that `start` (default: the working directory) lies in.

        `directory` keeps all state; default `$INFERPLANE_SANDBOX_DIR`, else `<project root>/.sandbox`.
        `base` is the environment to start from (default: this process's). Raises `InferplaneError` outside
        of a project, when no engine can be had, and when the directory can not be written to.
        """
        project = Project.find(start or Path.cwd())
        given = dict(os.environ if base is None else base)
        chosen = directory or Path(given.get(DIRECTORY_VARIABLE) or project.root / ".sandbox")
        place = Path(os.path.abspath(chosen))
        try:
            _make_directories(place)
            found = engine or find_engine(report)
            _write_executables(place, found)
            settings = StackSettings(project, place / "projects" / project.name)
            settings.refresh_project()
            refresh_world(project, place)
        except OSError as error:
            raise InferplaneError(
                f"the sandbox can not be kept here ({error.strerror})",
                where=str(error.filename or place),
                fix=f"set {DIRECTORY_VARIABLE} to a directory that you may write to and that has space",
            ) from error
        return cls(project, place, found, _variables(given, place, found))

    @property
    def settings(self) -> StackSettings:
        """The sandbox's copies of the stacks' settings."""
        return StackSettings(self.project, self.directory / "projects" / self.project.name)

    @property
    def stacks(self) -> StackStore:
        """The stacks of the project in this sandbox's backend."""
        return StackStore(self.settings, self.directory, str(self.engine.path), self.variables)


def _make_directories(place: Path) -> None:
    for name in ("backend", "bin", "home"):
        (place / name).mkdir(parents=True, exist_ok=True)
    write_if_changed(place / ".gitignore", "*\n")


def _write_executables(place: Path, engine: Engine) -> None:
    binaries = place / "bin"
    write_if_changed(
        binaries / SHIM_MARKER, "The executables here stand in for others inside of a sandbox.\n"
    )
    _write_module(binaries / "pulumi", "inferplane.sandbox.pulumi_command")
    # Providers and language host go where the CLI keeps plugins, not on PATH: it warns about each one from
    # there on each run, and a real provider that is installed there would win.
    wanted: set[str] = set()
    for package in PACKAGES:
        version = metadata.version(f"pulumi-{package}")
        plugin = f"resource-{package}-v{version}"
        wanted.add(plugin)
        module = ["inferplane.sandbox.provider", package]
        _write_module(_plugin(place, plugin) / f"pulumi-resource-{package}", *module)
    host = engine.stock_language_host
    if (
        host is None or host.parent != engine.path.resolve().parent
    ):  # a bundled one is found by the CLI itself
        plugin = f"language-python-v{engine.version}"
        wanted.add(plugin)
        executable = _plugin(place, plugin) / STOCK_LANGUAGE_HOST
        if host is None:
            _write_module(executable, "inferplane.sandbox.language_host")
        else:
            _write_script(executable, [str(host)])
    for old in (place / "home" / "plugins").iterdir():  # ours, of another version of the SDK or the engine
        if old.name not in wanted and old.name.startswith(_OWN_PLUGINS):
            shutil.rmtree(old, ignore_errors=True)


def _plugin(place: Path, name: str) -> Path:
    folder = place / "home" / "plugins" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_module(path: Path, module: str, *arguments: str) -> None:
    # -P: the working directory is the user's program, which must not shadow modules of ours.
    _write_script(path, [sys.executable, "-P", "-m", module, *arguments])


def _write_script(path: Path, command: list[str]) -> None:
    write_if_changed(path, f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', mode=0o755)


def _variables(given: Mapping[str, str], place: Path, engine: Engine) -> dict[str, str]:
    variables = {name: value for name, value in given.items() if not _is_ambient(name)}
    path = [str(place / "bin"), str(Path(sys.executable).parent), given.get("PATH", os.defpath)]
    return variables | {
        "PATH": os.pathsep.join(path),
        "PULUMI_BACKEND_URL": "file://" + quote(str(place / "backend")),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_HOME": str(place / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",  # see _write_executables
        "PULUMI_PYTHON_CMD": sys.executable,  # the interpreter for the stock language host
        "PULUMI_ERROR_OUTPUT_STRING": "true",  # an Output in an f-string is an error, no strange text
        # Whatever a program calls besides Pulumi finds no account either.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "KUBECONFIG": os.devnull,
        DIRECTORY_VARIABLE: str(place),
        ENGINE_VARIABLE: str(engine.path),
    }


def _is_ambient(name: str) -> bool:
    if name.startswith("PULUMI_"):
        return not name.startswith(_PULUMI_KEPT)
    return name.startswith(_CREDENTIALS)
