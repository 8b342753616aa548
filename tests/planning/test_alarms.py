"""The alarm definitions: what they say, and that they tell a bad service from chance."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inferplane.errors import InferplaneError
from inferplane.planning.alarm_definition import AlarmDefinition, Metric, MissingData, Query, Severity, render
from inferplane.planning.alarm_windows import MOST_FALSE_ALARMS_PER_DAY, false_alarms_per_day, share_window
from inferplane.planning.alarms import SLOTS, endpoint_alarms, health_digest
from inferplane.planning.balancer_alarms import balancer_alarms
from tests import golden

rates = st.floats(0.001, 10_000)
objectives = st.floats(1e-4, 0.2)
GROUPS = {"blue": "targetgroup/blue/1", "green": "targetgroup/green/2"}


def alarms(rate: float = 10, error_rate: float = 0.001, ttft: float = 2) -> dict[str, AlarmDefinition]:
    made = endpoint_alarms(ttft_p99_seconds=ttft, error_rate=error_rate, requests_per_second=rate)
    return {alarm.key: alarm for alarm in made}


def poisson(count: int, mean: float) -> float:
    """P(X >= count) by the complement: another way than the code under test goes."""
    return 1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))


def test_the_rendered_alarms_of_an_endpoint_are_golden() -> None:
    """All alarms of a model at 10 requests per second, as CloudWatch gets them."""
    rendered = {key: render(alarm, "app/lb/0", GROUPS) for key, alarm in alarms().items()}
    golden.check("aws/endpoint-alarms.yaml", rendered)


def test_the_rendered_alarms_of_a_balancer_are_golden() -> None:
    """All alarms of a balancer, as CloudWatch gets them."""
    rendered = {alarm.key: render(alarm, "app/lb/0", {}) for alarm in balancer_alarms()}
    golden.check("aws/balancer-alarms.yaml", rendered)


def test_error_share_is_exactly_this_expression() -> None:
    """Target 5xx and connection errors count against all attempts, with what is not reported filled in."""
    queries = {q.id: q.expression or q.metric for q in alarms()["blue-errors-early"].queries}
    assert queries == {
        "failed": Metric("HTTPCode_Target_5XX_Count", "Sum", "blue"),
        "unreached": Metric("TargetConnectionErrorCount", "Sum", "blue"),
        "requests": Metric("RequestCount", "Sum", "blue"),
        "errors": "SUM([FILL(failed, 0), FILL(unreached, 0)])",
        "attempts": "SUM([FILL(requests, 0), FILL(unreached, 0)])",
        "share": "IF(errors >= 8, 100 * errors / attempts, 0)",
    }


def test_p99_alarms_a_tenth_above_the_objective_and_ignores_few_samples() -> None:
    """An objective of 2 s alarms at 2.2 s, over a period that holds 1,000 requests."""
    alarm = alarms(rate=10, ttft=2)["green-p99"]
    assert (alarm.threshold, alarm.period_seconds, alarm.low_samples_ignored) == (2.2, 120, True)
    assert render(alarm, "lb", GROUPS)["extended_statistic"] == "p99"


@given(st.floats(1000 / 3600, 10_000))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_a_percentile_period_holds_a_thousand_requests(rate: float) -> None:
    """Where an hour holds the samples of a P99, the alarm's period does."""
    alarm = alarms(rate=rate)["blue-p99"]
    assert not alarm.math
    assert alarm.period_seconds * rate >= 1000 * (1 - 1e-6)


def test_little_traffic_counts_slow_requests() -> None:
    """At 0.05 requests per second no percentile is significant: slow requests are counted against all."""
    alarm = alarms(rate=0.05, ttft=2)["blue-p99"]
    queries = {q.id: q.expression or q.metric for q in alarm.queries}
    assert queries == {
        "answered": Metric("TargetResponseTime", "SampleCount", "blue"),
        "slow": Metric("TargetResponseTime", "TC(2.2:)", "blue"),
        "share": "IF(slow >= 6, 100 * slow / answered, 0)",
    }
    assert alarm.threshold == 3


def test_early_warning_catches_an_error_rate_of_five_times_the_objective() -> None:
    """At 10 requests per second 0.5 % instead of 0.1 % is found within 45 minutes nearly always."""
    alarm = alarms(rate=10, error_rate=0.001)["blue-errors-early"]
    assert (alarm.threshold, alarm.period_seconds) == (0.3, 300)
    expected_at_half_a_percent = 10 * 300 * 0.005
    breach = poisson(10, expected_at_half_a_percent)  # more than 0.3 % of 3,000 requests
    two_of_three = breach**3 + 3 * breach**2 * (1 - breach)
    missed_three_times = (1 - two_of_three) ** 3
    assert missed_three_times < 1e-4


@given(rates, objectives, st.floats(0.001, 30))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_a_service_at_its_objective_raises_no_false_alarms(
    rate: float, objective: float, load: float
) -> None:
    """Whatever traffic comes, errors at the objective alarm less than once a month."""
    for key in ("blue-errors-early", "blue-errors-fast"):
        alarm = alarms(rate=rate, error_rate=objective)[key]
        least = int(re.findall(r">= (\d+)", alarm.queries[-1].expression)[0])
        requests = rate * alarm.period_seconds * load
        count = max(least, math.floor(alarm.threshold / 100 * requests) + 1)
        mean = requests * objective
        per_day = false_alarms_per_day(
            count, mean, alarm.period_seconds, alarm.datapoints, alarm.evaluation_periods
        )
        assert per_day <= MOST_FALSE_ALARMS_PER_DAY * 1.01, (key, count, mean)


