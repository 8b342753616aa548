"""The scripts: which Python they take, and how the virtualenv is kept up to date."""

import importlib.util
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash") or "/bin/bash"


@pytest.fixture
def script() -> ModuleType:
    """scripts/lib/virtualenv.py as a module."""
    spec = importlib.util.spec_from_file_location(
        "virtualenv_script", ROOT / "scripts" / "lib" / "virtualenv.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Installer:
    """Stands in for pip and for the making of virtualenvs, and remembers what it was asked for."""

    def __init__(self, root: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.status = 0
        self.script, self.root = script, root
        monkeypatch.setattr(script, "pip", self.pip)
        monkeypatch.setattr(script.venv, "create", self.create)
        (root / "requirements.lock").write_text("a==1\n")
        (root / "pyproject.toml").write_text("[project]\n")

    def create(self, folder: Path, **_: object) -> None:
        """Make what a virtualenv consists of."""
        self.asked.append("create")
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to(sys.executable)
        (folder / "bin" / "pip").write_text(f"#!{folder}/bin/python\n")
        (folder / "pyvenv.cfg").write_text("")

    def pip(self, python: Path, arguments: list[str], *, of: int) -> int:
        """Install nothing."""
        self.asked.append("project" if "-e" in arguments else "lock")
        return self.status

    def run(self) -> tuple[int, list[str]]:
        """One run of the script: its status and what it asked for."""
        self.asked.clear()
        return self.script.main(self.root), list(self.asked)


@pytest.fixture
def installer(tmp_path: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """A project folder without a virtualenv."""
    return Installer(tmp_path, script, monkeypatch)


def test_the_first_run_installs_and_the_second_does_nothing(installer: Installer) -> None:
    """Up to date means: not even pip is started."""
    assert installer.run() == (0, ["create", "lock", "project"])
    assert installer.run() == (0, [])


def test_another_pyproject_installs_only_the_project(installer: Installer) -> None:
    """The dependencies stay."""
    installer.run()
    (installer.root / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert installer.run() == (0, ["project"])
    assert installer.run() == (0, [])


def test_another_lock_makes_the_virtualenv_anew(installer: Installer) -> None:
    """So that nothing stays that the lock no longer has."""
    installer.run()
    (installer.root / "requirements.lock").write_text("a==2\n")
    assert installer.run() == (0, ["create", "lock", "project"])


def test_a_failed_installation_is_repeated(installer: Installer) -> None:
    """Nothing counts as installed before it is."""
    installer.status = 2
    assert installer.run() == (2, ["create", "lock"])
    installer.status = 0
    assert installer.run() == (0, ["create", "lock", "project"])


def test_an_interrupted_installation_is_repeated(
    installer: Installer, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed while pip worked leaves nothing that looks finished."""

    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        installer.run()
    monkeypatch.setattr(script, "pip", installer.pip)
    assert installer.run() == (0, ["create", "lock", "project"])


def test_a_moved_or_broken_virtualenv_is_made_anew(installer: Installer) -> None:
    """A virtualenv has its place written inside; one that was moved here would run another's files."""
    installer.run()
    (installer.root / ".venv" / "bin" / "pip").write_text("#!/elsewhere/.venv/bin/python\n")
    assert installer.run() == (0, ["create", "lock", "project"])
    (installer.root / ".venv" / "bin" / "python").unlink()
    assert installer.run() == (0, ["create", "lock", "project"])


def test_two_runs_at_once_wait_for_each_other(
    installer: Installer, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second says that it waits, and finds everything done."""
    waits = threading.Event()
    create = installer.create

    def slow(folder: Path, **options: object) -> None:
        assert waits.wait(timeout=60)
        create(folder, **options)

    def say(*lines: str) -> None:
        if any("waiting for it" in line for line in lines):
            waits.set()

    monkeypatch.setattr(script.venv, "create", slow)
    monkeypatch.setattr(script, "say", say)
    threads = [threading.Thread(target=script.main, args=(installer.root,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert installer.asked == ["create", "lock", "project"]


def test_pip_shows_its_last_lines_when_it_fails(
    tmp_path: Path, script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """What pip said is not lost."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'Collecting a'\necho 'ERROR: hashes do not match'\nexit 1\n")
    python.chmod(0o755)
    assert script.pip(python, [], of=1) == 2
    assert "ERROR: hashes do not match" in capsys.readouterr().err


def find_python(path: Path) -> "subprocess.CompletedProcess[str]":
    """`find_python` of scripts/lib/python.sh with this PATH."""
    for tool in ("dirname", "head"):
        (path / tool).symlink_to(shutil.which(tool) or tool)
    command = f'source "{ROOT}/scripts/lib/python.sh"; find_python'
    return subprocess.run(
        [BASH, "-c", command], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def interpreter(path: Path, name: str, *, new: bool, venv: bool) -> None:
    """A stand-in for a Python: answers whether it is new enough and has the venv module."""
    script = f"""#!/bin/sh
case "$2" in
  *version_info*) exit {0 if new else 1} ;;
  *ensurepip*) exit {0 if venv else 1} ;;
esac
echo "Python 3.9.1"
"""
    (path / name).write_text(script)
    (path / name).chmod(0o755)


def test_the_first_python_that_fits_is_taken(tmp_path: Path) -> None:
    """Too old ones and those without venv are passed over."""
    interpreter(tmp_path, "python3.11", new=True, venv=False)
    interpreter(tmp_path, "python3.12", new=False, venv=True)
    interpreter(tmp_path, "python3.13", new=True, venv=True)
    interpreter(tmp_path, "python3", new=True, venv=True)
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.13")


def test_without_a_fitting_python_the_found_ones_are_named(tmp_path: Path) -> None:
    """One message: what is needed, what was found, and what to do."""
    interpreter(tmp_path, "python3.11", new=True, venv=False)
    interpreter(tmp_path, "python3", new=False, venv=True)
    completed = find_python(tmp_path)
    assert (completed.returncode, completed.stdout) == (2, "")
    assert "error: Python 3.11 or newer is needed" in completed.stderr
    assert "apt-get install python3.11-venv" in completed.stderr
    assert "python3 (Python 3.9.1)" in completed.stderr


def test_without_any_python_it_is_said(tmp_path: Path) -> None:
    """The same message says that there is none."""
    assert "no Python at all" in find_python(tmp_path).stderr


def test_a_wrong_word_for_the_tests_is_refused() -> None:
    """`scripts/test` knows one word; nothing is installed for another."""
    completed = subprocess.run(
        [str(ROOT / "scripts" / "test"), "quick"], capture_output=True, text=True, check=False
    )
    assert (completed.returncode, completed.stderr) == (2, "usage: scripts/test [fast]\n")


@pytest.fixture(scope="module")
def lock() -> dict[str, set[str]]:
    """requirements.lock: canonical name -> its versions (some packages have one for each Python)."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([A-Za-z0-9._-]+)==([^ ;]+)", (ROOT / "requirements.lock").read_text(), re.M
    ):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def test_the_lock_fits_the_project(lock: dict[str, set[str]]) -> None:
    """Every dependency of the project is locked at a version that it allows; else run scripts/lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["policy"], *extras["dev"]]
    for requirement in (Requirement(text) for text in declared):
        if requirement.name != project["name"]:
            versions = lock.get(canonicalize_name(requirement.name), set())
            assert versions, f"{requirement} is not locked"
            assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_the_lock_has_hashes_and_no_places() -> None:
    """Each pin is followed by a hash, and nothing says where the packages came from."""
    text = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[^\s#].*\\\n    --hash=sha256:", text, re.M)
    assert len(pins) == len(re.findall(r"^[^\s#]", text, re.M))
    assert "://" not in text
    assert "--index-url" not in text
