"""The Plan: every number that will be deployed, frozen, each with its reason. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "BalancerPlan",
    "CostPlan",
    "ModelPlan",
    "PoolPlan",
    "RegionPlan",
    "ReplicaPlan",
    "ScalingPlan",
    "SchedulePlan",
    "SlotPlan",
]


@dataclass(frozen=True)
class ReplicaPlan:
    """What one vLLM replica needs and how it runs."""

    gpus: int
    """GPUs of one replica; equal to its tensor parallelism, since a replica stays within one node."""
    cpu_cores: int
    memory_gib: int
    """Main memory, GiB; shared memory counts against it."""
    shm_gib: int
    """Size limit of /dev/shm, GiB (NCCL and the engine's processes speak through it)."""
    disk_gib: int
    """Node-local NVMe for the weights and caches, GiB."""
    max_num_seqs: int
    """Sequences decoded together (vLLM --max-num-seqs)."""
    max_queued: int
    """Running and waiting requests that a replica admits; beyond it answers 503 (vLLM --max-num-queued-reqs)."""
    vllm_args: tuple[str, ...]
    """Flags for `vllm serve`, without the model's path, host and port."""
    cold_start_seconds: int
    """Planned time from a pod's start until it is ready."""
    propagation_seconds: int
    """Time until no balancer sends new requests to a replica that leaves (preStop wait)."""
    drain_seconds: int
    """Time that running generations get to end after that."""


@dataclass(frozen=True)
class SchedulePlan:
    """A floor under the replicas in a recurring window."""

    name: str
    timezone: str
    start: str
    end: str
    min_replicas: int


@dataclass(frozen=True)
class ScalingPlan:
    """How a slot that serves is scaled."""

    min_replicas: int
    max_replicas: int
    queue_per_replica: int
    """Waiting requests per replica at which one more is wanted."""
    gpu_utilisation_percent: int
    """Target GPU utilisation, percent; acts above 75 and below 65 at the default 70."""
    requests_per_second_per_replica: float | None
    schedules: tuple[SchedulePlan, ...]


@dataclass(frozen=True)
class SlotPlan:
    """One complete environment of a model: image, weights and flags."""

    slot: str
    image: str
    revision: str
    weights_uri: str
    manifest_sha256: str
    vllm_args: tuple[str, ...]
    weight: int
    """Share of the model's traffic, percent."""
    parked: bool
    """Without traffic and not a candidate: kept at zero replicas."""


@dataclass(frozen=True)
class ModelPlan:
    """One model in one region."""

    model: str
    region: str
    hosts: tuple[str, ...]
    """Host names that reach the model: the fleet's, then the region's."""
    balancer: int
    replica: ReplicaPlan
    scaling: ScalingPlan
    slots: tuple[SlotPlan, ...]
    weights: Mapping[str, int]
    """Percent of traffic per slot; both slots are always named and sum to 100."""
    stable_slot: str
    pools: tuple[str, ...]
    """GPU pools in order of preference."""
    ttft_p99_seconds: float
    error_rate: float
    """Objective as a fraction of requests."""
    expected_requests_per_second: float
    """Rate at the floor, used to size alarm periods."""
    dollars_per_replica_month: float
    why: Mapping[str, str] = field(default_factory=dict)
    """Reasons by field path, for people."""

    @property
    def live_slots(self) -> tuple[SlotPlan, ...]:
        """The slots that have replicas."""
        return tuple(slot for slot in self.slots if not slot.parked)

    @property
    def free_slot(self) -> str:
        """The slot that a new version may go into: the one without traffic, or the stable one's other."""
        return next(slot for slot in ("blue", "green") if slot != self.stable_slot)


@dataclass(frozen=True)
class PoolPlan:
    """One pool of GPU nodes in a region."""

    pool: str
    instance_type: str
    provisioner: str
    purchase: str
    reservation_id: str | None
    zones: tuple[str, ...]
    min_nodes: int
    max_nodes: int
    desired_nodes: int
    """Nodes that a node group is set to; an elastic pool begins with none."""
    gpu: str
    """Name of the GPU model."""
    gpus_per_node: int
    dollars_per_node_hour: float

    @property
    def elastic(self) -> bool:
        """Whether nodes come and go with the pods (Karpenter); a node group keeps its size."""
        return self.provisioner == "karpenter"

    @property
    def max_gpus(self) -> int:
        """GPUs of the pool at its limit."""
        return self.max_nodes * self.gpus_per_node


@dataclass(frozen=True)
class BalancerPlan:
    """One application load balancer and the models behind it."""

    index: int
    models: tuple[str, ...]
    idle_timeout_seconds: int
    deregistration_delay_seconds: int


@dataclass(frozen=True)
class CostPlan:
    """List-price estimate for one region, US dollars a month of 730 hours, without data transfer and taxes."""

    floor_dollars: float
    """All pools at what the models' minimum replicas need, and the fixed parts."""
    ceiling_dollars: float
    """All pools at their limit, and the fixed parts."""
    fixed_dollars: float
    """Control plane, NAT gateways, endpoints, balancers, system nodes."""
    price_date: str
    """Date of the price file."""


@dataclass(frozen=True)
class RegionPlan:
    """Everything that one region of a fleet deploys."""

    environment: str
    region: str
    domain: str
    """The fleet's domain."""
    zones: tuple[str, ...]
    nat: str
    """Where NAT gateways stand: "zone" (one in each) or "single"."""
    deletion_protection: bool
    system_node_type: str
    """Instance type of the CPU nodes that run add-ons."""
    system_nodes: int
    tags: Mapping[str, str]
    pools: tuple[PoolPlan, ...]
    balancers: tuple[BalancerPlan, ...]
    models: tuple[ModelPlan, ...]
    cost: CostPlan
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The prefix of names in this region."""
        return f"{self.environment}-{self.region}"

    @property
    def domain_here(self) -> str:
        """The region's own domain."""
        return f"{self.region}.{self.domain}"

    @property
    def uses_karpenter(self) -> bool:
        """Whether any pool is elastic."""
        return any(pool.elastic for pool in self.pools)
