"""Versions of the EKS managed add-ons, pinned per Kubernetes version. Pure; the data was read 2026-11.

An unpinned add-on is a different one in each region and on each day. Renewing a pin is a change that a
preview shows; `aws eks describe-addon-versions --kubernetes-version <v> --addon-name <name>` lists what an
account is offered.

Sources. vpc-cni, coredns and kube-proxy: the tables of latest versions in the Amazon EKS user guide, pages
"Assign IPs to Pods with the Amazon VPC CNI", "Manage CoreDNS for DNS in Amazon EKS clusters" and "Manage
kube-proxy in Amazon EKS clusters", as published for Kubernetes 1.34 and 1.35. eks-pod-identity-agent,
metrics-server and eks-node-monitoring-agent have no such table; these pins were found in several public
configurations of Kubernetes 1.35 clusters, and for 1.34 the same builds are assumed (these add-ons follow
no Kubernetes version): check them with the command above before the first use, and pass `addon_versions`
where an account is offered others. Kubernetes 1.36 is left out until the user guide's tables show it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from inferplane.errors import InferplaneError

__all__ = ["ADDONS", "ADDON_VERSIONS", "DEFAULT_KUBERNETES_VERSION", "NEED_NODES", "pinned_versions"]

_UNVERSIONED = {
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    "metrics-server": "v0.8.1-eksbuild.6",
    "eks-node-monitoring-agent": "v1.6.4-eksbuild.1",
}

ADDON_VERSIONS = MappingProxyType(
    {
        # Standard support ends 2026-12-02 (Amazon EKS user guide, Kubernetes release calendar).
        "1.34": MappingProxyType(
            {
                "vpc-cni": "v1.21.1-eksbuild.7",
                "coredns": "v1.13.2-eksbuild.7",
                "kube-proxy": "v1.34.6-eksbuild.2",
                **_UNVERSIONED,
            }
        ),
        # Standard support ends 2027-03-27.
        "1.35": MappingProxyType(
            {
                "vpc-cni": "v1.21.1-eksbuild.7",
                "coredns": "v1.14.2-eksbuild.4",
                "kube-proxy": "v1.35.3-eksbuild.2",
                **_UNVERSIONED,
            }
        ),
    }
)
"""Kubernetes version -> add-on -> version."""

DEFAULT_KUBERNETES_VERSION = "1.35"

NEED_NODES = ("coredns", "metrics-server")
"""Add-ons that are Deployments: they become active when nodes are there."""

ADDONS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent", "eks-node-monitoring-agent", *NEED_NODES)
"""What every cluster runs. The node monitoring agent reports broken GPUs (NVIDIA XID errors, NVLink) as a
node condition, without which node repair sees only nodes that are gone ("Detect node health issues", EKS
user guide)."""


def pinned_versions(kubernetes_version: str, overrides: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the version of each add-on, overrides first; InferplaneError where one has none or is
    unknown."""
    unknown = sorted(set(overrides) - set(ADDONS))
    if unknown:
        raise InferplaneError(
            f"unknown add-on '{unknown[0]}'", where=f"{where}.addon_versions", allowed=", ".join(ADDONS)
        )
    versions = {**ADDON_VERSIONS.get(kubernetes_version, {}), **overrides}
    missing = [addon for addon in ADDONS if addon not in versions]
    if missing:
        raise InferplaneError(
            f"there are no pinned add-ons for Kubernetes {kubernetes_version}: {', '.join(missing)}",
            where=f"{where}.kubernetes_version",
            allowed=", ".join(sorted(ADDON_VERSIONS)),
            fix="use one of these, or pass addon_versions with a version of each add-on",
        )
    return versions
