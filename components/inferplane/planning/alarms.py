"""The alarms of an endpoint, from its objectives and expected traffic. Pure.

Nothing here knows the weights of a release: an alarm of a slot without requests has no data and rests, so a
release never changes a definition. Requests of a test are requests: a slot that fails them is reported.
"""

import hashlib
import json

from inferplane.errors import InferplaneError
from inferplane.planning.alarm_definition import (
    AlarmDefinition,
    Metric,
    MissingData,
    Query,
    Severity,
    render,
)
from inferplane.planning.alarm_windows import PERCENTILE_SAMPLES, share_window, whole_minutes
from inferplane.spec.choices import SlotName

__all__ = ["SLOTS", "endpoint_alarms", "health_digest"]

SLOTS = tuple(slot.value for slot in SlotName)

# Alarm where the objective is missed by a tenth.
_P99_MARGIN = 1.1

# An objective of 0.1 % that has become 0.5 % is the case to catch early. A threshold at 0.5 % would catch it
# half of the time; three times the objective nearly always, if a period holds three errors at the objective.
_EARLY_FACTOR = 3.0
_EARLY_EXPECTED_ERRORS = 3.0

# The rate that burns 2 % of a month's error budget in an hour (Google, The Site Reliability Workbook, chapter
# 5, "Alerting on SLOs": burn rate 14.4). At so large a factor half an expected error is enough to tell.
_FAST_FACTOR = 14.4
_FAST_EXPECTED_ERRORS = 0.5

# However loose the objective, an endpoint that fails half of its requests is down.
_MOST_ERROR_SHARE = 0.5

# P99 by counts: one request in a hundred may be slower; alarm at three times that.
_SLOW_SHARE = 0.01
_SLOW_FACTOR = 3.0
_SLOW_EXPECTED = 3.0

# Two minutes without a healthy replica, then DNS leaves; the metric itself comes once a minute.
_HEALTH_PERIOD_SECONDS = 60
_HEALTH_PERIODS = 2

# People are told after three: FILL takes a period whose data come late for an empty one (CloudWatch user
# guide, "Using metric math", FILL), and data that are two minutes late are usual.
_PAGE_PERIODS = 3


def endpoint_alarms(
    *, ttft_p99_seconds: float, error_rate: float, requests_per_second: float, where: str = ""
) -> tuple[AlarmDefinition, ...]:
    """Return the alarms of one model in one region: five per slot and one for the model.

    `error_rate` is the objective as a fraction of requests (0.001); `requests_per_second` is the model's
    expected traffic in a quiet hour and only sizes periods. Raises InferplaneError for a value out of range.
    """
    _check(f"{where}ttft_p99_seconds", ttft_p99_seconds, 0.001, 3_600, "seconds")
    _check(f"{where}error_rate", error_rate, 1e-6, 0.2, "as a fraction of requests (0.1 % is 0.001)")
    _check(f"{where}requests_per_second", requests_per_second, 1e-6, 1e6, "requests per second")
    alarms: list[AlarmDefinition] = []
    for slot in SLOTS:
        alarms += [
            _p99(slot, ttft_p99_seconds, requests_per_second),
            _errors(slot, error_rate, requests_per_second, fast=True),
            _errors(slot, error_rate, requests_per_second, fast=False),
            _unhealthy(slot),
            _empty(slot),
        ]
    return (*alarms, _no_healthy_replica())


def health_digest() -> str:
    """Return a digest of what Route 53 copies of a slot's health alarm: on a change it must copy anew."""
    shape = render(_empty(SLOTS[0]), "", {SLOTS[0]: ""})
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]


