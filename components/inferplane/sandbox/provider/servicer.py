"""Serves a package to the engine over gRPC (`ResourceProvider` of Pulumi's provider protocol)."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from inferplane.errors import InferplaneError

from .diff import compare
from .lifecycle import Lifecycle
from .package import CheckContext, CloudError, Package, Subject
from .validation import Failure
from .values import format_path, marshal, unmarshal

# As in Pulumi's own servers: large states and programs pass through one message.
_LARGEST_MESSAGE = 400 * 1024 * 1024
_PARENT_CHECK_SECONDS = 1.0

Response = TypeVar("Response")
_Handler = Callable[[Any, Any, grpc.aio.ServicerContext[Any, Any]], Response]


def _answer(handler: _Handler[Response]) -> Callable[..., Awaitable[Response]]:
    """Run a handler; what the cloud refuses becomes the message, anything else a bug with its place."""

    @functools.wraps(handler)
    async def call(self: Servicer, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Response:
        try:
            return handler(self, request, context)
        except (CloudError, InferplaneError) as error:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except Exception:
            await context.abort(
                grpc.StatusCode.INTERNAL, f"a fault of the sandbox itself:\n{traceback.format_exc()}"
            )
        raise AssertionError("abort raises")

    return call


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process: translates requests, holds no state of its own."""

    def __init__(self, package: Package, run: str) -> None:
        self._package = package
        self._life = Lifecycle(package, run)

    # --- the plugin itself

    @_answer
    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    @_answer
    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return plugin_pb2.PluginInfo(version=self._package.schemas.source.version)

    @_answer
    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        version = self._package.schemas.source.version
        return provider_pb2.GetSchemaResponse(
            schema=f'{{"name": "{self._package.name}", "version": "{version}"}}'
        )

    @_answer
    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return empty_pb2.Empty()

    @_answer
    def Construct(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        raise CloudError(
            f"{request.type} is a component that only the real provider renders (it needs helm or a cluster);"
            " the sandbox knows kubernetes.helm.v3.Release and plain objects"
        )

    # --- configuration

    @_answer
    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        failures = self._package.check_config(unmarshal(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    @_answer
    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        old, new = unmarshal(_old_inputs(request)), unmarshal(request.news)
        changed = sorted({str(each.path[0]) for each in compare(old, new)} - {"version"})
        replaces = changed if self._package.config_forces_replacement(old, new) else []
        return provider_pb2.DiffResponse(
            changes=_some(changed), diffs=changed, replaces=replaces, deleteBeforeReplace=False
        )

    @_answer
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        self._package.configure(unmarshal(request.args))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    @_answer
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        result, failures = self._package.invoke(request.tok, unmarshal(request.args))
        # The field is called `return`, which only a dictionary can say.
        fields: dict[str, Any] = {"return": marshal(result), "failures": _failures(failures)}
        return provider_pb2.InvokeResponse(**fields)

    # --- resources

    @_answer
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        naming = request.autonaming if request.HasField("autonaming") else None
        disable = provider_pb2.CheckRequest.AutonamingOptions.DISABLE
        inputs, failures = self._package.check(
            _subject(request),
            unmarshal(request.news),
            CheckContext(
                olds=unmarshal(request.olds),
                random_seed=request.randomSeed,
                proposed_name=naming.proposed_name if naming else "",
                naming_disabled=bool(naming and naming.mode == disable),
            ),
        )
        return provider_pb2.CheckResponse(inputs=marshal(inputs), failures=_failures(failures))

    @_answer
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        old = unmarshal(_old_inputs(request))
        plan = self._life.diff(_subject(request).type, old, unmarshal(request.news))
        kind = provider_pb2.PropertyDiff.Kind
        detailed = {
            format_path(each.path): provider_pb2.PropertyDiff(
                kind=kind.Value(each.change.value + ("_REPLACE" if each.path in plan.replacing else "")),
                inputDiff=True,
            )
            for each in plan.differences
        }
        return provider_pb2.DiffResponse(
            changes=_some(plan.differences),
            diffs=sorted({str(each.path[0]) for each in plan.differences}),
            replaces=sorted({str(path[0]) for path in plan.replacing}),
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=plan.delete_first,
        )

    @_answer
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        id_, outputs = self._life.create(
            _subject(request), unmarshal(request.properties), preview=request.preview
        )
        return provider_pb2.CreateResponse(id=id_, properties=marshal(outputs))

    @_answer
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        found = self._life.read(_subject(request), request.id, unmarshal(request.properties))
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = found
        return provider_pb2.ReadResponse(id=request.id, inputs=marshal(inputs), properties=marshal(outputs))

    @_answer
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        outputs = self._life.update(
            _subject(request),
            request.id,
            unmarshal(request.olds),
            unmarshal(request.news),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=marshal(outputs))

    @_answer
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        self._life.delete(_subject(request), request.id, unmarshal(request.properties))
        return empty_pb2.Empty()


def _subject(request: Any) -> Subject:
    *_, type_chain, name = request.urn.split("::")
    return Subject(request.urn, request.type or type_chain.rsplit("$", 1)[-1], request.name or name)


def _old_inputs(request: Any) -> Any:
    """The old inputs; states written before the engine kept them hold outputs only."""
    return request.old_inputs if request.HasField("old_inputs") else request.olds


def _failures(failures: list[Failure]) -> list[Any]:
    return [
        provider_pb2.CheckFailure(property=format_path(failure.path), reason=failure.reason)
        for failure in failures
    ]


def _some(changes: object) -> Any:
    kinds = provider_pb2.DiffResponse
    return kinds.DIFF_SOME if changes else kinds.DIFF_NONE


async def _engine_is_gone(run: str) -> None:
    """Return when the engine that started this process (its id is `run`) has ended: a killed one tells nobody."""
    while str(os.getppid()) == run:
        await asyncio.sleep(_PARENT_CHECK_SECONDS)


async def serve(package: Package, run: str) -> None:
    """Serve until the engine ends the process; the port is printed as the plugin protocol asks."""
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package, run), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await _engine_is_gone(run)


def run_server(package: Package, run: str) -> None:
    """`serve`, ending quietly on an interrupt."""
    try:
        asyncio.run(serve(package, run))
    except KeyboardInterrupt:
        return
