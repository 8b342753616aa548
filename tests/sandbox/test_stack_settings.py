"""The sandbox's copies of stack files."""

from pathlib import Path

import pytest
import yaml

from inferplane.errors import InferplaneError
from inferplane.sandbox.project import Project
from inferplane.sandbox.stack_settings import SALT, STAND_IN_ENCRYPTED, StackSettings, in_sandbox

REAL = """
secretsprovider: awskms://alias/pulumi
encryptedkey: AAAA
config:
  demo:word: no
  demo:time: 1:30
  demo:key:
    secure: v1:real:ciphertext
  demo:nested:
    list:
      - secure: v1:another
      - plain
"""


@pytest.fixture
def settings(tmp_path: Path) -> StackSettings:
    """The mirror of a small project."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\nstackConfigDir: stacks\n")
    mirror = StackSettings(Project.find(tmp_path), tmp_path / ".sandbox" / "projects" / "demo")
    mirror.refresh_project()
    return mirror


def test_secrets_become_stand_ins_under_the_sandbox_salt() -> None:
    """No real ciphertext and no real key provider is left, at any depth."""
    copy = yaml.safe_load(in_sandbox(REAL, "", where="x"))
    assert set(copy) == {"config", "encryptionsalt"}
    assert copy["encryptionsalt"] == SALT
    assert copy["config"]["demo:key"] == {"secure": STAND_IN_ENCRYPTED}
    assert copy["config"]["demo:nested"] == {"list": [{"secure": STAND_IN_ENCRYPTED}, "plain"]}


def test_scalars_keep_their_spelling() -> None:
    """Words that YAML 1.1 would take for something else are written as they were."""
    lines = [line.strip() for line in in_sandbox(REAL, "", where="x").splitlines()]
    assert "demo:word: no" in lines
    assert "demo:time: 1:30" in lines


def test_a_secret_set_in_the_sandbox_outlives_a_change_of_the_source(settings: StackSettings) -> None:
    """When the stack's file changes, the copy takes the change and keeps the secret that was set here."""
    source = settings.project.stack_file("prod")
    source.write_text(REAL)
    copy = settings.refresh_stack("prod")
    changed = yaml.safe_load(copy.read_text())
    changed["config"]["demo:key"] = {"secure": "set here"}
    copy.write_text(yaml.safe_dump(changed))
    source.write_text(REAL + "  demo:new: value\n")
    config = yaml.safe_load(settings.refresh_stack("prod").read_text())["config"]
    assert config["demo:key"] == {"secure": "set here"}
    assert config["demo:new"] == "value"


def test_a_value_set_in_the_sandbox_stays_while_the_source_does_not_change(settings: StackSettings) -> None:
    """The copy is only made anew for another source."""
    settings.project.stack_file("dev").write_text("config:\n  demo:size: 1\n")
    copy = settings.refresh_stack("dev")
    copy.write_text(copy.read_text().replace("size: 1", "size: 2"))
    assert "size: 2" in settings.refresh_stack("dev").read_text()


def test_secrets_that_were_encrypted_for_the_sandbox_are_kept() -> None:
    """A stack file with the sandbox's own salt can be read as it is."""
    source = f"encryptionsalt: {SALT}\nconfig:\n  demo:key:\n    secure: mine\n"
    assert yaml.safe_load(in_sandbox(source, "", where="x"))["config"]["demo:key"] == {"secure": "mine"}


def test_a_stack_without_settings_gets_only_the_salt(settings: StackSettings) -> None:
    """A stack that the project does not describe is empty."""
    assert yaml.safe_load(settings.refresh_stack("scratch").read_text()) == {"encryptionsalt": SALT}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: [", "Pulumi.dev.yaml:1: this is no YAML"),
        ("- a", "a mapping"),
        ("config: 3", "`config` must"),
    ],
)
def test_a_broken_stack_file_is_one_message(settings: StackSettings, text: str, said: str) -> None:
    """The message names the file, and the line where there is one."""
    settings.project.stack_file("dev").write_text(text)
    with pytest.raises(InferplaneError, match=said) as caught:
        settings.refresh_stack("dev")
    assert "Pulumi.dev.yaml" in str(caught.value)
