"""What a VllmService is given, and its check."""

from typing import NotRequired, TypedDict

import pulumi

from inferplane.args import check_choice, check_keys
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import SLOTS, check_label
from inferplane.kubernetes.render_model import check_cidr
from inferplane.kubernetes.slot import Slot

__all__ = ["VllmServiceArgs", "VllmSlotArgs", "parse_slots"]


class VllmSlotArgs(TypedDict):
    """One complete environment of a model: image, weights, flags and what a replica needs."""

    image: str
    """Image reference with a digest."""

    weights_uri: str
    """S3 folder of the weights, s3://<bucket>/<prefix>/, with a MANIFEST.sha256 in it."""

    revision: str
    """Name of the weights' revision, for people."""

    manifest_sha256: str
    """SHA-256 of MANIFEST.sha256, 64 hexadecimal digits."""

    args: list[str]
    """Flags of `vllm serve`, without the model's path, host, port and API key."""

    gpus: int
    """GPUs of a replica."""

    cpu_cores: int
    """CPU cores that a replica requests."""

    memory_gib: int
    """Main memory of a replica, GiB; shared memory counts against it."""

    shm_gib: int
    """Size of /dev/shm, GiB."""

    disk_gib: int
    """Node-local disk for weights, caches and scratch files, GiB."""

    pools: list[str]
    """GPU pools that a replica may run in (node label inferplane.dev/pool), the preferred one first."""

    startup_seconds: int
    """Planned time until a replica is ready, seconds; it is not restarted before."""

    drain_seconds: int
    """Time that running generations get to end, seconds."""

    deregistration_seconds: int
    """Time until no balancer sends new requests to a replica that leaves, seconds."""

    serving: bool
    """Whether the slot carries traffic; then changes that restart its replicas are refused."""

    parked: NotRequired[bool]
    """Whether the slot has no replicas now. Default false."""

    protected: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace the slot's Deployment while it serves. Default true."""


class VllmServiceArgs(TypedDict):
    """A model and where it runs."""

    namespace: str
    """Namespace, such as ModelNamespace makes it."""

    environment: str
    """Environment, for labels."""

    model: str
    """Name of the model, for labels and names."""

    slots: dict[str, VllmSlotArgs]
    """The slots "blue" and "green", or one of them."""

    vpc_cidr: str
    """Addresses that may reach the replicas (the load balancer's are among them)."""

    target_group_arns: NotRequired[dict[str, pulumi.Input[str]]]
    """Target group by slot; needs the AWS Load Balancer Controller. Left out: no binding."""

    cluster_name: NotRequired[pulumi.Input[str]]
    """EKS cluster. Given, the pods get a role that may read the slots' weights (EKS Pod Identity)."""

    weights_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Customer-managed key that encrypts the weights."""

    s3_cidrs: NotRequired[pulumi.Input[list[str]]]
    """The region's S3 addresses (prefix list com.amazonaws.<region>.s3): HTTPS is open to them only. Default:
    to all."""

    api_key: NotRequired[pulumi.Input[str]]
    """Key that clients present to the replicas. Left out, one is generated once and kept as a secret in the
    state."""

    priority_class_name: NotRequired[pulumi.Input[str]]
    """PriorityClass of the pods, such as ModelNamespace makes it."""

    monitoring_namespace: NotRequired[str]
    """Namespace of Prometheus, which reads the replicas' metrics. Default "monitoring"."""

    allow_live_changes: NotRequired[bool]
    """Let changes restart the replicas of a slot that carries traffic, one by one. Default false."""

    tags: NotRequired[dict[str, str]]
    """Tags of the role."""


def parse_slots(name: str, args: VllmServiceArgs) -> dict[str, Slot]:
    """Check all plain values and return the slots. Raises InferplaneError before anything is declared."""
    where = f"VllmService '{name}'"
    check_keys(args, VllmServiceArgs, where)
    check_label(args["namespace"], f"{where}.namespace")
    check_label(args["environment"], f"{where}.environment")
    check_label(args["model"], f"{where}.model")
    check_cidr(args["vpc_cidr"], f"{where}.vpc_cidr")
    check_label(args.get("monitoring_namespace", "monitoring"), f"{where}.monitoring_namespace")
    if not args["slots"]:
        raise InferplaneError("a model needs a slot", where=f"{where}.slots", allowed=", ".join(SLOTS))
    slots = {}
    for slot_name in args["slots"]:
        check_choice(slot_name, SLOTS, f"{where}.slots")
    for slot_name in SLOTS:  # in a fixed order, whatever the caller's
        if slot_name in args["slots"]:
            place = f"{where}.slots.{slot_name}"
            check_keys(args["slots"][slot_name], VllmSlotArgs, place)
            slots[slot_name] = Slot.parse(args["slots"][slot_name], place)
    for slot_name in slots:
        if "target_group_arns" in args and slot_name not in args["target_group_arns"]:
            raise InferplaneError(
                f"slot '{slot_name}' has no target group",
                where=f"{where}.target_group_arns",
                fix=f"add '{slot_name}', or leave target_group_arns out: then nothing is bound",
            )
    return slots
