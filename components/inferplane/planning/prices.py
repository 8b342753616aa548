"""List prices from one dated file. Pure apart from reading that file once."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["HOURS_PER_MONTH", "Price", "hourly", "instance", "price_date"]

# The convention of the AWS Pricing Calculator: 365 * 24 / 12.
HOURS_PER_MONTH = 730

# Public price lists contain unit errors of four orders of magnitude; no single machine or gateway in use costs more.
_MOST_DOLLARS_PER_HOUR = 400.0


@dataclass(frozen=True)
class Price:
    """Dollars per hour, and whether they are the region's own figure or the base region's."""

    dollars_per_hour: float
    own_region: bool


@cache
def _book() -> Any:
    text = resources.files("inferplane.planning").joinpath("data/prices.json").read_text(encoding="utf-8")
    return json.loads(text)


def price_date() -> str:
    """Return the date (ISO 8601) of the price file."""
    return str(_book()["date"])


def instance(region: str, instance_type: str) -> Price | None:
    """Return the list price of one on-demand instance, or None where the file has no figure at all."""
    book = _book()
    own = book["instances"].get(region, {}).get(instance_type)
    base = book["instances"][book["base_region"]].get(instance_type)
    dollars = own if own is not None else base
    return None if dollars is None else Price(_bounded(dollars, instance_type), own is not None)


def hourly(item: str) -> float:
    """Return dollars per hour of a fixed part: eks_cluster, nat_gateway, interface_endpoint or load_balancer."""
    return _bounded(_book()["hourly"][item], item)


def _bounded(dollars: float, what: str) -> float:
    if not 0 < dollars <= _MOST_DOLLARS_PER_HOUR:
        raise ValueError(f"the price of {what}, {dollars} $/h, is outside 0..{_MOST_DOLLARS_PER_HOUR}")
    return float(dollars)
