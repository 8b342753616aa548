"""The closed sets of words in a fleet file. Pure."""

from enum import StrEnum

__all__ = ["Cloud", "Profile", "Provisioner", "Purchase", "Quantization", "Serving", "SlotName"]


class Profile(StrEnum):
    """How much a fleet must survive."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class Cloud(StrEnum):
    """Whose region it is."""

    AWS = "aws"
    GCP = "gcp"


class Provisioner(StrEnum):
    """Who adds nodes to a pool: a managed node group of fixed floor, or Karpenter on demand."""

    NODE_GROUP = "node_group"
    KARPENTER = "karpenter"


class Purchase(StrEnum):
    """How the capacity of a pool is bought."""

    ON_DEMAND = "on_demand"
    ODCR = "odcr"
    CAPACITY_BLOCK = "capacity_block"
    SPOT = "spot"


class Serving(StrEnum):
    """Who runs a model: our own GPUs, a managed API, or both."""

    DEDICATED = "dedicated"
    MANAGED = "managed"
    HYBRID = "hybrid"


class Quantization(StrEnum):
    """vLLM's names; none means as stored in the checkpoint."""

    NONE = "none"
    FP8 = "fp8"
    AWQ = "awq"
    GPTQ = "gptq"


class SlotName(StrEnum):
    """The two complete environments of a model."""

    BLUE = "blue"
    GREEN = "green"
