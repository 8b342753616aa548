"""The GPU instance types that a fleet can be made of. Pure data.

Sources, read 2026-11: "Amazon EC2 instance types, accelerated computing" (P5: vCPUs, memory, instance
storage), "GPU machine types" of the Compute Engine documentation (A3 High), and NVIDIA's H100 data sheet
(HBM3, 80 GB).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from inferplane.spec.units import Size

__all__ = ["GPUS", "INSTANCES", "Gpu", "Instance"]


@dataclass(frozen=True)
class Gpu:
    """One GPU model: its name and the memory that a process can see, in MiB."""

    name: str
    memory_mib: int

    @property
    def memory_gib(self) -> float:
        """Memory in GiB."""
        return self.memory_mib / 1024


@dataclass(frozen=True)
class Instance:
    """One instance type. Memory and node-local NVMe are in GiB, over all devices."""

    name: str
    cloud: str
    gpu: Gpu
    gpus: int
    vcpus: int
    memory_gib: int
    nvme_gib: int

    @property
    def gpu_memory(self) -> Size:
        """Memory of all GPUs together: no replica on one node can hold more."""
        return Size(self.gpus * self.gpu.memory_mib * 2**20)


# "NVIDIA H100 80GB HBM3": nvidia-smi reports a total of 81559 MiB.
_H100 = Gpu("H100-SXM-80GB", 81_559)

GPUS: Final[Mapping[str, Gpu]] = MappingProxyType({_H100.name: _H100})
"""GPU models by name."""

_GB_IN_GIB = 10**9 / 2**30
_P5_NVME_GB = 3840  # one NVMe device of a P5 instance, in GB

INSTANCES: Final[Mapping[str, Instance]] = MappingProxyType(
    {
        instance.name: instance
        for instance in (
            Instance("p5.48xlarge", "aws", _H100, 8, 192, 2048, int(8 * _P5_NVME_GB * _GB_IN_GIB)),
            Instance("p5.4xlarge", "aws", _H100, 1, 16, 256, int(_P5_NVME_GB * _GB_IN_GIB)),
            # Local SSDs of Compute Engine are 375 GiB each: 16 and 2 of them.
            Instance("a3-highgpu-8g", "gcp", _H100, 8, 208, 1872, 16 * 375),
            Instance("a3-highgpu-1g", "gcp", _H100, 1, 26, 234, 2 * 375),
        )
    }
)
"""Instance types by name."""
