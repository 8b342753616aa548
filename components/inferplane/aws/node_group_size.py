"""How many nodes a managed node group has, and who decides. Pure."""

from dataclasses import dataclass

from inferplane.args import check_range
from inferplane.errors import InferplaneError

__all__ = ["GroupSize", "parse_size"]

# EKS service quotas, "Nodes per managed node group": 450, adjustable to 1000 and beyond on request.
_MOST_NODES = 450


@dataclass(frozen=True)
class GroupSize:
    """Numbers of nodes. `ignored` are the properties that another owner may change without a diff."""

    minimum: int
    maximum: int
    desired: int
    ignored: tuple[str, ...]


def parse_size(minimum: int, maximum: int, desired: int | None, where: str) -> GroupSize:
    """Return the size of a group.

    With `desired` the program sets the number of nodes. Without, a group of a fixed size has that size, and
    any other begins at its minimum and is then left to an autoscaler or a person: a later change in the
    cloud stays.
    """
    check_range(minimum, 0, _MOST_NODES, f"{where}.min_nodes", "nodes")
    check_range(maximum, 1, _MOST_NODES, f"{where}.max_nodes", "nodes")
    if minimum > maximum:
        raise InferplaneError(
            f"the minimum of {minimum} nodes is above the maximum of {maximum}",
            where=f"{where}.min_nodes",
            fix="raise max_nodes or lower min_nodes",
        )
    if desired is not None:
        check_range(desired, minimum, maximum, f"{where}.desired_nodes", "nodes")
    owned = desired is not None or minimum == maximum
    return GroupSize(
        minimum=minimum,
        maximum=maximum,
        desired=minimum if desired is None else desired,
        ignored=() if owned else ("scalingConfig.desiredSize",),
    )
