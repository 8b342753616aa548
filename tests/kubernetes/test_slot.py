"""Wrong args of a slot: one clear error each."""

from typing import Any

import pytest

from inferplane.errors import InferplaneError
from tests.kubernetes.examples import slot

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"image": "vllm/vllm-openai:latest"}, "slot.image"),
    ({"weights_uri": "s3://bucket/no-last-slash"}, "slot.weights_uri"),
    ({"weights_uri": "https://example.com/x/"}, "slot.weights_uri"),
    ({"manifest_sha256": "abc"}, "slot.manifest_sha256"),
    ({"revision": "with space"}, "slot.revision"),
    ({"gpus": 0}, "slot.gpus"),
    ({"gpus": 1.5}, "slot.gpus"),
    ({"gpus": True}, "slot.gpus"),
    ({"shm_gib": 500}, "slot.shm_gib"),
    ({"pools": []}, "slot.pools"),
    ({"pools": ["A b"]}, "slot.pools"),
    ({"startup_seconds": 5}, "slot.startup_seconds"),
    ({"args": ["--api-key=sk-1"]}, "slot.args"),
    ({"args": ["--port", "9000"]}, "slot.args"),
    ({"args": ["--shutdown-timeout", "5"]}, "slot.args"),
    ({"args": ["--shutdown-timeout"]}, "slot.args"),
    ({"parked": True}, "slot.parked"),
]


@pytest.mark.parametrize(
    ("changes", "where"), WRONG, ids=[f"{next(iter(c))}-{i}" for i, (c, _) in enumerate(WRONG)]
)
def test_wrong_args_are_refused(changes: dict[str, Any], where: str) -> None:
    """A mistake is one error that names the property."""
    with pytest.raises(InferplaneError) as caught:
        slot(**changes)
    assert str(caught.value).startswith(f"{where}: ")


def test_refused_key_is_not_repeated() -> None:
    """A secret among the flags is not shown."""
    with pytest.raises(InferplaneError) as caught:
        slot(args=["--api-key=sk-1234"])
    assert "sk-1234" not in str(caught.value)


def test_floats_are_numbers() -> None:
    """Whole numbers may arrive as floats, as the component protocol sends them."""
    assert slot(gpus=2.0).gpus == 2


def test_protection_follows_traffic() -> None:
    """A slot that serves is protected unless its owner says otherwise; one that does not is not."""
    assert slot().protected
    assert not slot(protected=False).protected
    assert not slot(serving=False).protected
