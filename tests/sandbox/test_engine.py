"""Which Pulumi CLI is used, and how one is made; with stand-ins for pulumi, Go and the official download."""

import errno
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from inferplane.errors import InferplaneError
from inferplane.sandbox import engine, engine_build, engine_download
from inferplane.sandbox.engine import ENGINE_VERSION, SHIM_MARKER, find_engine, is_recent_enough

FAKE_GO = """
case "$1" in
  version) echo "go version go{version} linux/amd64" ;;
  env) echo '{{"GOCACHE": "{folder}/go-cache"}}' ;;
  build)
    echo built >> "{folder}/builds"
    {during}
    for word in "$@"; do
      case "$word" in -o=*) out="${{word#-o=}}" ;; esac
    done
    printf '#!/bin/sh\\necho v{makes}\\n' > "$out"
    {chmod} +x "$out"
    ;;
esac
"""


@pytest.fixture
def reports() -> list[str]:
    """What was reported to the person."""
    return []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH, an empty cache, and no official download."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(engine_download, "download", lambda *_: False)
    return tmp_path


def executable(path: Path, script: str) -> Path:
    """Write a shell script that only uses what the shell has built in: PATH holds nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def fake_go(folder: Path, *, version: str = "1.26.8", during: str = ":", makes: str = ENGINE_VERSION) -> None:
    """A `go` on PATH; `during` is what it does while it builds."""
    chmod = shutil.which("chmod", path="/bin:/usr/bin")
    script = FAKE_GO.format(version=version, folder=folder, during=during, makes=makes, chmod=chmod)
    executable(folder / "path" / "go", script)


def waiting_for(gate: Path) -> str:
    """Shell that goes on once the file exists."""
    sleep = shutil.which("sleep", path="/bin:/usr/bin")
    return f'while [ ! -e "{gate}" ]; do {sleep} 0.05; done'


def builds(folder: Path) -> int:
    """How often the stand-in for Go has built."""
    log = folder / "builds"
    return len(log.read_text().splitlines()) if log.exists() else 0


def cached(folder: Path) -> Path:
    """Where a built engine lies."""
    return folder / "cache" / "inferplane" / "engine" / ENGINE_VERSION / "pulumi"


def leftovers(folder: Path) -> list[str]:
    """Half-made engines in the cache."""
    return sorted(path.name for path in (folder / "cache" / "inferplane" / "engine").glob(".new-*"))


def test_the_version_is_that_of_the_pinned_module() -> None:
    """What is downloaded and what is built is one release."""
    pinned = re.search(
        r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", (engine_build.TOOLCHAIN / "go.mod").read_text()
    )
    assert pinned is not None
    assert pinned.group(1) == ENGINE_VERSION


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("3.220.0", True),
        ("3.219.9", False),
        ("3.1000.0", True),
        ("3.274.1-alpha.7", True),
        ("4.0.0", False),
        ("2.999.0", False),
    ],
)
def test_recent_enough(version: str, enough: bool) -> None:
    """Versions are compared as numbers, within one major version."""
    assert is_recent_enough(version) is enough


def test_a_recent_pulumi_on_path_is_used(folder: Path) -> None:
    """An installed CLI is preferred to everything else."""
    installed = executable(folder / "path" / "pulumi", "echo v3.300.0")
    found = find_engine()
    assert (found.path, found.version, found.origin) == (installed, "3.300.0", "PATH")


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo v3.100.0", "3.220.0 or newer"), ("echo hello", "does not answer"), ("exit 1", "does not answer")],
)
def test_an_unusable_pulumi_on_path_is_passed_over_and_said(
    folder: Path, reports: list[str], script: str, said: str
) -> None:
    """An old or broken CLI is named with the reason, and the cache is used."""
    executable(folder / "path" / "pulumi", script)
    executable(cached(folder), f"echo v{ENGINE_VERSION}")
    assert find_engine(reports.append).origin == "cache"
    assert any(said in line and str(folder / "path" / "pulumi") in line for line in reports)


def test_a_sandbox_never_finds_its_own_pulumi(folder: Path) -> None:
    """The stand-in that a sandbox puts on PATH is not taken for an installed CLI."""
    executable(folder / "path" / "pulumi", "echo v3.300.0")
    (folder / "path" / SHIM_MARKER).touch()
    executable(cached(folder), f"echo v{ENGINE_VERSION}")
    assert find_engine().origin == "cache"


def test_without_pulumi_it_is_built_once(folder: Path, reports: list[str]) -> None:
    """The first call builds, the second finds the result; nothing half-made stays."""
    fake_go(folder)
    assert find_engine(reports.append).origin == "build"
    assert find_engine(reports.append).origin == "cache"
    assert (builds(folder), leftovers(folder)) == (1, [])


def test_a_broken_engine_in_the_cache_is_made_again(folder: Path, reports: list[str]) -> None:
    """A damaged binary does not stay in the way."""
    executable(cached(folder), "exit 1")
    fake_go(folder)
    assert find_engine(reports.append).origin == "build"
    assert any("does not work" in line for line in reports)
    assert leftovers(folder) == []


def test_the_build_is_pinned_and_needs_no_compiler(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the caller's Go settings are: exactly the pinned modules, the installed Go, no C compiler."""
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    fake_go(folder, during=f'echo "$GOFLAGS $GOTOOLCHAIN $GOWORK $CGO_ENABLED" > "{folder}/settings"')
    find_engine()
    assert (folder / "settings").read_text().strip() == "-mod=readonly local off 0"


