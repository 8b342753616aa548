"""How long CloudWatch Logs can keep events. Pure."""

from inferplane.errors import InferplaneError

__all__ = ["RETENTION_DAYS", "check_retention"]

# logs PutRetentionPolicy, retentionInDays.
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


def check_retention(days: int, where: str) -> int:
    """Return `days` if CloudWatch Logs can keep events that long, else raise InferplaneError."""
    if days not in RETENTION_DAYS:
        raise InferplaneError(
            f"logs can not be kept for {days} days",
            where=where,
            allowed=", ".join(str(choice) for choice in RETENTION_DAYS),
        )
    return int(days)