@given(rates, objectives)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_a_dead_endpoint_is_seen_with_any_traffic(rate: float, objective: float) -> None:
    """All requests failing, at half of the expected traffic, breach where that is a handful a period."""
    alarm = alarms(rate=rate, error_rate=objective)["blue-errors-fast"]
    least = int(re.findall(r">= (\d+)", alarm.queries[-1].expression)[0])
    requests = rate * alarm.period_seconds / 2
    assert least <= max(2, math.ceil(requests)) or requests < 20
    assert alarm.threshold < 100


@pytest.mark.parametrize(("count", "mean"), [(1, 0.1), (3, 1.0), (10, 3.0), (8, 2.5), (30, 12.0)])
def test_false_alarms_agree_with_the_binomial_of_poisson_tails(count: int, mean: float) -> None:
    """Two of three minutes: 1440 * (3 p^2 (1-p) + p^3)."""
    p = poisson(count, mean)
    expected = 1440 * (3 * p**2 * (1 - p) + p**3)
    assert math.isclose(expected, false_alarms_per_day(count, mean, 60, 2, 3), rel_tol=1e-6)


@given(rates, objectives)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_a_window_expects_three_errors_where_an_hour_does(rate: float, objective: float) -> None:
    """The period times the rate times the objective is at least 3, unless the period is an hour already."""
    window = share_window(rate, objective, 3.0, expected_bad=3.0)
    assert window.period_seconds == 3600 or window.period_seconds * rate * objective >= 3 - 1e-6


def test_health_alarms_can_be_followed_by_route53() -> None:
    """DNS follows alarms of one metric, a plain statistic, M equal to N; without data they breach."""
    for slot in SLOTS:
        alarm = alarms()[f"{slot}-empty"]
        assert alarm.followed_by_route53
        assert alarm.missing_data is MissingData.BREACHING
        assert alarm.severity is Severity.STATE


def test_metric_math_is_not_followed_by_route53() -> None:
    """Neither the sum over both slots nor a percentile could be a health check's alarm."""
    assert not alarms()["no-healthy-replica"].followed_by_route53
    assert not alarms(rate=1000)["blue-p99"].followed_by_route53


def test_a_slot_without_traffic_rests() -> None:
    """Every alarm of a slot that tells somebody takes missing data as fine."""
    told = [a for a in alarms().values() if a.slot and a.severity is not Severity.STATE]
    assert {a.missing_data for a in told} == {MissingData.NOT_BREACHING}


def test_the_models_health_counts_both_slots() -> None:
    """The alarm that pages for no healthy replica sums over both slots, so weights do not touch it."""
    alarm = alarms()["no-healthy-replica"]
    assert alarm.queries[-1].expression == "SUM([FILL(blue, 0), FILL(green, 0)])"
    assert (alarm.severity, alarm.missing_data) == (Severity.PAGE, MissingData.BREACHING)


@given(rates, objectives, st.floats(0.001, 3600))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_every_definition_is_within_cloudwatchs_limits(rate: float, objective: float, ttft: float) -> None:
    """All allowed objectives and rates give alarms that pass the checks of a definition."""
    assert len(alarms(rate, objective, ttft)) == 11


@pytest.mark.parametrize(
    ("ttft", "error_rate", "rate", "field"),
    [
        (0, 0.001, 1, "ttft_p99_seconds"),
        (math.nan, 0.001, 1, "ttft_p99_seconds"),
        (2, 0.1 * 5, 1, "error_rate"),
        (2, 0.001, 0, "requests_per_second"),
    ],
)
def test_impossible_objectives_are_refused(ttft: float, error_rate: float, rate: float, field: str) -> None:
    """A value that no alarm can be built on is named in the error."""
    with pytest.raises(InferplaneError, match=field):
        alarms(rate, error_rate, ttft)


def test_the_health_digest_changes_with_the_health_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Route 53 is made to copy the alarm anew when its settings change."""
    before = health_digest()
    monkeypatch.setattr("inferplane.planning.alarms._HEALTH_PERIODS", 3)
    assert before != health_digest()


def definition(**changes: object) -> AlarmDefinition:
    return replace(alarms()["blue-unhealthy"], **changes)  # type: ignore[arg-type]


METRIC = Metric("RequestCount", "Sum")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"period_seconds": 90}, "not a multiple of 60"),
        ({"period_seconds": 1800, "evaluation_periods": 49}, "more than 86400 s"),
        ({"period_seconds": 3600, "evaluation_periods": 169}, "more than 604800 s"),
        ({"datapoints": 6}, "6 out of 5"),
        ({"comparison": "Above"}, "comparison 'Above'"),
        ({"queries": ()}, "no query"),
        ({"queries": (Query("M1", METRIC),)}, "id 'M1'"),
        ({"queries": (Query("m", METRIC), Query("m", METRIC))}, "used twice"),
        ({"queries": (Query("m", METRIC), Query("e", expression="m / n"))}, "names unknown 'n'"),
        ({"queries": (Query("m"),)}, "exactly one"),
        ({"queries": (Query("m", Metric("RequestCount", "Median")),)}, "statistic 'Median'"),
        ({"queries": tuple(Query(f"m{i}", METRIC) for i in range(11))}, "more than 10 metrics"),
        ({"low_samples_ignored": True}, "single percentile"),
        ({"why": "x" * 1100}, "characters"),
    ],
)
def test_a_definition_that_cloudwatch_would_refuse_can_not_be_made(
    changes: dict[str, object], problem: str
) -> None:
    """Limits of PutMetricAlarm are checked when a definition is made."""
    with pytest.raises(ValueError, match=problem):
        definition(**changes)


def test_an_alarm_of_an_unknown_slot_is_not_rendered() -> None:
    """A target group that is missing is an error, not an alarm over the whole balancer."""
    with pytest.raises(KeyError):
        render(alarms()["blue-unhealthy"], "lb", {"green": "x"})
