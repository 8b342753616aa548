"""A model of a fleet: what is served, under which objectives, how it scales. Pure."""

from typing import Annotated

from pydantic import AfterValidator, Field

from inferplane.spec.artefacts import Image, Revision, Sha256, WeightsSource
from inferplane.spec.base import SpecModel, Whole
from inferplane.spec.choices import Quantization, Serving, SlotName
from inferplane.spec.flags import flag_name, owner_of
from inferplane.spec.frozen import FrozenMap
from inferplane.spec.limits import Between
from inferplane.spec.refusal import refusal
from inferplane.spec.schedule import Schedule
from inferplane.spec.text import PoolName
from inferplane.spec.units import Duration, Share, Size

__all__ = ["ModelSpec", "Objectives", "ScalingSpec", "SlotSpec"]


def _extra_arg(value: str) -> str:
    owned = owner_of(value)
    if owned:
        raise refusal(
            f"sets {owned[0]}, which the plan owns",
            allowed="flags of `vllm serve` that the plan does not set, e.g. --enable-prefix-caching",
            fix=f"remove it: {owned[1]}",
        )
    if not value or len(value) > 4096 or "\x00" in value:
        raise refusal("is not a command-line argument", allowed="1 to 4096 characters", fix="remove it")
    name = flag_name(value)
    if (name and len(value.partition("=")[0].split()) > 1) or (not name and " --" in value):
        raise refusal(
            "holds several arguments",
            allowed="one argument an item, nothing is split",
            fix="write a list: " + str(value.split()).replace("'", '"'),
        )
    return value


ExtraArg = Annotated[str, AfterValidator(_extra_arg)]


def _power_of_two(value: int) -> int:
    # H100 nodes have 1 or 8 GPUs; attention heads divide by powers of two.
    if value not in (1, 2, 4, 8):
        raise refusal(
            "is not a tensor parallel size",
            allowed="1, 2, 4, 8",
            fix="leave it out: it is planned from the weights",
        )
    return value


TensorParallel = Annotated[
    Whole, AfterValidator(_power_of_two), Field(json_schema_extra={"enum": [1, 2, 4, 8]})
]


class Objectives(SpecModel):
    """What users are promised, over 30 days; alarms and release verdicts are derived from it."""

    ttft_p99: Annotated[Duration, Between("50ms", "5m")] = Field(
        default=Duration(2.0),
        description='Time to first token that 99 % of requests meet. Default "2s": what an interactive '
        "client bears.",
        examples=["2s"],
    )
    error_rate: Annotated[Share, Between("0.001%", "10%")] = Field(
        default=Share(0.001),
        description='Largest share of failed requests. Default "0.1%".',
        examples=["0.1%"],
    )
    availability: Annotated[Share, Between("90%", "99.99%")] = Field(
        default=Share(0.99),
        description="Share of the time that the endpoint answers. "
        'Default "99%", what one region can promise; 99.9% needs two.',
        examples=["99%"],
    )


class ScalingSpec(SpecModel):
    """How many replicas a slot has, and what asks for more."""

    min_replicas: Whole = Field(
        default=2,
        ge=1,
        le=1000,
        description="Fewest replicas of a slot that carries traffic. Default 2, so that the loss of one is "
        "no outage; 1 in profile development.",
    )
    max_replicas: Whole = Field(
        default_factory=lambda data: 2 * data["min_replicas"],
        ge=1,
        le=1000,
        description="Most replicas of a slot. Default: twice min_replicas.",
        examples=[4],
    )
    queue_per_replica: Whole = Field(
        default=7,
        ge=1,
        le=10_000,
        description="Waiting requests per replica at which the autoscaler asks for one more. Default 7: a "
        "burst is seen before the wait reaches the time-to-first-token objective.",
    )
    gpu_utilisation: Annotated[Share, Between("20%", "90%")] = Field(
        default=Share(0.7),
        description='GPU utilisation that the autoscaler holds. Default "70%": scales up at 75 % and down '
        "at 65 %.",
        examples=["70%"],
    )
    requests_per_second_per_replica: Annotated[float, Field(strict=True)] | None = Field(
        default=None,
        gt=0,
        le=100_000,
        description="Request rate that one replica serves within its objectives, from a load test; a third "
        "scaling signal. Default: not used.",
        examples=[2.5],
    )
    schedules: tuple[Schedule, ...] = Field(
        default=(), description="Floors of replicas for known daily peaks. Default: none.", examples=[[]]
    )


