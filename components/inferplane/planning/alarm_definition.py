"""An alarm as frozen data, checked against what CloudWatch accepts. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["NAMESPACE", "AlarmDefinition", "Metric", "MissingData", "Query", "Severity", "render"]

NAMESPACE = "AWS/ApplicationELB"

# CloudWatch API reference, PutMetricAlarm: the plain statistics; all others are extended ones.
_STATISTICS = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
_EXTENDED = re.compile(r"p\d{1,2}(\.\d+)?|(TC|PR)\(\d*(\.\d+)?:\d*(\.\d+)?\)")
_COMPARISONS = frozenset(
    {
        "GreaterThanThreshold",
        "GreaterThanOrEqualToThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    }
)

# CloudWatch API reference, MetricDataQuery: an Id begins with a lower-case letter.
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")

# CloudWatch user guide, "Create an alarm based on a metric math expression": at most ten metrics.
_MOST_METRICS = 10

# CloudWatch API reference, PutMetricAlarm, Period: the whole evaluation is at most a day, with periods of an
# hour or longer at most seven days.
_DAY_SECONDS = 86_400
_MOST_SECONDS_SHORT_PERIODS = _DAY_SECONDS
_MOST_SECONDS_LONG_PERIODS = 7 * _DAY_SECONDS
_LONG_PERIOD_SECONDS = 3_600

# CloudWatch API reference, PutMetricAlarm, AlarmDescription.
_DESCRIPTION_CHARACTERS = 1_024


class Severity(StrEnum):
    """Who is told: `page` and `warning` go to the topic; `state` goes to nobody, others read its state."""

    PAGE = "page"
    WARNING = "warning"
    STATE = "state"


class MissingData(StrEnum):
    """What a period without data counts as (CloudWatch TreatMissingData)."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


@dataclass(frozen=True)
class Metric:
    """A metric of a load balancer; with `slot`, of that slot's target group behind it."""

    name: str
    stat: str
    slot: str | None = None

    @property
    def plain(self) -> bool:
        """Whether the statistic is one of CloudWatch's five plain ones."""
        return self.stat in _STATISTICS


@dataclass(frozen=True)
class Query:
    """One line of metric math: exactly one of a metric and an expression over the ids of earlier queries."""

    id: str
    metric: Metric | None = None
    expression: str = ""
    label: str = ""


@dataclass(frozen=True)
class AlarmDefinition:
    """What one alarm watches and why. The last query is the one that is compared with the threshold.

    Raises ValueError where CloudWatch would refuse the alarm: a mistake of this library, not of a user.
    """

    key: str
    """Unique among the alarms of one endpoint or balancer; ends its name."""
    severity: Severity
    queries: tuple[Query, ...]
    comparison: str
    threshold: float
    """In the unit of the last query: seconds, percent or a count."""
    period_seconds: int
    evaluation_periods: int
    """N of "M out of N"."""
    datapoints: int
    """M: breaching periods among the last N that raise the alarm."""
    missing_data: MissingData
    why: str
    slot: str | None = None
    low_samples_ignored: bool = False
    """A percentile over too few samples leaves the state as it is."""

    def __post_init__(self) -> None:
        problems = [*_timing_problems(self), *_query_problems(self.queries)]
        if self.comparison not in _COMPARISONS:
            problems.append(f"comparison '{self.comparison}'")
        if self.low_samples_ignored and (self.math or not self.watched.stat.startswith("p")):
            problems.append("low samples can only be ignored for a single percentile")
        if len(self.description) > _DESCRIPTION_CHARACTERS:
            problems.append(f"description of {len(self.description)} characters")
        if problems:
            raise ValueError(f"alarm '{self.key}': {'; '.join(problems)}")

    @property
    def math(self) -> bool:
        """Whether the alarm needs metric math."""
        return len(self.queries) > 1

    @property
    def watched(self) -> Metric:
        """The metric of an alarm without metric math."""
        metric = self.queries[-1].metric
        if metric is None:
            raise ValueError(f"alarm '{self.key}' watches an expression")
        return metric

    @property
    def description(self) -> str:
        """Text for the person who is woken."""
        return f"[{self.severity}] {self.why}"

    @property
    def followed_by_route53(self) -> bool:
        """Whether a Route 53 health check can follow it: one metric, a plain statistic, M equal to N.

        Source: Route 53 API reference, AlarmIdentifier (no high resolution, no extended statistics), and
        developer guide, "Monitoring a CloudWatch alarm" (no metric math, no "M out of N").
        """
        return not self.math and self.watched.plain and self.datapoints == self.evaluation_periods


