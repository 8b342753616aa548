"""What one vLLM replica needs: GPUs, host resources and flags. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from inferplane.errors import InferplaneError
from inferplane.planning.plan import ReplicaPlan
from inferplane.spec.hardware import INSTANCES, Instance
from inferplane.spec.model import ModelSpec

__all__ = ["PlannedReplica", "plan_replica", "usable_pools"]

# Weights may fill this share of GPU memory; the rest is left to the KV cache, activations and CUDA graphs. A replica
# that is all weights serves few sequences: Llama-3.1-70B FP8 on one 80 GB GPU exceeds its KV capacity at 8 concurrent
# requests, on two it serves 64 (NVIDIA AIConfigurator 0.12, vLLM kernel database).
WEIGHTS_SHARE = 0.6

# vLLM's own default is 0.9 up to 0.32 and 0.92 later; said explicitly so that an upgrade does not move it.
GPU_MEMORY_UTILISATION = 0.9

# 64 sequences keep the time per output token of a 70B FP8 model at TP2 at about 50 ms (AIConfigurator 0.12); more raise
# throughput little and delay everybody.
MAX_NUM_SEQS = 64

# Waiting requests that a replica admits, in multiples of the queue at which the autoscaler wants another one: room for
# the burst until that one is there, short enough that what waits can still meet its objective or go elsewhere.
QUEUE_HEADROOM = 4

# Share of a node's CPU and memory that replicas may request; the rest is the kubelet's and the DaemonSets'.
HOST_SHARE = 0.85

SHM_GIB_PER_GPU = 16  # NCCL and the engine's worker processes share tensors through /dev/shm
SCRATCH_GIB = 40  # torch.compile and Triton caches, logs, /tmp

# The balancer controller notices a deletion, deregisters the target and the balancer stops within about half a minute.
PROPAGATION_SECONDS = 35


@dataclass(frozen=True)
class PlannedReplica:
    """A replica, the pools it may run in, in order, and the reasons."""

    replica: ReplicaPlan
    pools: tuple[str, ...]
    why: dict[str, str]


def usable_pools(model: ModelSpec, instances: dict[str, Instance], gpus: int) -> tuple[str, ...]:
    """Return the pools, in the model's order or the region's, whose nodes hold a replica of `gpus` GPUs."""
    names: Sequence[str] = model.pools or tuple(instances)
    return tuple(name for name in names if name in instances and instances[name].gpus >= gpus)


def plan_replica(name: str, model: ModelSpec, pool_types: dict[str, str], where: str) -> PlannedReplica:
    """Plan one replica of `model` for a region whose pools have the instance types `pool_types`.

    Raises InferplaneError when no pool can hold it, saying what would.
    """
    instances = {pool: INSTANCES[kind] for pool, kind in pool_types.items()}
    candidates = {pool: instances[pool] for pool in (model.pools or instances) if pool in instances}
    if not candidates:
        raise InferplaneError(
            "no GPU pool for this model",
            where=where,
            allowed=", ".join(instances) or "(the region has no pool)",
            fix="add a pool to the region or name one of these",
        )
    gpus, reason = _tensor_parallel(model, candidates, where)
    pools = usable_pools(model, instances, gpus)
    hosts = [instances[pool] for pool in pools]
    cpu = min(math.floor(HOST_SHARE * host.vcpus / host.gpus) for host in hosts) * gpus
    memory = min(math.floor(HOST_SHARE * host.memory_gib / host.gpus) for host in hosts) * gpus
    disk = math.ceil(model.weights.gib) + SCRATCH_GIB
    room = min(math.floor(HOST_SHARE * host.nvme_gib / host.gpus) for host in hosts) * gpus
    if disk > room:
        raise InferplaneError(
            f"the weights ({model.weights}) and caches need {disk} GiB of node-local NVMe, there are {room} GiB",
            where=f"{where}.weights",
            fix="use an instance type with more local NVMe per GPU",
        )
    queue = QUEUE_HEADROOM * model.scaling.queue_per_replica
    drain = math.ceil(model.longest_generation.seconds)
    flags = [
        f"--served-model-name={name}",
        f"--tensor-parallel-size={gpus}",
        f"--max-model-len={model.context_tokens}",
        f"--gpu-memory-utilization={GPU_MEMORY_UTILISATION}",
        f"--max-num-seqs={MAX_NUM_SEQS}",
        f"--max-num-queued-reqs={MAX_NUM_SEQS + queue}",
        f"--shutdown-timeout={drain}",
    ]
    if model.quantization != "none":
        flags.append(f"--quantization={model.quantization.value}")
    replica = ReplicaPlan(
        gpus=gpus,
        cpu_cores=cpu,
        memory_gib=memory,
        shm_gib=SHM_GIB_PER_GPU * gpus,
        disk_gib=disk,
        max_num_seqs=MAX_NUM_SEQS,
        max_queued=MAX_NUM_SEQS + queue,
        vllm_args=tuple(flags),
        cold_start_seconds=math.ceil(model.cold_start.seconds),
        propagation_seconds=PROPAGATION_SECONDS,
        drain_seconds=drain,
    )
    why = {
        "replica.gpus": reason,
        "replica.max_queued": (
            f"{MAX_NUM_SEQS} running and {queue} waiting: {QUEUE_HEADROOM} times the queue that asks for one more "
            "replica; beyond it a retry elsewhere is faster than waiting"
        ),
        "replica.drain_seconds": f"the longest generation that is allowed ({model.longest_generation})",
        "pools": "nodes with at least "
        + (f"{gpus} GPUs" if gpus > 1 else "one GPU")
        + ", in the order of the fleet file",
    }
    return PlannedReplica(replica, pools, why)


def _tensor_parallel(model: ModelSpec, pools: dict[str, Instance], where: str) -> tuple[int, str]:
    most = max(instance.gpus for instance in pools.values())
    memory = min(instance.gpu.memory_gib for instance in pools.values())
    budget = WEIGHTS_SHARE * memory
    if model.tensor_parallel is not None:
        gpus, reason = model.tensor_parallel, "given in the fleet file"
        if gpus > most:
            raise InferplaneError(
                f"tensor_parallel {gpus} needs a node with {gpus} GPUs",
                where=f"{where}.tensor_parallel",
                allowed=f"at most {most} in the pools {', '.join(pools)}",
                fix="add a pool of a larger instance type, or lower it",
            )
        if model.weights.gib / gpus > GPU_MEMORY_UTILISATION * memory:
            raise InferplaneError(
                f"{model.weights} of weights do not fit {gpus} GPU(s) of {memory:g} GiB",
                where=f"{where}.tensor_parallel",
                fix="raise tensor_parallel or leave it out: it is planned from the weights",
            )
        return gpus, reason
    fitting = [n for n in (1, 2, 4, 8) if model.weights.gib / n <= budget]
    if not fitting or fitting[0] > most:
        need = f"{fitting[0]} GPUs" if fitting else "more than 8 GPUs, that is more than one node,"
        raise InferplaneError(
            f"{model.weights} of weights need {need} of {memory:g} GiB in one node",
            where=f"{where}.weights",
            allowed=f"at most {most * budget:g} GiB in the pools {', '.join(pools)}"
            f" ({WEIGHTS_SHARE:.0%} of the GPUs' memory)",
            fix="add a pool of a larger instance type, or use a quantized checkpoint",
        )
    gpus = fitting[0]
    return gpus, (
        f"{model.weights} of weights are at most {WEIGHTS_SHARE:.0%} of the memory of {gpus} GPU(s) of {memory:g} GiB; "
        "the rest is KV cache"
    )
