"""The grammar of region names, so that a new region needs no new release of this library. Pure."""

import re
from typing import Final

from inferplane.spec.choices import Cloud
from inferplane.spec.suggestions import did_you_mean

__all__ = ["EXAMPLES", "is_region", "region_fix"]

_SIDE = r"(?:(?:north|south)?(?:east|west)|north|south|central)"
_FORMS: Final = {
    Cloud.AWS: rf"(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-{_SIDE}-[1-9]",
    Cloud.GCP: rf"(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-{_SIDE}[1-9][0-9]?",
}

# For suggestions only.
EXAMPLES: Final[dict[Cloud, tuple[str, ...]]] = {
    Cloud.AWS: (
        "us-east-1",
        "us-east-2",
        "us-west-2",
        "eu-west-1",
        "eu-central-1",
        "eu-north-1",
        "ap-south-1",
    ),
    Cloud.GCP: ("us-central1", "us-east4", "us-west1", "europe-west4", "asia-southeast1"),
}
"""Some regions of each cloud."""


def is_region(name: str, cloud: Cloud) -> bool:
    """Whether `name` has the form of a region of `cloud`."""
    return re.fullmatch(_FORMS[cloud], name) is not None


def region_fix(name: str, cloud: Cloud) -> str:
    """Return how to mend the name of a region that `cloud` does not have."""
    for other in Cloud:
        if is_region(name, other):
            return f"write cloud: {other}, or the name of a region of {cloud}"
    if is_region(name[:-1], Cloud.AWS) and name[-1:].isalpha():
        return f"write {name[:-1]}; zones belong into its `zones`"
    return did_you_mean(name, EXAMPLES[cloud]) or "write the region's code, not its title"