def test_progress_is_shown_during_a_build(
    folder: Path, reports: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Go builds there is a line now and then, with the latest step."""
    monkeypatch.setattr(engine_build, "REPORT_SECONDS", 0.05)
    gate = folder / "gate"
    fake_go(folder, during=f"echo github.com/some/package; {waiting_for(gate)}")

    def report(line: str) -> None:
        reports.append(line)
        if "github.com/some/package" in line:
            gate.touch()

    find_engine(report)
    assert any("1 steps, now github.com/some/package" in line for line in reports)


def test_a_second_set_up_waits_for_the_first(folder: Path, reports: list[str]) -> None:
    """Two at once: one builds, the other says that it waits, and both get the same engine."""
    gate = folder / "gate"
    fake_go(folder, during=waiting_for(gate))
    found: list[Path] = []

    def report(line: str) -> None:
        reports.append(line)
        if "waiting for it" in line:
            gate.touch()

    threads = [threading.Thread(target=lambda: found.append(find_engine(report).path)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [cached(folder)] * 2
    assert builds(folder) == 1
    assert sum("setting up the Pulumi engine: waiting for it" in line for line in reports) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing_in_the_way(folder: Path, number: signal.Signals) -> None:
    """After a killed or interrupted set-up the next one works and cleans up."""
    gate = folder / "gate"
    fake_go(folder, during=waiting_for(gate))
    script = textwrap.dedent(
        """
        import runpy
        from inferplane.sandbox import engine_download
        engine_download.download = lambda *_: False
        runpy.run_module("inferplane.sandbox.engine", run_name="__main__")
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("building pulumi" in line for line in process.stderr)
        while not builds(folder):  # the signal shall hit the build itself
            assert process.poll() is None
        process.send_signal(number)
        _, rest = process.communicate()
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert "Traceback" not in rest
    if number != signal.SIGKILL:
        assert leftovers(folder) == []
    gate.touch()
    assert find_engine().origin == "build"
    assert leftovers(folder) == []


def refusal(folder: Path) -> str:
    """The message of a set-up that must fail; nothing half-made may stay."""
    with pytest.raises(InferplaneError) as caught:
        find_engine()
    assert leftovers(folder) == []
    assert not cached(folder).exists()
    return str(caught.value)


def test_without_pulumi_and_without_go_both_ways_out_are_named(folder: Path) -> None:
    """The message names what is missing, which versions would do, and where to get them."""
    message = refusal(folder)
    assert "neither a recent pulumi nor Go" in message
    assert "Go 1.26.6 or newer" in message
    assert "pulumi.com/docs/install" in message
    assert "go.dev/doc/install" in message


def test_an_old_go_is_named_with_the_version_that_is_needed(folder: Path) -> None:
    """An old Go is refused before anything is built."""
    fake_go(folder, version="1.25.9")
    message = refusal(folder)
    assert "Go 1.25.9 is too old" in message
    assert "1.26.6 or newer" in message
    assert builds(folder) == 0


def test_a_go_that_does_not_start_is_said(folder: Path) -> None:
    """A broken Go is told apart from a missing one."""
    executable(folder / "path" / "go", "echo broken installation >&2; exit 3")
    assert "`go version` does not work: broken installation" in refusal(folder)


def test_a_failed_build_shows_its_last_lines(folder: Path) -> None:
    """Go's own words are in the message."""
    fake_go(folder, during="echo 'dial tcp: no route to the module proxy'; exit 1")
    message = refusal(folder)
    assert "failed with exit status 1" in message
    assert "no route to the module proxy" in message


def test_a_build_that_is_killed_is_said(folder: Path) -> None:
    """A compiler that the system kills (no memory) is told with the signal."""
    fake_go(folder, during="kill -9 $$")
    assert "ended by signal 9" in refusal(folder)


def test_a_disk_that_becomes_full_is_said(folder: Path) -> None:
    """Go's message about a full disk becomes one about the space that is needed."""
    fake_go(folder, during="echo 'write /tmp/x: no space left on device'; exit 1")
    message = refusal(folder)
    assert "not enough disk space" in message
    assert "4 GB free" in message


def test_too_little_space_is_refused_before_the_build(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too little space nothing is begun; the message says how much is there and how much is needed."""
    usage = shutil.disk_usage(folder)._replace(free=500_000_000)
    monkeypatch.setattr(engine_build.shutil, "disk_usage", lambda _: usage)
    fake_go(folder)
    message = refusal(folder)
    assert "only 0.5 GB are free" in message
    assert "4 GB free" in message
    assert builds(folder) == 0


def test_a_cache_that_can_not_be_written_is_said(folder: Path) -> None:
    """The message names the directory and the variable by which another is chosen."""
    (folder / "cache").write_text("a file where the cache should be")
    fake_go(folder)
    with pytest.raises(InferplaneError, match="XDG_CACHE_HOME") as caught:
        find_engine()
    assert str(folder / "cache") in str(caught.value)


def test_a_full_disk_while_the_engine_is_put_in_place_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ENOSPC from the file system is no stack trace either."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(engine_build, "build", full)
    assert "No space left on device" in refusal(folder)


def test_an_engine_that_does_not_start_is_said(folder: Path) -> None:
    """A build whose result has another version is not taken for an engine."""
    fake_go(folder, makes="0.0.0")
    with pytest.raises(InferplaneError, match="does not start"):
        find_engine()


@pytest.fixture
def real_download(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts the real download function back, with other scripts than those that reach out."""

    def set_scripts(probe: str, install: str) -> None:
        monkeypatch.setattr(engine_download, "download", DOWNLOAD)
        monkeypatch.setattr(engine_download, "_PROBE", probe)
        monkeypatch.setattr(engine_download, "_INSTALL", install)

    return set_scripts


DOWNLOAD = engine_download.download
INSTALLS = (
    "import os, sys; folder = os.path.join(sys.argv[1], 'bin'); os.mkdir(folder);"
    "path = os.path.join(folder, 'pulumi');"
    "open(path, 'w').write('#!/bin/sh\\necho v' + sys.argv[2] + '\\n'); os.chmod(path, 0o755)"
)


def test_the_official_download_is_preferred_to_a_build(
    folder: Path, real_download: Callable[[str, str], None]
) -> None:
    """Where it is reachable it lands in the cache with what comes along, and Go is not needed."""
    real_download("pass", INSTALLS)
    found = find_engine()
    assert found.origin == "download"
    assert found.path == cached(folder).parent / "bin" / "pulumi"
    assert find_engine().origin == "cache"


def test_a_download_that_never_answers_is_given_up(
    folder: Path,
    real_download: Callable[[str, str], None],
    reports: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A network that swallows connections costs the time limit only, then the engine is built."""
    real_download("import time; time.sleep(3600)", "raise SystemExit('never asked for')")
    monkeypatch.setattr(engine_download, "PROBE_SECONDS", 0.2)
    fake_go(folder)
    assert find_engine(reports.append).origin == "build"
    assert any("not reachable" in line for line in reports)


def test_a_download_that_breaks_off_leaves_nothing_half_made(
    folder: Path, real_download: Callable[[str, str], None], reports: list[str]
) -> None:
    """What a failed installation left is gone before the build puts its own in place."""
    real_download("pass", INSTALLS + "; raise SystemExit('connection lost')")
    fake_go(folder)
    assert find_engine(reports.append).path == cached(folder)
    assert sorted(path.name for path in cached(folder).parent.iterdir()) == ["pulumi"]


def test_the_stock_language_host_is_that_beside_the_engine(folder: Path) -> None:
    """Beside the engine first, then on PATH, else none."""
    found = engine.Engine(executable(folder / "stock" / "pulumi", ""), ENGINE_VERSION, "PATH")
    assert found.stock_language_host is None
    on_path = executable(folder / "path" / "pulumi-language-python", "")
    assert found.stock_language_host == on_path
    beside = executable(folder / "stock" / "pulumi-language-python", "")
    assert found.stock_language_host == beside