class SlotSpec(SpecModel):
    """One complete environment of a model; a slot that carries traffic is not changed, the other one is."""

    image: Image = Field(
        description="Container image with vLLM, pinned by its digest.",
        examples=["vllm/vllm-openai:v0.32.0@sha256:<64 hexadecimal digits>"],
    )
    revision: Revision = Field(
        description="Folder below source that holds the weights; never written again once it is used.",
        examples=["0e9e39f249a1"],
    )
    manifest_sha256: Sha256 = Field(
        description="SHA-256 of the folder's MANIFEST.sha256, which lists the SHA-256 of every file: "
        "weights that differ are not loaded.",
        examples=["<64 hexadecimal digits>"],
    )
    extra_args: tuple[ExtraArg, ...] = Field(
        default=(),
        description="Further arguments of `vllm serve`, one an item. Flags that the plan owns are refused. "
        "Default: none.",
        examples=[["--enable-prefix-caching"]],
    )


class ModelSpec(SpecModel):
    """One model of the fleet; its name is its key, its host <name>.<domain>."""

    serving: Serving = Field(
        default=Serving.DEDICATED,
        description="dedicated: own GPUs; managed: a managed API; hybrid: own GPUs that overflow to one. "
        "Default dedicated.",
    )
    source: WeightsSource = Field(
        description="S3 location of the weights: <source>/<revision>/ holds the files and a MANIFEST.sha256.",
        examples=["s3://my-weights/llama-3.1-8b-instruct"],
    )
    weights: Annotated[Size, Between("1MiB", "10TiB")] = Field(
        description="Size of the weight files as stored; decides tensor parallelism, disk and start-up time.",
        examples=["16GiB"],
    )
    quantization: Quantization = Field(
        default=Quantization.NONE,
        description="How vLLM quantizes, by its name for it; none: as the checkpoint is stored. Default "
        "none.",
    )
    context_tokens: Whole = Field(
        ge=256, le=1_048_576, description="Longest prompt and answer together, in tokens.", examples=[8192]
    )
    tensor_parallel: TensorParallel | None = Field(
        default=None,
        description="GPUs of one replica: 1, 2, 4 or 8. Default: the fewest that hold the weights and leave "
        "room for the KV cache.",
        examples=[2],
    )
    regions: tuple[str, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="Regions that serve the model. Default: all of the fleet's.",
        examples=[["us-east-1"]],
    )
    pools: tuple[PoolName, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="GPU pools that may hold its replicas, the preferred one first. Default: all pools of "
        "the region whose nodes have enough GPUs, in their order.",
        examples=[["h100"]],
    )
    balancer: Whole | None = Field(
        default=None,
        ge=0,
        le=49,  # "Application Load Balancers per Region": 50 by default
        description="Index of the load balancer that carries the model. Default: the first with room; set "
        "it to keep a model where it is when others leave.",
        examples=[0],
    )
    objectives: Objectives = Field(
        default_factory=Objectives, description="What users are promised. Default: the defaults below."
    )
    slots: FrozenMap[SlotName, SlotSpec] = Field(
        min_length=1,
        description="The model's environments, blue or green or both.",
        examples=[{"blue": {"image": "...", "revision": "...", "manifest_sha256": "..."}}],
    )
    stable_slot: SlotName = Field(
        # Without slots the model is refused for that; the default must not fail before.
        default_factory=lambda data: next(iter(data["slots"]), SlotName.BLUE),
        description="Slot that carries the traffic of a model without a release record. Default: the only "
        "slot; required when both are given.",
        examples=["blue"],
    )
    scaling: ScalingSpec = Field(
        default_factory=ScalingSpec,
        description="Replicas and what asks for more. Default: the defaults below.",
    )
    # The balancer's deregistration delay ends at 3600 s, and its idle timeout at 4000 s (Elastic Load
    # Balancing).
    longest_generation: Annotated[Duration, Between("1s", "1h")] = Field(
        default=Duration(600.0),
        description="Longest answer that a client may wait for; decides idle timeout and drain. "
        'Default "10m". At most 1h, the load balancer\'s limit.',
        examples=["10m"],
    )
    cold_start: Annotated[Duration, Between("10s", "4h")] = Field(
        default=Duration(900.0),
        description="Planned time from a new pod to a ready one: image, weights, compilation; decides the "
        'start-up probe and how long an update waits. Default "15m": a 70B model on a warm node.',
        examples=["15m"],
    )