def _check(field: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:  # also refuses nan
        raise InferplaneError(f"{value} is out of range", where=field, allowed=f"{low:g} to {high:g} {unit}")


def _p99(slot: str, objective: float, rate: float) -> AlarmDefinition:
    limit = round(objective * _P99_MARGIN, 6)
    told = (
        f"The slowest 1 % of requests to slot {slot} wait more than {limit:g} s for their first byte, "
        f"10 % above the objective of {objective:g} s."
    )
    seconds = whole_minutes(PERCENTILE_SAMPLES / rate)
    if rate * seconds < PERCENTILE_SAMPLES - 1e-6:
        return _p99_by_counts(slot, limit, rate, told)
    return AlarmDefinition(
        key=f"{slot}-p99",
        severity=Severity.PAGE,
        slot=slot,
        queries=(Query("p99", Metric("TargetResponseTime", "p99", slot)),),
        comparison="GreaterThanThreshold",
        threshold=limit,
        period_seconds=seconds,
        # The P99 of 1,000 samples scatters by several percent, so that a single period proves nothing.
        evaluation_periods=5 if seconds == 60 else 3,
        datapoints=3 if seconds == 60 else 2,
        missing_data=MissingData.NOT_BREACHING,
        low_samples_ignored=True,
        why=(
            f"{told} At {rate:g} req/s a period of {seconds} s holds the {PERCENTILE_SAMPLES} samples that "
            "a P99 needs."
        ),
    )


def _p99_by_counts(slot: str, limit: float, rate: float, told: str) -> AlarmDefinition:
    """P99 where an hour does not hold the samples of a percentile: count the slow requests instead."""
    window = share_window(rate, _SLOW_SHARE, _SLOW_FACTOR, expected_bad=_SLOW_EXPECTED)
    share = f"IF(slow >= {window.least_bad}, 100 * slow / answered, 0)"
    return AlarmDefinition(
        key=f"{slot}-p99",
        severity=Severity.PAGE,
        slot=slot,
        queries=(
            Query("answered", Metric("TargetResponseTime", "SampleCount", slot)),
            # CloudWatch user guide, "Statistics definitions": trimmed count, the samples from `limit` upward.
            Query("slow", Metric("TargetResponseTime", f"TC({limit:g}:)", slot)),
            Query("share", expression=share, label=f"requests slower than {limit:g} s, percent"),
        ),
        comparison="GreaterThanThreshold",
        threshold=100 * _SLOW_SHARE * _SLOW_FACTOR,
        period_seconds=window.period_seconds,
        evaluation_periods=window.evaluation_periods,
        datapoints=window.datapoints,
        missing_data=MissingData.NOT_BREACHING,
        why=(
            f"{told} At {rate:g} req/s an hour holds too few samples for a percentile: slow requests are "
            f"counted, from {window.least_bad} in {window.period_seconds} s on, when they are more than 3 %."
        ),
    )


def _errors(slot: str, objective: float, rate: float, *, fast: bool) -> AlarmDefinition:
    factor = _FAST_FACTOR if fast else _EARLY_FACTOR
    limit = min(_MOST_ERROR_SHARE, objective * factor)
    window = share_window(
        rate,
        objective,
        limit / objective,
        expected_bad=_FAST_EXPECTED_ERRORS if fast else _EARLY_EXPECTED_ERRORS,
    )
    share = f"IF(errors >= {window.least_bad}, 100 * errors / attempts, 0)"
    consequence = "empties the error budget of a month in days" if fast else "is an early warning"
    seen = min(1.0, max(limit, window.least_bad / (rate * window.period_seconds)))
    return AlarmDefinition(
        key=f"{slot}-errors-{'fast' if fast else 'early'}",
        severity=Severity.PAGE if fast else Severity.WARNING,
        slot=slot,
        queries=(
            Query("failed", Metric("HTTPCode_Target_5XX_Count", "Sum", slot)),
            Query("unreached", Metric("TargetConnectionErrorCount", "Sum", slot)),
            Query("requests", Metric("RequestCount", "Sum", slot)),
            # Each is reported only when not zero; SUM over a list leaves out what is wholly missing.
            Query("errors", expression="SUM([FILL(failed, 0), FILL(unreached, 0)])"),
            # Whether or not a request that reached no target counts as one, the share stays below 100 %.
            Query("attempts", expression="SUM([FILL(requests, 0), FILL(unreached, 0)])"),
            Query("share", expression=share, label="failed requests, percent"),
        ),
        comparison="GreaterThanThreshold",
        threshold=round(100 * limit, 6),
        period_seconds=window.period_seconds,
        evaluation_periods=window.evaluation_periods,
        datapoints=window.datapoints,
        missing_data=MissingData.NOT_BREACHING,
        why=(
            f"Slot {slot} fails more than {100 * limit:.3g} % of its requests (5xx and failed connections; "
            f"the objective is {100 * objective:.3g} %), which {consequence}. At {rate:g} req/s it sees "
            f"{100 * seen:.3g} % in {window.datapoints} of {window.evaluation_periods} periods of "
            f"{window.period_seconds} s."
        ),
    )


def _unhealthy(slot: str) -> AlarmDefinition:
    return AlarmDefinition(
        key=f"{slot}-unhealthy",
        severity=Severity.WARNING,
        slot=slot,
        queries=(Query("unhealthy", Metric("UnHealthyHostCount", "Minimum", slot)),),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=1,
        period_seconds=60,
        evaluation_periods=5,
        datapoints=5,
        missing_data=MissingData.NOT_BREACHING,
        why=f"A replica of slot {slot} that was ready has failed its health checks for 5 minutes.",
    )


def _empty(slot: str) -> AlarmDefinition:
    """The state that DNS follows, kept in the plain form that a Route 53 health check accepts."""
    return AlarmDefinition(
        key=f"{slot}-empty",
        severity=Severity.STATE,
        slot=slot,
        queries=(Query("healthy", Metric("HealthyHostCount", "Maximum", slot)),),
        comparison="LessThanThreshold",
        threshold=1,
        period_seconds=_HEALTH_PERIOD_SECONDS,
        evaluation_periods=_HEALTH_PERIODS,
        datapoints=_HEALTH_PERIODS,
        # An empty target group reports nothing.
        missing_data=MissingData.BREACHING,
        why=(
            f"Slot {slot} has no healthy replica. That is normal for an idle slot, so nobody is told; DNS "
            "leaves the region when it is true of both."
        ),
    )


def _no_healthy_replica() -> AlarmDefinition:
    blue, green = SLOTS
    healthy = "SUM([FILL(blue, 0), FILL(green, 0)])"
    return AlarmDefinition(
        key="no-healthy-replica",
        severity=Severity.PAGE,
        queries=(
            Query("blue", Metric("HealthyHostCount", "Maximum", blue)),
            Query("green", Metric("HealthyHostCount", "Maximum", green)),
            Query("healthy", expression=healthy, label="healthy replicas of both slots"),
        ),
        comparison="LessThanThreshold",
        threshold=1,
        period_seconds=_HEALTH_PERIOD_SECONDS,
        evaluation_periods=_PAGE_PERIODS,
        datapoints=_PAGE_PERIODS,
        missing_data=MissingData.BREACHING,
        why="No replica of the model is healthy in either slot: every request fails here.",
    )
