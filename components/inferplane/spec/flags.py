"""Which flags of `vllm serve` a slot may add. Pure.

Names as in `vllm serve --help` of vLLM 0.32; vLLM reads --a_b as --a-b.
"""

import re
from typing import Final

__all__ = ["OWNED_FLAGS", "flag_name", "owner_of"]

OWNED_FLAGS: Final[dict[str, str]] = {
    "--model": "the model is served from source and revision",
    "--config": "a file of flags would hide what is deployed",
    "--host": "the service decides where the server listens",
    "--port": "the service decides where the server listens",
    "--uds": "the service decides where the server listens",
    "--ssl-keyfile": "the load balancer ends TLS",
    "--ssl-certfile": "the load balancer ends TLS",
    "--ssl-ca-certs": "the load balancer ends TLS",
    "--root-path": "the load balancer decides the path",
    "--api-key": "the key comes from a Kubernetes Secret",
    "--hf-token": "weights come from source, no token is needed",
    "--download-dir": "weights come from source",
    "--revision": "set revision of the slot",
    "--code-revision": "set revision of the slot",
    "--tokenizer-revision": "set revision of the slot",
    "--served-model-name": "it is the model's key in the fleet file",
    "--tensor-parallel-size": "set tensor_parallel of the model",
    "-tp": "set tensor_parallel of the model",
    "--pipeline-parallel-size": "a replica lives on one node",
    "-pp": "a replica lives on one node",
    "--data-parallel-size": "the autoscaler decides the number of replicas",
    "-dp": "the autoscaler decides the number of replicas",
    "--nnodes": "a replica lives on one node",
    "--max-model-len": "set context_tokens of the model",
    "--quantization": "set quantization of the model",
    "-q": "set quantization of the model",
    "--gpu-memory-utilization": "it is planned with the size of the replica",
    "--max-num-seqs": "it is planned with the size of the replica",
    "--max-num-queued-reqs": "it is planned from scaling.queue_per_replica",
    "--max-num-queued-tokens": "it is planned from scaling.queue_per_replica",
    "--shutdown-timeout": "it is planned from longest_generation",
    "--middleware": "the image's entrypoint sets it",
}
"""Flags that the plan owns -> why, or what to set instead."""


# Whole flags that are also the beginning of an owned one.
_OTHER_FLAGS: Final = frozenset({"--tokenizer"})


def flag_name(argument: str) -> str | None:
    """Return the flag of an argument as vLLM reads it, None for a value."""
    match = re.match(r"(--?[A-Za-z][\w.-]*)(?:=|\s|$)", argument, re.ASCII)
    if not match:
        return None
    return match[1].replace("_", "-") if argument.startswith("--") else match[1]


def owner_of(argument: str) -> tuple[str, str] | None:
    """Return the owned flag that an argument sets, in full or by a prefix, and why it is owned; else None."""
    name = flag_name(argument)
    if name is None or name in _OTHER_FLAGS:
        return None
    if name in OWNED_FLAGS:
        return name, OWNED_FLAGS[name]
    if name.startswith("--") and len(name) > 4:
        for owned, reason in OWNED_FLAGS.items():
            if owned.startswith(name):
                return owned, reason
    short = re.fullmatch(r"-(tp|pp|dp|q)\d+", name)
    return (f"-{short[1]}", OWNED_FLAGS[f"-{short[1]}"]) if short else None
