"""The environment of a sandbox run."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from inferplane.errors import InferplaneError
from inferplane.sandbox.engine import ENGINE_VERSION, Engine
from inferplane.sandbox.environment import SandboxEnvironment


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project, in a folder whose name has a space."""
    root = tmp_path / "a project"
    (root / "infra" / "deep").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: demo\nruntime: python\nmain: infra\n")
    return root


@pytest.fixture
def fake(tmp_path: Path) -> Engine:
    """An engine that tells its arguments."""
    path = tmp_path / "engine" / "pulumi"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\necho "$@"\n')
    path.chmod(0o755)
    return Engine(path, ENGINE_VERSION, "cache")


def prepare(project: Path, engine: Engine, **base: str) -> SandboxEnvironment:
    """A sandbox from a small environment."""
    return SandboxEnvironment.prepare(start=project, engine=engine, base={"PATH": os.environ["PATH"], **base})


def test_the_sandbox_lies_in_the_project_and_is_ignored_by_git(project: Path, fake: Engine) -> None:
    """From any folder inside of the project the same sandbox is found."""
    environment = prepare(project / "infra" / "deep", fake)
    assert environment.directory == project / ".sandbox"
    assert (project / ".sandbox" / ".gitignore").read_text() == "*\n"


def test_another_directory_can_be_given(project: Path, fake: Engine, tmp_path: Path) -> None:
    """By variable, or by argument, which wins."""
    other = tmp_path / "other"
    assert prepare(project, fake, INFERPLANE_SANDBOX_DIR=str(other)).directory == other
    given = SandboxEnvironment.prepare(start=project, engine=fake, directory=tmp_path / "third")
    assert given.variables["INFERPLANE_SANDBOX_DIR"] == str(tmp_path / "third")


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "GOOGLE_APPLICATION_CREDENTIALS", "KUBERNETES_SERVICE_HOST"),
        *("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_CLOUD_SECRET_OVERRIDE"),
    ],
)
def test_no_ambient_credentials_reach_a_run(project: Path, fake: Engine, name: str) -> None:
    """Whatever the caller has set for real accounts is gone."""
    assert name not in prepare(project, fake, **{name: "real"}).variables


