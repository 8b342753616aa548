"""Which pretend cluster a provider speaks to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ..values import plain


@dataclass(frozen=True)
class ProviderConfig:
    """The configuration of one `kubernetes.Provider`; `cluster` is what tells clusters apart."""

    cluster: str = "default"
    namespace: str = "default"

    @classmethod
    def parse(cls, inputs: Mapping[str, Any]) -> ProviderConfig:
        """From the provider resource's inputs; a kubeconfig need not lead to any real cluster."""
        kubeconfig, context = plain(inputs.get("kubeconfig")), plain(inputs.get("context"))
        namespace = plain(inputs.get("namespace"))
        return cls(
            cluster=_server(kubeconfig, context) if isinstance(kubeconfig, str) and kubeconfig else "default",
            namespace=namespace if isinstance(namespace, str) and namespace else "default",
        )


def _server(kubeconfig: str, context: Any) -> str:
    """The address of the API server, which outlives renewed certificates and tokens."""
    try:
        config = yaml.safe_load(kubeconfig)
        contexts = {each["name"]: each["context"] for each in config.get("contexts", [])}
        clusters = {each["name"]: each["cluster"] for each in config["clusters"]}
        wanted = contexts.get(context or config.get("current-context"), {}).get(
            "cluster", next(iter(clusters))
        )
        return str(clusters[wanted]["server"])
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, StopIteration):
        return hashlib.sha256(kubeconfig.encode()).hexdigest()[:16]
