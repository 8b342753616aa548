"""The release record of a model in a region: stable slot, candidate, weights of the traffic. Pure."""

import json
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from inferplane.errors import InferplaneError
from inferplane.spec.base import SpecModel, Whole
from inferplane.spec.choices import SlotName
from inferplane.spec.frozen import FrozenMap
from inferplane.spec.refusal import refusal

__all__ = ["ReleaseRecord"]


class ReleaseRecord(SpecModel):
    """What the release controller writes and the program reads."""

    version: Literal[1] = Field(description="Version of this form.")
    stable: SlotName = Field(description="Slot that is known to be good.")
    candidate: SlotName | None = Field(
        default=None, description="Slot that is being released, null between releases."
    )
    weights: FrozenMap[SlotName, Whole] = Field(
        description="Per cent of the traffic, both slots, 100 together."
    )
    phase: str = Field(
        min_length=1, max_length=64, description="Step of the release, `stable` between releases."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if set(self.weights) != set(SlotName) or any(weight < 0 for weight in self.weights.values()):
            raise refusal(
                "weights name both slots, each from 0 to 100", allowed='{"blue": 0..100, "green": 0..100}'
            )
        if sum(self.weights.values()) != 100:
            raise refusal(f"weights sum to {sum(self.weights.values())}", allowed="a sum of 100")
        if self.candidate == self.stable:
            raise refusal("candidate is the stable slot", allowed="the other slot or null")
        if self.candidate is None and self.weights[self.stable] != 100:
            raise refusal("without a candidate all traffic belongs to the stable slot", allowed="weight 100")
        return self

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Read a record from JSON text. Raises InferplaneError that names `where` (the parameter it came
        from)."""
        try:
            return cls.model_validate(json.loads(text))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"] if part != "[key]")
            allowed = str(first.get("ctx", {}).get("allowed", ""))
            what = f"{field}: {first['msg']}" if field else first["msg"]
            raise _unreadable(what, where, allowed) from None
        except (ValueError, RecursionError) as error:
            what = "it is not JSON" if isinstance(error, json.JSONDecodeError) else "it can not be read"
            raise _unreadable(what, where, "") from None

    def to_json(self) -> str:
        """Return the record as `parse` reads it."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)


_EXAMPLE = (
    '{"version": 1, "stable": "blue", "candidate": null, "weights": {"blue": 100, "green": 0}, '
    '"phase": "stable"}'
)


def _unreadable(what: str, where: str, allowed: str) -> InferplaneError:
    return InferplaneError(
        f"the release record is not usable: {what}",
        where=where,
        allowed=allowed or f"e.g. {_EXAMPLE}",
        fix="only the release controller writes it: restore its last version (the parameter keeps a history)",
    )