def test_a_run_can_not_reach_out(project: Path, fake: Engine) -> None:
    """State is a folder, nothing is fetched or looked for, real configuration is not read."""
    variables = prepare(project, fake, PULUMI_BACKEND_URL="s3://real", KUBECONFIG="/real").variables
    assert (
        variables["PULUMI_BACKEND_URL"] == "file://" + str(project).replace(" ", "%20") + "/.sandbox/backend"
    )
    assert variables["PULUMI_HOME"] == str(project / ".sandbox" / "home")
    assert variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert variables["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert {variables["KUBECONFIG"], variables["AWS_CONFIG_FILE"]} == {os.devnull}


def test_choices_of_stack_and_display_are_kept(project: Path, fake: Engine) -> None:
    """Variables that only choose are the caller's."""
    variables = prepare(project, fake, PULUMI_STACK="dev", PULUMI_OPTION_COLOR="never", LANG="C").variables
    assert (variables["PULUMI_STACK"], variables["PULUMI_OPTION_COLOR"], variables["LANG"]) == (
        *("dev", "never", "C"),
    )


def test_the_providers_are_plugins_of_the_installed_sdk_versions(project: Path, fake: Engine) -> None:
    """Each package has an executable where the CLI looks for that very version; older ones are removed."""
    old = project / ".sandbox" / "home" / "plugins" / "resource-aws-v0.0.1"
    old.mkdir(parents=True)
    prepare(project, fake)
    for package in ("aws", "kubernetes"):
        version = metadata.version(f"pulumi-{package}")
        plugin = old.parent / f"resource-{package}-v{version}" / f"pulumi-resource-{package}"
        assert f"-P -m inferplane.sandbox.provider {package} " in plugin.read_text()
        assert os.access(plugin, os.X_OK)
    assert not old.exists()


def test_our_language_host_is_used_where_the_stock_one_is_missing(
    project: Path, fake: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours, or one from PATH, or none when the CLI finds its own beside itself."""
    monkeypatch.setenv("PATH", str(project))
    ours = project / f".sandbox/home/plugins/language-python-v{ENGINE_VERSION}/pulumi-language-python"
    prepare(project, fake)
    assert f"{sys.executable} -P -m inferplane.sandbox.language_host" in ours.read_text()
    stock = project / "pulumi-language-python"
    stock.write_text("#!/bin/sh\n")
    stock.chmod(0o755)
    prepare(project, fake)
    assert str(stock) in ours.read_text()
    stock.rename(fake.path.parent / stock.name)
    prepare(project, fake)
    assert not ours.exists()


def test_preparing_again_changes_nothing(project: Path, fake: Engine) -> None:
    """A second preparation does not touch the executables that a running one uses."""
    prepare(project, fake)
    files = {path: path.stat().st_mtime_ns for path in (project / ".sandbox").rglob("*") if path.is_file()}
    prepare(project, fake)
    after = {path: path.stat().st_mtime_ns for path in (project / ".sandbox").rglob("*") if path.is_file()}
    assert after == files


def test_the_projects_world_is_copied_and_renewed(project: Path, fake: Engine) -> None:
    """What the project says exists outside of it follows the project's file."""
    source, copy = project / "sandbox.world.json", project / ".sandbox" / "world.json"
    prepare(project, fake)
    assert not copy.exists()
    for text in ('{"existing": ["cr-1"]}', '{"existing": ["cr-2"]}'):
        source.write_text(text)
        prepare(project, fake)
        assert copy.read_text() == text


def test_a_world_of_the_sandboxs_own_is_left_alone(project: Path, fake: Engine) -> None:
    """A world.json that somebody wrote or changed wins over the project's."""
    copy = project / ".sandbox" / "world.json"
    copy.parent.mkdir()
    copy.write_text("{}")
    (project / "sandbox.world.json").write_text('{"existing": ["cr-1"]}')
    prepare(project, fake)
    assert copy.read_text() == "{}"


def test_outside_of_a_project_is_one_message(tmp_path: Path, fake: Engine) -> None:
    """The message names the folder and what is missing."""
    with pytest.raises(InferplaneError, match=r"no Pulumi\.yaml"):
        prepare(tmp_path, fake)


def test_a_directory_that_can_not_be_written_is_one_message(project: Path, fake: Engine) -> None:
    """The message names the variable by which another directory is chosen."""
    (project / ".sandbox").write_text("a file")
    with pytest.raises(InferplaneError, match="INFERPLANE_SANDBOX_DIR"):
        prepare(project, fake)


def run_module(project: Path, engine: Engine, *command: str) -> "subprocess.CompletedProcess[str]":
    """`python -m inferplane.sandbox <command>` with the fake engine on PATH, as if installed."""
    engine.path.write_text('#!/bin/sh\nif [ "$1" = version ]; then echo v3.300.0; else echo "$@"; fi\n')
    path = os.pathsep.join([str(engine.path.parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-P", "-m", "inferplane.sandbox", *command],
        cwd=project,
        env={**os.environ, "PATH": path},
        input="typed",
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_is_run_with_input_and_status(project: Path, fake: Engine) -> None:
    """The command has our input, its own exit status, and the sandbox's variables."""
    completed = run_module(project, fake, "sh", "-c", 'cat; echo " $INFERPLANE_SANDBOX_DIR"; exit 7')
    assert completed.stdout == f"typed {project}/.sandbox\n"
    assert completed.returncode == 7


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (["no-such-command"], 127, "no command 'no-such-command'"),
        ([], 2, "usage:"),
        (["--help"], 0, "usage:"),
    ],
)
def test_a_command_that_can_not_run_is_said(
    project: Path, fake: Engine, command: list[str], status: int, said: str
) -> None:
    """One message and the status that a shell would give."""
    completed = run_module(project, fake, *command)
    assert completed.returncode == status
    assert said in completed.stderr
    assert "Traceback" not in completed.stderr


def test_pulumi_inside_of_the_sandbox_is_the_stand_in(project: Path, fake: Engine) -> None:
    """`pulumi` goes through the sandbox's own; what needs no stack reaches the engine as it is."""
    assert run_module(project, fake, "pulumi", "about", "--json").stdout == "about --json\n"


def test_an_unknown_stack_is_one_message(project: Path, fake: Engine) -> None:
    """The known stacks are listed, and nothing is made."""
    (project / "Pulumi.dev.yaml").write_text("")
    completed = run_module(project, fake, "pulumi", "preview", "--stack", "prodd")
    assert completed.returncode == 2
    assert completed.stderr.startswith("error: demo: there is no stack 'prodd'\n  allowed: dev\n")
    assert "Traceback" not in completed.stderr


def test_without_a_stack_the_known_ones_are_listed(project: Path, fake: Engine) -> None:
    """A command on no stack in particular says which there are."""
    (project / "Pulumi.dev.yaml").write_text("")
    completed = run_module(project, fake, "pulumi", "up")
    assert completed.returncode == 2
    assert "allowed: dev" in completed.stderr


def test_a_command_that_would_write_to_the_project_is_refused(project: Path, fake: Engine) -> None:
    """`pulumi watch` has no flag for another settings file."""
    completed = run_module(project, fake, "pulumi", "watch")
    assert completed.returncode == 2
    assert "does not work in a sandbox" in completed.stderr
