"""The alarms of one load balancer: failures that reached no target, which no slot's alarm sees. Pure."""

from inferplane.planning.alarm_definition import AlarmDefinition, Metric, MissingData, Query, Severity

__all__ = ["balancer_alarms"]

_OWN_5XX = Query("own", Metric("HTTPCode_ELB_5XX_Count", "Sum"))

# An endpoint may fail a tenth of a percent; ten times that, at a balancer of many models, is an incident.
_MOST_OWN_PERCENT = 1
_LEAST_OWN = 10


def balancer_alarms() -> tuple[AlarmDefinition, ...]:
    """Return the alarms of one balancer; they need no expected traffic."""
    return (_share(), _trickle(), _rejected())


def _share() -> AlarmDefinition:
    return AlarmDefinition(
        key="own-5xx-share",
        severity=Severity.PAGE,
        queries=(
            _OWN_5XX,
            Query("requests", Metric("RequestCount", "Sum")),
            # RequestCount leaves out the requests for which no target could be chosen.
            Query("attempts", expression="SUM([FILL(requests, 0), FILL(own, 0)])"),
            Query(
                "share",
                expression=f"IF(own >= {_LEAST_OWN}, 100 * own / attempts, 0)",
                label="balancer's own 5xx, percent",
            ),
        ),
        comparison="GreaterThanThreshold",
        threshold=_MOST_OWN_PERCENT,
        period_seconds=60,
        evaluation_periods=3,
        datapoints=2,
        missing_data=MissingData.NOT_BREACHING,
        why=(
            f"The balancer itself answers more than {_MOST_OWN_PERCENT} % of requests with a 5xx: no healthy "
            "target, a target that hangs or closes connections, or a timeout."
        ),
    )


def _trickle() -> AlarmDefinition:
    return AlarmDefinition(
        key="own-5xx",
        severity=Severity.WARNING,
        queries=(_OWN_5XX,),
        comparison="GreaterThanThreshold",
        threshold=_LEAST_OWN,
        period_seconds=300,
        evaluation_periods=3,
        datapoints=3,
        missing_data=MissingData.NOT_BREACHING,
        why=(
            f"A trickle of the balancer's own 5xx, more than {_LEAST_OWN} in each 5 minutes of a quarter "
            "of an hour: often a server that closes idle connections before the balancer does."
        ),
    )


def _rejected() -> AlarmDefinition:
    return AlarmDefinition(
        key="rejected-connections",
        severity=Severity.WARNING,
        queries=(Query("rejected", Metric("RejectedConnectionCount", "Sum")),),
        comparison="GreaterThanThreshold",
        threshold=0,
        period_seconds=300,
        evaluation_periods=1,
        datapoints=1,
        missing_data=MissingData.NOT_BREACHING,
        why="The balancer is at its limit of connections and refuses clients.",
    )
