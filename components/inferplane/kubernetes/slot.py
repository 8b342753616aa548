"""What one slot of a model runs, checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inferplane.args import check_range
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import check_label

__all__ = ["MODEL_PORT", "Slot"]

MODEL_PORT = 8000
"""The port that vLLM listens on, its own default."""

# Flags that the Deployment sets; a second value would win or fail, depending on their order.
_OWNED_FLAGS = ("--host", "--port", "--model", "--uds")

# Flags that carry a secret: a command line is readable to everybody who may read pods.
_SECRET_FLAGS = ("--api-key", "--hf-token", "--ssl-keyfile-password")

_IMAGE = re.compile(r"\S+@sha256:[0-9a-f]{64}")
_WEIGHTS_URI = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+/")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[A-Za-z0-9._/-]{1,256}")


@dataclass(frozen=True)
class Slot:
    """One complete environment of a model: image, weights, flags and what a replica needs."""

    image: str
    weights_uri: str
    revision: str
    manifest_sha256: str
    args: tuple[str, ...]
    gpus: int
    cpu_cores: int
    memory_gib: int
    shm_gib: int
    disk_gib: int
    pools: tuple[str, ...]
    startup_seconds: int
    drain_seconds: int
    deregistration_seconds: int
    serving: bool
    parked: bool
    protected: bool

    @classmethod
    def parse(cls, args: Mapping[str, Any], where: str) -> "Slot":
        """Check the plain values of a slot's args. Raises InferplaneError naming the property."""
        image = _matching(
            args["image"], _IMAGE, f"{where}.image", "a reference with a digest: name@sha256:<64 hex>"
        )
        uri = _matching(
            args["weights_uri"],
            _WEIGHTS_URI,
            f"{where}.weights_uri",
            "s3://<bucket>/<prefix>/ with the last slash",
        )
        digest = _matching(
            args["manifest_sha256"], _SHA256, f"{where}.manifest_sha256", "64 hexadecimal digits"
        )
        slot = cls(
            image=image,
            weights_uri=uri,
            revision=_matching(
                args["revision"], _REVISION, f"{where}.revision", "1 to 256 of letters, digits, . _ / -"
            ),
            manifest_sha256=digest,
            args=_flags(args["args"], int(args["drain_seconds"]), f"{where}.args"),
            # Eight GPUs are one NVLink domain, the most that a replica within one node can have.
            gpus=_integer(args, "gpus", 1, 8, "GPUs", where),
            cpu_cores=_integer(args, "cpu_cores", 1, 192, "cores", where),
            memory_gib=_integer(args, "memory_gib", 2, 4096, "GiB", where),
            shm_gib=_integer(args, "shm_gib", 1, 1024, "GiB", where),
            disk_gib=_integer(args, "disk_gib", 1, 32768, "GiB", where),
            pools=tuple(check_label(str(pool), f"{where}.pools") for pool in args["pools"]),
            startup_seconds=_integer(args, "startup_seconds", 30, 7200, "s", where),
            drain_seconds=_integer(args, "drain_seconds", 0, 7200, "s", where),
            deregistration_seconds=_integer(args, "deregistration_seconds", 0, 3600, "s", where),
            serving=bool(args["serving"]),
            parked=bool(args.get("parked", False)),
            protected=bool(args.get("protected", args["serving"])),
        )
        slot._check_together(where)
        return slot

    def _check_together(self, where: str) -> None:
        if not self.pools:
            raise InferplaneError(
                "no pool is named", where=f"{where}.pools", fix="name at least one GPU pool"
            )
        if self.shm_gib >= self.memory_gib:
            raise InferplaneError(
                f"{self.shm_gib} GiB of shared memory do not fit into {self.memory_gib} GiB",
                where=f"{where}.shm_gib",
                allowed="less than memory_gib: /dev/shm counts against the container's memory",
            )
        if self.serving and self.parked:
            raise InferplaneError(
                "a slot that carries traffic can not be parked",
                where=f"{where}.parked",
                fix="move the traffic to the other slot first, or leave `parked` out",
            )


def _matching(value: Any, pattern: re.Pattern[str], where: str, allowed: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InferplaneError(f"'{value}' is not valid", where=where, allowed=allowed)
    return value


def _integer(args: Mapping[str, Any], key: str, low: int, high: int, unit: str, where: str) -> int:
    value = args[key]
    # Over the component protocol whole numbers arrive as floats.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise InferplaneError(f"'{value}' is not a whole number", where=f"{where}.{key}")
    check_range(value, low, high, f"{where}.{key}", unit)
    return int(value)


def _flags(flags: Any, drain_seconds: int, where: str) -> tuple[str, ...]:
    words = tuple(str(flag) for flag in flags)
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in _OWNED_FLAGS:
            raise InferplaneError(f"{name} is set by the Deployment", where=where, fix="remove it")
        if name in _SECRET_FLAGS:
            raise InferplaneError(
                f"{name} would put a secret on a command line",
                where=where,
                fix="remove it; the API key is given as `api_key` and reaches vLLM through a Secret",
            )
        if name == "--shutdown-timeout":
            given = value if equals else (words[index + 1] if index + 1 < len(words) else "")
            if given != str(drain_seconds):
                raise InferplaneError(
                    f"--shutdown-timeout is '{given}', the pod's grace period is made for {drain_seconds} s",
                    where=where,
                    fix="remove the flag or give drain_seconds the same value",
                )
    if not any(word.partition("=")[0] == "--shutdown-timeout" for word in words):
        # vLLM's default of 0 aborts running generations on SIGTERM.
        words = (*words, f"--shutdown-timeout={drain_seconds}")
    return words
