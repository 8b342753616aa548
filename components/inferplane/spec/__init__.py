"""What a person may write about a fleet: parsed, checked and frozen."""

from inferplane.spec.fleet import FleetSpec
from inferplane.spec.loading import load_fleet, parse_fleet
from inferplane.spec.mistakes import Mistake, SpecError
from inferplane.spec.release_record import ReleaseRecord
from inferplane.spec.units import Duration, Share, Size

__all__ = [
    "Duration",
    "FleetSpec",
    "Mistake",
    "ReleaseRecord",
    "Share",
    "Size",
    "SpecError",
    "load_fleet",
    "parse_fleet",
]
