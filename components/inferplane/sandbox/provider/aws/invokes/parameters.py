"""SSM parameters: those of `world.json`, those made in this sandbox, and AWS's public ones for images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...values import plain, secret
from ..rules.operations import PARAMETER
from .call import Call, Function, NotFoundError

_PUBLIC: Final = "/aws/service/"


@dataclass(frozen=True)
class _Parameter:
    name: str
    type: str
    value: str
    version: int = 1


def _all(call: Call) -> Iterator[_Parameter]:
    for name, value in call.world.ssm_parameters.get(call.region, {}).items():
        yield _Parameter(name, "String", value)
    for each in call.cloud.resources(type=PARAMETER):
        if each.region == call.region:
            outputs = plain(dict(each.outputs))
            yield _Parameter(
                each.id, outputs.get("type", "String"), outputs.get("value", ""), outputs.get("version", 1)
            )


def _arn(call: Call, name: str) -> str:
    return f"arn:{call.partition}:ssm:{call.region}:{call.world.account}:parameter/{name.lstrip('/')}"


def _public(call: Call, name: str) -> _Parameter | None:
    """AWS's own parameters: image ids and releases of EKS, Bottlerocket and Amazon Linux."""
    if not name.startswith(_PUBLIC):
        return None
    value = "1.0.0-20260101" if name.endswith(("release_version", "image_version")) else ""
    return _Parameter(name, "String", value or f"ami-0{call.tokens(name).hex(16, 'ami')}")


def parameter(call: Call) -> dict[str, Any]:
    """One parameter by name."""
    name = call.get("name", "")
    found = next((each for each in _all(call) if each.name == name), None) or _public(call, name)
    if found is None:
        raise NotFoundError(f"no SSM parameter {name!r} exists in {call.region} of this sandbox")
    hidden = found.type == "SecureString"
    return {
        "arn": _arn(call, name),
        "id": name,
        "insecureValue": "" if hidden else found.value,
        "name": name,
        "region": call.region,
        "type": found.type,
        "value": secret(found.value) if hidden else found.value,
        "version": found.version,
        "withDecryption": call.get("withDecryption", True),
    }


def parameters_by_path(call: Call) -> dict[str, Any]:
    """All parameters below a path; none is an empty result."""
    path = call.get("path", "/").rstrip("/") + "/"
    deep = call.get("recursive", False)
    found = sorted(
        (
            each
            for each in _all(call)
            if each.name.startswith(path) and (deep or "/" not in each.name[len(path) :])
        ),
        key=lambda each: each.name,
    )
    values = [each.value for each in found]
    return {
        "arns": [_arn(call, each.name) for each in found],
        "id": call.get("path", "/"),
        "names": [each.name for each in found],
        "path": call.get("path", "/"),
        "recursive": deep,
        "region": call.region,
        "types": [each.type for each in found],
        # As in the real provider, the list as a whole is sensitive only where a value is.
        "values": secret(values) if any(each.type == "SecureString" for each in found) else values,
        "withDecryption": call.get("withDecryption", True),
    }


FUNCTIONS: Final[dict[str, Function]] = {
    "aws:ssm/getParameter:getParameter": parameter,
    "aws:ssm/getParametersByPath:getParametersByPath": parameters_by_path,
}
