"""How long an alarm must look before it can tell a bad service from chance. Pure."""

import math
from dataclasses import dataclass

__all__ = [
    "MOST_FALSE_ALARMS_PER_DAY",
    "PERCENTILE_SAMPLES",
    "Window",
    "false_alarms_per_day",
    "share_window",
    "whole_minutes",
]

# CloudWatch user guide, "Percentile-based alarms and low data samples": a percentile above 0.5 needs
# 10/(1-percentile) samples to be significant, 1,000 for P99.
PERCENTILE_SAMPLES = 1_000

# One false alarm a month and alarm at most: beyond that people stop reading them.
MOST_FALSE_ALARMS_PER_DAY = 1 / 30

_DAY_SECONDS = 86_400

# A longer period would tell people tomorrow. With so little traffic an alarm sees less, and its text says so.
_LONGEST_PERIOD_SECONDS = 3_600


@dataclass(frozen=True)
class Window:
    """An "M out of N" evaluation of a share of bad requests."""

    period_seconds: int
    datapoints: int
    evaluation_periods: int
    least_bad: int
    """Bad requests in a period below which the share does not count: one failure at night is no incident."""


def whole_minutes(seconds: float) -> int:
    """Return the least period of at least `seconds` that is a multiple of 60 s, from 60 s to an hour."""
    return min(_LONGEST_PERIOD_SECONDS, max(60, math.ceil(seconds / 60 - 1e-9) * 60))


def share_window(
    rate: float,
    share: float,
    factor: float,
    *,
    expected_bad: float,
    datapoints: int = 2,
    evaluation_periods: int = 3,
) -> Window:
    """Return the window of an alarm at `factor` times the tolerated `share` of bad requests.

    `rate` is in requests per second. The period is the least in which a service that is just tolerable has
    `expected_bad` bad requests, an hour at most. `least_bad` is the smallest count that keeps false alarms
    below one a month at every load, whether a part of the expected traffic comes (a canary, a night) or more.
    """
    period = whole_minutes(expected_bad / (rate * share))
    # Five: a person who tries a broken slot by hand is no incident either. With little traffic half of it.
    least = max(2, min(5, math.ceil(rate * period / 2)))
    # Chance is worst where `least` bad requests just make the share: at a mean of least/factor, a load that
    # may come.
    while (
        false_alarms_per_day(least, least / factor, period, datapoints, evaluation_periods)
        > MOST_FALSE_ALARMS_PER_DAY
    ):
        least += 1
    return Window(period, datapoints, evaluation_periods, least)


def false_alarms_per_day(
    count: int, mean: float, period_seconds: int, datapoints: int, evaluation_periods: int
) -> float:
    """Return an upper bound of the alarms a day when bad requests are Poisson with `mean` a period.

    A period breaches at `count` or more. The bound is over sliding evaluations, one a period.
    """
    breach = _poisson_tail(count, mean)
    alarm = sum(
        math.comb(evaluation_periods, m) * breach**m * (1 - breach) ** (evaluation_periods - m)
        for m in range(datapoints, evaluation_periods + 1)
    )
    return _DAY_SECONDS / period_seconds * alarm


def _poisson_tail(count: int, mean: float) -> float:
    """P(X >= count), summed upward from `count`: no loss of digits in a small tail."""
    if mean <= 0:
        return 1.0 if count <= 0 else 0.0
    term = math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1))
    total, k = 0.0, count
    while term > total * 1e-12 or k < mean:
        total += term
        k += 1
        term *= mean / k
    return min(1.0, total)