def _timing_problems(alarm: AlarmDefinition) -> list[str]:
    problems = []
    if alarm.period_seconds < 60 or alarm.period_seconds % 60:
        problems.append(f"period {alarm.period_seconds} s is not a multiple of 60 s")
    if not 1 <= alarm.datapoints <= alarm.evaluation_periods:
        problems.append(f"{alarm.datapoints} out of {alarm.evaluation_periods} datapoints")
    long = alarm.period_seconds >= _LONG_PERIOD_SECONDS
    most = _MOST_SECONDS_LONG_PERIODS if long else _MOST_SECONDS_SHORT_PERIODS
    if alarm.period_seconds * alarm.evaluation_periods > most:
        problems.append(f"evaluates {alarm.period_seconds * alarm.evaluation_periods} s, more than {most} s")
    return problems


def _query_problems(queries: tuple[Query, ...]) -> list[str]:
    problems = []
    known: set[str] = set()
    if not queries:
        return ["no query"]
    for query in queries:
        if not _ID.fullmatch(query.id) or query.id in known:
            problems.append(f"id '{query.id}' is malformed or used twice")
        if (query.metric is None) == (query.expression == ""):
            problems.append(f"query '{query.id}' is not exactly one of a metric and an expression")
        # Functions and operators of metric math are upper case, ids begin with a lower-case letter.
        unknown = set(re.findall(r"\b[a-z][A-Za-z0-9_]*", query.expression)) - known
        problems += [f"query '{query.id}' names unknown '{name}'" for name in sorted(unknown)]
        if query.metric and not query.metric.plain and not _EXTENDED.fullmatch(query.metric.stat):
            problems.append(f"statistic '{query.metric.stat}'")
        known.add(query.id)
    if sum(query.metric is not None for query in queries) > _MOST_METRICS:
        problems.append(f"more than {_MOST_METRICS} metrics")
    return problems


def render(alarm: AlarmDefinition, load_balancer: Any, target_groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of an `aws.cloudwatch.MetricAlarm`, without name, actions and tags.

    `load_balancer` and the values of `target_groups` (by slot) are ARN suffixes; they are passed through
    untouched, so that they may be known only later. Raises KeyError for a slot that has no target group.
    """

    def dimensions(metric: Metric) -> dict[str, Any]:
        whole = {"LoadBalancer": load_balancer}
        return whole if metric.slot is None else {**whole, "TargetGroup": target_groups[metric.slot]}

    properties: dict[str, Any] = {
        "alarm_description": alarm.description,
        "comparison_operator": alarm.comparison,
        "threshold": alarm.threshold,
        "evaluation_periods": alarm.evaluation_periods,
        "datapoints_to_alarm": alarm.datapoints,
        "treat_missing_data": str(alarm.missing_data),
    }
    if not alarm.math:
        metric = alarm.watched
        properties |= {
            "namespace": NAMESPACE,
            "metric_name": metric.name,
            "dimensions": dimensions(metric),
            "period": alarm.period_seconds,
            "statistic" if metric.plain else "extended_statistic": metric.stat,
        }
        if alarm.low_samples_ignored:
            properties["evaluate_low_sample_count_percentiles"] = "ignore"
        return properties
    queries: list[dict[str, Any]] = []
    for query in alarm.queries:
        watched = query is alarm.queries[-1]
        shared = {"id": query.id, "return_data": watched, **({"label": query.label} if query.label else {})}
        if query.metric is None:
            queries.append({**shared, "expression": query.expression})
        else:
            queries.append(
                {
                    **shared,
                    "metric": {
                        "namespace": NAMESPACE,
                        "metric_name": query.metric.name,
                        "dimensions": dimensions(query.metric),
                        "period": alarm.period_seconds,
                        "stat": query.metric.stat,
                    },
                }
            )
    properties["metric_queries"] = queries
    return properties
