"""Physical names of a model load balancer's parts. Pure."""

from inferplane import naming

__all__ = ["load_balancer_name", "log_bucket_name", "target_group_name"]

# An AWS account id has twelve digits; bucket names are unique over all accounts, so it ends the name.
_ACCOUNT_DIGITS = 12


def load_balancer_name(name: str, *, internet_facing: bool) -> str:
    """Return the balancer's name: at most 32 characters, letters, digits and hyphens.

    The scheme is part of it, because a change of scheme replaces the balancer: Pulumi creates the new one
    first, and Elastic Load Balancing refuses a second balancer of one name.
    """
    # CreateLoadBalancer, Name: must not begin with "internal-".
    clear = f"lb-{name}" if naming.label(name).startswith("internal-") else name
    return naming.label(f"{clear}/{_scheme(internet_facing)}", naming.LOAD_BALANCER)


def target_group_name(name: str, model: str, slot: str, *, port: int, internet_facing: bool) -> str:
    """Return a target group's name: at most 32 characters, letters, digits, hyphens, the model first.

    What replaces a target group is part of its name, so that the new one can be created while the old one
    serves: its port, and the balancer's scheme, since a target group can not belong to the old and the new
    balancer at once. All parts count into the digest, so "a-b" behind "c" and "b" behind "c-a" stay two
    names.
    """
    whole = f"{model}/{slot}/{name}/{port}/{_scheme(internet_facing)}"
    return naming.label(whole, naming.TARGET_GROUP)


def log_bucket_name(name: str, account_id: str) -> str:
    """Return the access-log bucket's name: at most 63 characters, lower case, unique over accounts."""
    return f"{naming.label(f'{name}-access-logs', naming.S3_BUCKET - _ACCOUNT_DIGITS - 1)}-{account_id}"


def _scheme(internet_facing: bool) -> str:
    return "public" if internet_facing else "private"
