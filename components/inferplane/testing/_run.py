"""Run a program on an event loop and with settings of its own, against the recorder."""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from pulumi.runtime import set_mocks, settings
from pulumi.runtime.stack import run_pulumi_func

from inferplane.errors import InferplaneError
from inferplane.testing._recorder import Computed, NoMocks, Recorder
from inferplane.testing._recording import Recording, Refusal
from inferplane.testing._values import without_sdk_unknowns

__all__ = ["record", "refusal"]


def record(
    program: Callable[[], Any],
    *,
    preview: bool = False,
    project: str = "project",
    stack: str = "stack",
    computed: Computed | None = None,
    calls: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recording:
    """Run `program` against a recorder and return what it declared.

    With `preview` every id and computed output is unknown, as in a preview of a first deployment. `computed`
    adds outputs by type token, `calls` answers invokes by function token; both use the provider's property
    names. Whatever the program raises is raised here.
    """
    recorder = Recorder(computed or {}, calls or {}, preview)
    return _run(program, recorder, preview, project, stack)


def refusal(program: Callable[[], Any], *, preview: bool = False) -> Refusal:
    """Run a program that must end with an InferplaneError; AssertionError if it does not."""
    recorder = Recorder({}, {}, preview)
    try:
        _run(program, recorder, preview, "project", "stack")
    except InferplaneError as error:
        return Refusal(error, recorder.resources_declared())
    raise AssertionError("the program was expected to be refused with an InferplaneError")


def _run(
    program: Callable[[], Any], recorder: Recorder, preview: bool, project: str, stack: str
) -> Recording:
    box: list[Any] = [None]

    async def keep(returned: Any) -> None:
        box[0] = without_sdk_unknowns(await pulumi.Output.from_input(returned).future(with_unknowns=True))

    async def main() -> None:
        settings.reset_options()
        set_mocks(NoMocks(), project=project, stack=stack, preview=preview, monitor=recorder)

        async def body() -> None:
            returned = program()
            if not isinstance(returned, pulumi.Resource):
                await keep(returned)

        await run_pulumi_func(body)

    def on_own_loop() -> None:
        loop = asyncio.new_event_loop()
        try:
            asyncio.set_event_loop(loop)
            loop.run_until_complete(main())
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            loop.close()

    # The SDK keeps its settings in context variables: a copied context leaves nothing behind.
    contextvars.copy_context().run(on_own_loop)
    if recorder.duplicates:
        raise AssertionError(f"two resources have the URN {recorder.duplicates[0]}")
    return Recording(
        resources=recorder.resources_declared(),
        result=box[0],
        hooks=dict(recorder.hooks),
        calls=tuple(recorder.invokes),
        outputs_registered=frozenset(recorder.component_outputs),
    )
