"""Trust policies: who may take on a role. Pure."""

import json

__all__ = ["pod_identity_trust", "service_trust"]


def service_trust(service: str) -> str:
    """Return the policy, as JSON text, with which an AWS service (e.g. "ec2.amazonaws.com") takes on a
    role."""
    return _policy(service, ["sts:AssumeRole"])


def pod_identity_trust() -> str:
    """Return the policy, as JSON text, with which pods take on a role through EKS Pod Identity."""
    # TagSession: the agent tags the session with cluster, namespace and service account.
    return _policy("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])


def _policy(service: str, actions: list[str]) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
