"""Mistakes in a slot: each gives one message with place, what is allowed and the fix."""

import pytest

from tests.spec.cases import Case, check, ids

_BLUE = "vllm/vllm-openai:v0.29.0@sha256:c2914767605584b6d8f45686b82de173ecc99e781897aa3d0a66dacd72c51ae1"
_M = "models.llama-70b"
_SLOT = f"{_M}.slots.blue"

CASES = [
    Case(
        "two slots, none stable",
        "    stable_slot: blue\n",
        "",
        _M,
        "two slots and no stable_slot",
        "blue or green",
        "carries the traffic",
        "llama-70b:",
    ),
    Case(
        "stable slot that is not there",
        "    weights: 15GiB\n",
        "    weights: 15GiB\n    stable_slot: green\n",
        "models.llama-8b.stable_slot",
        "green is a slot that the model does not have",
        "blue",
        "write blue",
        "stable_slot: green",
    ),
    Case(
        "slot of another colour",
        "      green:",
        "      canary:",
        f"{_M}.slots.canary",
        "not a name that is known here",
        "blue, green",
        "use one of these",
    ),
    Case(
        "slot misspelt",
        "      green:",
        "      grene:",
        f"{_M}.slots.grene",
        "not a name that is known here",
        "blue, green",
        "did you mean green?",
    ),
    Case(
        "image without digest",
        f"image: {_BLUE}",
        "image: vllm/vllm-openai:latest",
        f"{_SLOT}.image",
        "not pinned by a digest",
        "@sha256:",
        "imagetools inspect vllm/vllm-openai:latest",
    ),
    Case(
        "slot without image",
        f"        image: {_BLUE}\n",
        "",
        f"{_SLOT}.image",
        "is missing",
        "pinned by its digest",
        "add image",
        "blue:\n",
    ),
    Case(
        "revision of digits",
        "revision: 5fc0a1f2c3d4",
        "revision: 123456789012",
        f"{_SLOT}.revision",
        "read by YAML as a number",
        "Folder below source",
        'quote it: "123456789012"',
    ),
    Case(
        "revision like a date",
        "revision: 5fc0a1f2c3d4",
        "revision: 2024-05-01",
        f"{_SLOT}.revision",
        "read by YAML as a date",
        "in quotes",
        '"2024-05-01" in quotes',
    ),
    Case(
        "revision as a path",
        "revision: 5fc0a1f2c3d4",
        "revision: main/latest",
        f"{_SLOT}.revision",
        "not a revision",
        "no slash",
        "name of the folder",
    ),
    Case(
        "digest with its algorithm",
        "manifest_sha256: a1b2",
        "manifest_sha256: sha256:a1b2",
        f"{_SLOT}.manifest_sha256",
        "not a SHA-256",
        "64 lower-case",
        "write a1b2c3d4",
    ),
    Case(
        "digest cut short",
        "manifest_sha256: a1b2",
        "manifest_sha256: a1",
        f"{_SLOT}.manifest_sha256",
        "not a SHA-256",
        "64 lower-case",
        "sha256sum",
    ),
    Case(
        "flag that the plan owns",
        "[--enable-prefix-caching]",
        "[--max-model-len=4096]",
        f"{_SLOT}.extra_args[0]",
        "sets --max-model-len",
        "does not set",
        "set context_tokens",
    ),
    Case(
        "owned flag with underscores",
        "[--enable-prefix-caching]",
        "[--tensor_parallel_size=4]",
        f"{_SLOT}.extra_args[0]",
        "sets --tensor-parallel-size",
        "does not set",
        "set tensor_parallel",
    ),
    Case(
        "owned flag, abbreviated",
        "[--enable-prefix-caching]",
        "[--tensor-par=4]",
        f"{_SLOT}.extra_args[0]",
        "sets --tensor-parallel-size",
        "does not set",
        "set tensor_parallel",
    ),
    Case(
        "owned flag, short form",
        "[--enable-prefix-caching]",
        "[-tp=4]",
        f"{_SLOT}.extra_args[0]",
        "sets -tp",
        "does not set",
        "set tensor_parallel",
    ),
    Case(
        "several arguments in one",
        "[--enable-prefix-caching]",
        '["--enable-prefix-caching --seed 1"]',
        f"{_SLOT}.extra_args[0]",
        "several arguments",
        "one argument an item",
        '["--enable-prefix-caching", "--seed", "1"]',
    ),
    Case(
        "arguments as text",
        "[--enable-prefix-caching]",
        "--enable-prefix-caching",
        f"{_SLOT}.extra_args",
        "not a list",
        "one an item",
        "write [--enable-prefix-caching]",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_mistakes(case: Case) -> None:
    """A mistake in a slot gives one message that names its line and the fix."""
    check(case)
