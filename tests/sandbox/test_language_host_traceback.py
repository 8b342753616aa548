"""Which frames of a traceback are shown."""

import asyncio
import json
from collections.abc import Callable

import pulumi
import pytest

from inferplane.sandbox.user_traceback import user_traceback


def shown(fail: Callable[[], object]) -> str:
    """The traceback of the exception that `fail` raises."""
    try:
        fail()
    except Exception as error:
        return user_traceback(error)
    raise AssertionError("nothing was raised")


def test_frames_of_the_sdk_are_cut() -> None:
    """A mistake that the SDK notices is shown at the caller's line."""
    text = shown(lambda: pulumi.FileArchive(3))  # type: ignore[arg-type]
    assert "pulumi.FileArchive(3)" in text
    assert "pulumi/asset.py" not in text


def test_frames_of_the_event_loop_are_cut() -> None:
    """A failed coroutine is shown without asyncio."""

    async def failing() -> None:
        raise ValueError("the reason")

    text = shown(lambda: asyncio.run(failing()))
    assert 'raise ValueError("the reason")' in text
    assert "asyncio/" not in text


def test_causes_are_shown_and_cut_as_well() -> None:
    """A chained exception keeps its cause."""

    def fail() -> None:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error

    text = shown(fail)
    assert text.index("KeyError: 'first'") < text.index("direct cause") < text.index("ValueError: second")


def test_other_libraries_are_shown() -> None:
    """Only the machinery is cut: a library that the program calls may be where the mistake shows."""
    assert "json/" in shown(lambda: json.loads("{"))


def test_a_fault_without_a_frame_of_the_program_is_shown_whole() -> None:
    """When nothing else is known, everything is told."""
    with pytest.raises(TypeError) as caught:
        pulumi.FileArchive(3)  # type: ignore[arg-type]
    assert caught.value.__traceback__ is not None
    caught.value.__traceback__ = caught.value.__traceback__.tb_next
    assert "pulumi/asset.py" in user_traceback(caught.value)
