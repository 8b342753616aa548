"""Planned floors of replicas: a window of the day on some days. Pure."""

import zoneinfo
from typing import Annotated

from pydantic import AfterValidator, Field

from inferplane.spec.base import SpecModel, Whole
from inferplane.spec.cron import Cron
from inferplane.spec.refusal import refusal
from inferplane.spec.suggestions import did_you_mean
from inferplane.spec.text import ScheduleName

__all__ = ["Schedule"]

_LONGEST_ZONE = 64  # the longest name of the database has 32 characters


def _cron(value: str) -> str:
    Cron.parse(value)
    return " ".join(value.split())


def _timezone(value: str) -> str:
    if _is_zone(value):
        return value
    known = zoneinfo.available_timezones()
    if not known:
        raise refusal(
            "can not be checked: this machine has no time zone database",
            allowed="a name of the IANA time zone database",
            fix="install the Python package tzdata",
        )
    raise refusal(
        "is not a time zone",
        allowed="a name of the IANA time zone database, e.g. Europe/Berlin, America/New_York, UTC",
        fix=_near_zone(value, known) or "write continent/city: an offset or abbreviation has no summer time",
    )


def _is_zone(value: str) -> bool:
    if len(value) > _LONGEST_ZONE or value.startswith(("posix/", "right/")) or value == "localtime":
        return False
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _near_zone(value: str, known: set[str]) -> str:
    city = value.replace(" ", "_").rpartition("/")[2].lower()
    matches = sorted(zone for zone in known if "/" in zone and zone.rpartition("/")[2].lower() == city)
    if matches:
        return f"write {matches[0]}"
    return did_you_mean(value, (zone for zone in known if "/" in zone)) if "/" in value else ""


CronText = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_timezone)]


class Schedule(SpecModel):
    """A floor of replicas between two times of day."""

    name: ScheduleName = Field(
        description="Name of the schedule, unique in its model.", examples=["office-hours"]
    )
    timezone: TimeZone = Field(
        description="IANA time zone of start and end; summer time is followed. No default: a wrong guess is "
        "an hour of missing capacity.",
        examples=["Europe/Berlin"],
    )
    start: CronText = Field(
        description="Cron expression of the start: minute hour day month weekday. A replica needs its cold "
        "start: begin that much earlier.",
        examples=["30 8 * * 1-5"],
    )
    end: CronText = Field(
        description="Cron expression of the end, on the same days as the start.", examples=["0 19 * * 1-5"]
    )
    min_replicas: Whole = Field(ge=1, le=1000, description="Fewest replicas within the window.", examples=[4])
