"""A fleet: everything of one environment that a person decides. Pure."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from inferplane.spec.base import SpecModel
from inferplane.spec.checks import CROSS_CHECKS, check_fleet
from inferplane.spec.choices import Profile
from inferplane.spec.defaults import complete_model, complete_region
from inferplane.spec.frozen import FrozenDict, FrozenMap
from inferplane.spec.model import ModelSpec
from inferplane.spec.region import RegionSpec
from inferplane.spec.text import DomainName, Email, Environment, ModelName, TagValue

__all__ = ["FleetSpec"]


class FleetSpec(SpecModel):
    """One environment: its regions and the models that it serves.

    Read one with `load_fleet`. Defaults that depend on other fields (zones, client CIDRs, a model's regions
    and replicas) are filled in, so that each attribute says what holds.
    """

    environment: Environment = Field(
        description="Name of the environment: 1 to 16 lower-case letters, digits and hyphens. All names "
        "begin with it, so it must be unique in its account.",
        examples=["prod"],
    )
    owner: TagValue = Field(
        description="Team that answers for the fleet; a tag of every resource.", examples=["ml-platform"]
    )
    cost_centre: TagValue = Field(description="Who pays; a tag of every resource.", examples=["ml-research"])
    domain: DomainName = Field(
        description="DNS name below which the models' hosts lie: <model>.<domain> and "
        "<model>.<region>.<domain>.",
        examples=["llm.example.com"],
    )
    hosted_zone: DomainName = Field(
        default_factory=lambda data: data["domain"],
        description="Public Route 53 zone that holds the domain; certificates are validated in it. Default: "
        "a zone of the domain's own name.",
        examples=["example.com"],
    )
    profile: Profile = Field(
        default=Profile.PRODUCTION,
        description="production: deletion protection, a NAT gateway per zone, two replicas; development: "
        "the cheapest form that is still the real thing. Default production.",
    )
    alarm_emails: tuple[Email, ...] = Field(
        default=(),
        description="Addresses that get the alarms; each must confirm its subscription. Default: none, "
        "alarms go to the SNS topic only.",
        examples=[["oncall@example.com"]],
    )
    regions: FrozenMap[str, RegionSpec] = Field(
        min_length=1,
        description="Regions by name, e.g. us-east-1.",
        examples=[
            {"us-east-1": {"gpu_pools": {"h100": {"instance_type": "p5.48xlarge", "nodes": {"max": 2}}}}}
        ],
    )
    models: FrozenMap[ModelName, ModelSpec] = Field(
        min_length=1,
        description="Models by name: a DNS label of at most 40 characters, which clients send as the model.",
        examples=[{"llama-3-1-8b": {}}],
    )

    @field_validator("regions")
    @classmethod
    def _complete_regions(cls, regions: Mapping[str, RegionSpec]) -> Mapping[str, RegionSpec]:
        return FrozenDict({name: complete_region(name, region) for name, region in regions.items()})

    @field_validator("models")
    @classmethod
    def _complete_models(
        cls, models: Mapping[str, ModelSpec], info: ValidationInfo
    ) -> Mapping[str, ModelSpec]:
        if "profile" not in info.data or "regions" not in info.data:
            return models
        profile, regions = info.data["profile"], info.data["regions"]
        return FrozenDict({name: complete_model(model, profile, regions) for name, model in models.items()})

    @model_validator(mode="after")
    def _cross_checks(self) -> Self:
        mistakes = check_fleet(self)
        if mistakes:
            text = "\n".join(mistake.render("fleet") for mistake in mistakes)
            raise PydanticCustomError(CROSS_CHECKS, "{text}", {"text": text, "mistakes": mistakes})
        return self
