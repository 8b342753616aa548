"""The resource monitor of the test kit: answers like an engine and keeps the raw requests."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2

from inferplane.testing._recording import STACK, Registered, registered
from inferplane.testing._values import computed_outputs, plain, to_value, unknown_outputs

__all__ = ["Computed", "NoMocks", "Recorder"]

Computed = Mapping[str, Mapping[str, Any]]


class Recorder(mocks.MockMonitor):
    """Answers like an engine and keeps the raw requests."""

    def __init__(self, computed: Computed, calls: Mapping[str, Mapping[str, Any]], preview: bool) -> None:
        super().__init__(NoMocks())
        self.requests: dict[str, resource_pb2.RegisterResourceRequest] = {}
        self.component_outputs: dict[str, dict[str, Any]] = {}
        self.duplicates: list[str] = []
        self.hooks: dict[str, dict[str, bool]] = {}
        self.invokes: list[tuple[str, dict[str, Any]]] = []
        self._computed, self._answers, self._preview = computed, calls, preview

    def resources_declared(self) -> tuple[Registered, ...]:
        """Return everything that was registered so far, in order."""
        return tuple(
            registered(urn, request, self.component_outputs.get(urn, {}))
            for urn, request in self.requests.items()
        )

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN as the engine forms it: with the types of all ancestors but the stack."""
        ancestors = parent.split("::")[2] if parent else STACK
        qualified = type_ if ancestors == STACK else f"{ancestors}${type_}"
        return "::".join([f"urn:pulumi:{settings.get_stack()}", settings.get_project(), qualified, name])

    def RegisterResource(  # noqa: N802 - gRPC names
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self.requests:
            self.duplicates.append(urn)  # told at the end of the run: an error here would be lost in a thread
        self.requests[urn] = request
        state = struct_pb2.Struct()
        state.CopyFrom(request.object)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=state)
        inputs = plain(state)[0]
        if self._preview:
            for key, value in unknown_outputs(request.type, inputs).items():
                state.fields[key].CopyFrom(to_value(value))
            return resource_pb2.RegisterResourceResponse(urn=urn, object=state)
        made = computed_outputs(request.type, request.name, inputs)
        for key, value in {**made, **self._computed.get(request.type, {})}.items():
            state.fields[key].CopyFrom(to_value(value))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id", object=state)

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self.component_outputs[request.urn] = plain(request.outputs)[0]
        return empty_pb2.Empty()

    def RegisterResourceHook(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self.hooks[request.name] = {"on_dry_run": request.on_dry_run}
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        self.invokes.append((request.tok, plain(request.args)[0]))
        answer = to_value(dict(self._answers.get(request.tok, {}))).struct_value
        fields: dict[str, Any] = {"return": answer}  # a field called `return`: only a dictionary can say it
        return resource_pb2.ResourceInvokeResponse(**fields)


class NoMocks(mocks.Mocks):
    """The recorder answers everything itself; the SDK only wants an object here."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise AssertionError(args.typ)
