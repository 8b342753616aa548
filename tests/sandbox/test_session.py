"""Driving the engine from Python."""

import pytest

from inferplane.sandbox.session import PulumiFailedError
from tests.sandbox.fixtures import ProgramFactory

pytestmark = pytest.mark.engine

COMPONENT = """
    import pulumi
    class Thing(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("demo:index:Thing", name)
            self.register_outputs({})
    Thing("one")
    pulumi.export("size", pulumi.Config().get_int("size"))
    pulumi.export("key", pulumi.Config().get_secret("key"))
"""


def test_a_session_shows_what_the_engine_did(program: ProgramFactory) -> None:
    """Preview, up, outputs and state agree about a program of one component."""
    session = program(COMPONENT)
    session.configure("size", "3")
    assert session.preview_steps() == {"create": 2}
    session.up()
    assert session.outputs()["size"] == 3
    assert [resource["type"] for resource in session.resources()] == [
        "pulumi:pulumi:Stack",
        "demo:index:Thing",
    ]
    assert session.preview_steps() == {"same": 2}
    session.destroy()
    assert session.resources() == []


def test_a_failed_command_tells_its_output(program: ProgramFactory) -> None:
    """The error of a failed run holds what the program said."""
    session = program("raise ValueError('the reason')")
    with pytest.raises(PulumiFailedError, match="the reason"):
        session.up()


def test_secrets_stay_secret(program: ProgramFactory) -> None:
    """A configured secret is in plain text neither in the output nor in the state nor in the settings."""
    session = program(COMPONENT)
    session.configure("key", "the-plain-secret", secret=True)
    shown = session.up().stdout + session.preview()["config"]["demo:key"]
    settings = session.environment.settings.file("dev").read_text()
    assert "the-plain-secret" not in shown + session.checkpoint_text() + settings
    assert session.outputs(show_secrets=True)["key"] == "the-plain-secret"
