"""The objects that both slots of a model share, as plain data. Pure."""

import ipaddress
from collections.abc import Sequence
from importlib import resources
from typing import Any

from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import MODEL_LABEL, model_labels, model_object
from inferplane.kubernetes.slot import MODEL_PORT

__all__ = ["POD_IDENTITY_AGENT", "check_cidr", "fetch_script", "model_network_policy", "model_objects"]

# The EKS Pod Identity Agent's link-local address and port (EKS user guide, "Understand how EKS Pod Identity
# works").
POD_IDENTITY_AGENT = ("169.254.170.23/32", 80)

_LINK_LOCAL = "169.254.0.0/16"


def check_cidr(value: str, where: str) -> str:
    """Return an IPv4 network in canonical form, or raise InferplaneError."""
    try:
        return str(ipaddress.IPv4Network(value))
    except ValueError:
        raise InferplaneError(
            f"'{value}' is not an IPv4 network", where=where, allowed="such as 10.0.0.0/16"
        ) from None


def fetch_script() -> str:
    """Return the text of the weight fetcher that runs in the init container."""
    return resources.files("inferplane.kubernetes").joinpath("files/fetch_weights.py").read_text()


def model_objects(*, namespace: str, environment: str, model: str) -> dict[str, dict[str, Any]]:
    """Return the model's ServiceAccount and ConfigMap, by what they are."""

    def metadata(what: str = "") -> dict[str, Any]:
        return {
            "name": model_object(model, what),
            "namespace": namespace,
            "labels": model_labels(environment, model),
        }

    return {
        "service-account": {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(),
            "automountServiceAccountToken": False,
        },
        "fetch-weights": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata("fetch-weights"),
            "data": {"fetch_weights.py": fetch_script()},
        },
    }


def model_network_policy(
    *,
    namespace: str,
    environment: str,
    model: str,
    vpc_cidr: str,
    monitoring_namespace: str,
    s3_cidrs: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return what the model's pods may receive and reach; all else is denied by the namespace's policy.

    In: the model's port from the VPC (the load balancer's addresses) and from the monitoring namespace. Out:
    HTTPS to S3 and the Pod Identity agent. `s3_cidrs` are the region's S3 addresses (prefix list
    com.amazonaws.<region>.s3); without them HTTPS is open to every address outside of the VPC, since a
    gateway endpoint is reached through S3's public addresses, and to the VPC, where interface endpoints live.
    Never to the instance metadata service.
    """
    weights = (
        [{"ipBlock": {"cidr": cidr}} for cidr in s3_cidrs]
        if s3_cidrs is not None
        else [{"ipBlock": {"cidr": "0.0.0.0/0", "except": [_LINK_LOCAL]}}]
    )
    agent_cidr, agent_port = POD_IDENTITY_AGENT
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": model_object(model),
            "namespace": namespace,
            "labels": model_labels(environment, model),
        },
        "spec": {
            "podSelector": {"matchLabels": {MODEL_LABEL: model}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {
                    "from": [
                        {"ipBlock": {"cidr": vpc_cidr}},
                        {
                            "namespaceSelector": {
                                "matchLabels": {"kubernetes.io/metadata.name": monitoring_namespace}
                            }
                        },
                    ],
                    "ports": [{"protocol": "TCP", "port": MODEL_PORT}],
                }
            ],
            "egress": [
                {"to": weights, "ports": [{"protocol": "TCP", "port": 443}]},
                {
                    "to": [{"ipBlock": {"cidr": agent_cidr}}],
                    "ports": [{"protocol": "TCP", "port": agent_port}],
                },
            ],
        },
    }
