"""How GPU capacity is bought, and what a node group and its launch template must say for it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inferplane.args import check_choice
from inferplane.errors import InferplaneError

__all__ = ["PURCHASES", "RESERVED", "Capacity", "check_reservation_ids", "parse_capacity"]

PURCHASES = ("on_demand", "odcr", "capacity_block", "spot")
RESERVED = ("odcr", "capacity_block")
"""Purchases of a reservation: it lies in one zone and has an id."""

_RESERVATION = re.compile(r"cr-[0-9a-f]{8,17}")


@dataclass(frozen=True)
class Capacity:
    """A node group's capacity type and where it comes from."""

    purchase: str
    reservation_id: str | None

    @property
    def capacity_type(self) -> str:
        """The managed node group's word (eks CreateNodegroup, capacityType); an ODCR is on-demand
        capacity."""
        return {"capacity_block": "CAPACITY_BLOCK", "spot": "SPOT"}.get(self.purchase, "ON_DEMAND")

    @property
    def market_type(self) -> str | None:
        """The launch template's market; only Capacity Blocks need one, spot is the node group's matter."""
        return "capacity-block" if self.purchase == "capacity_block" else None

    @property
    def update_strategy(self) -> str:
        """Whether an update launches before it terminates (DEFAULT) or the other way round (MINIMAL).

        A full reservation has no room for an extra node: "Understand each phase of node updates", EKS user
        guide.
        """
        return "MINIMAL" if self.purchase in RESERVED else "DEFAULT"


def parse_capacity(purchase: str, reservation_id: str | None, zones: Sequence[str], where: str) -> Capacity:
    """Return the capacity of a group in `zones`; InferplaneError where purchase, reservation and zones
    disagree."""
    check_choice(purchase, PURCHASES, f"{where}.purchase")
    if purchase not in RESERVED:
        if reservation_id is not None:
            raise InferplaneError(
                f"a reservation is of no use to purchase '{purchase}'",
                where=f"{where}.reservation_id",
                fix=f"remove it, or set purchase to one of {', '.join(RESERVED)}",
            )
        return Capacity(purchase, None)
    if reservation_id is None:
        raise InferplaneError(
            f"purchase '{purchase}' needs the id of its reservation",
            where=f"{where}.reservation_id",
            allowed="cr-...",
            fix="aws ec2 describe-capacity-reservations lists them",
        )
    check_reservation_ids([reservation_id], f"{where}.reservation_id")
    if len(zones) != 1:
        raise InferplaneError(
            f"a reservation lies in one zone, and the group is in {len(zones)}: {', '.join(zones)}",
            where=f"{where}.zones",
            fix="name the zone of the reservation",
        )
    return Capacity(purchase, reservation_id)


def check_reservation_ids(ids: Sequence[str], where: str) -> None:
    """Refuse what can not be the id of a capacity reservation."""
    for reservation in ids:
        if not _RESERVATION.fullmatch(reservation):
            raise InferplaneError(
                f"'{reservation}' is not the id of a capacity reservation",
                where=where,
                allowed="cr- and 8 to 17 hexadecimal digits",
            )
