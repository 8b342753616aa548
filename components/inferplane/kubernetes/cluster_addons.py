"""What a cluster needs before it can serve models."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from inferplane.args import check_keys
from inferplane.aws.pod_identity_role import PodIdentityRole
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.kubernetes import chart_values as values
from inferplane.kubernetes.addon_policies import karpenter_policy, target_registration_policy
from inferplane.kubernetes.charts import CHARTS
from inferplane.kubernetes.interruption_queue import InterruptionQueue
from inferplane.kubernetes.object_names import ENVIRONMENT_LABEL, check_label
from inferplane.kubernetes.prometheus_scrape import MONITORING_NAMESPACE, PROMETHEUS_URL

__all__ = ["ClusterAddons", "ClusterAddonsArgs"]

_TIMEOUT_SECONDS = (
    600  # images of a new cluster's first pods come from far; Helm's default of 300 is short for that
)
_HISTORY = 5  # old releases that Helm keeps as Secrets

# What Pod Security enforces in the namespaces that are made here.
_NAMESPACES = {"keda": "restricted", MONITORING_NAMESPACE: "baseline"}


class ClusterAddonsArgs(TypedDict):
    """The cluster and what it is in."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""

    vpc_id: pulumi.Input[str]
    """VPC of the cluster."""

    region: str
    """AWS region of the cluster."""

    account_id: pulumi.Input[str]
    """AWS account of the cluster."""

    cluster_endpoint: NotRequired[pulumi.Input[str]]
    """Endpoint of the cluster; Karpenter asks EKS for it when it is left out."""

    karpenter: NotRequired[bool]
    """Install Karpenter for elastic GPU pools. Default false."""

    node_role_arn: NotRequired[pulumi.Input[str]]
    """Role of the nodes that Karpenter launches; required with it."""

    environment: NotRequired[str]
    """Environment, for labels of the namespaces."""

    tags: NotRequired[dict[str, str]]
    """Tags of every AWS resource."""


class ClusterAddons(Component):
    """Load balancer controller, KEDA, NVIDIA device plugin and DCGM exporter, Prometheus, and Karpenter if
    wanted.

    Objects that need their CRDs or webhooks depend on this component.
    """

    prometheus_url: pulumi.Output[str]
    """Where the autoscalers ask."""

    monitoring_namespace: pulumi.Output[str]
    """Namespace of Prometheus."""

    interruption_queue_name: pulumi.Output[str] | None
    """Queue of node interruptions; None without Karpenter."""

    def __init__(
        self, name: str, args: ClusterAddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(name, args)
        super().__init__(name, opts)
        self._tags = args.get("tags", {})
        labels = {"app.kubernetes.io/part-of": "inferplane", "app.kubernetes.io/managed-by": "pulumi"}
        if "environment" in args:
            labels[ENVIRONMENT_LABEL] = args["environment"]
        namespaces = {
            namespace: k8s.core.v1.Namespace(
                f"{name}-{namespace}",
                metadata={
                    "name": namespace,
                    "labels": {**labels, "pod-security.kubernetes.io/enforce": level},
                },
                opts=self.child(),
            )
            for namespace, level in _NAMESPACES.items()
        }
        self._declare_load_balancer_controller(args)
        self._release("keda", values.keda_values(), [namespaces["keda"]])
        self._release("device-plugin", values.device_plugin_values(), [])
        self._release("dcgm-exporter", values.dcgm_exporter_values(), [])
        prometheus = self._release(
            "prometheus", values.prometheus_values(), [namespaces[MONITORING_NAMESPACE]]
        )
        self.interruption_queue_name = self._declare_karpenter(args) if args.get("karpenter", False) else None
        # Known in a preview, and available when Prometheus is.
        self.prometheus_url = prometheus.urn.apply(lambda _: PROMETHEUS_URL)
        self.monitoring_namespace = prometheus.urn.apply(lambda _: MONITORING_NAMESPACE)
        self.register_outputs(
            {
                "prometheus_url": self.prometheus_url,
                "monitoring_namespace": self.monitoring_namespace,
                "interruption_queue_name": self.interruption_queue_name,
            }
        )

    def _declare_load_balancer_controller(self, args: ClusterAddonsArgs) -> None:
        region = args["region"]
        role = self._role(
            "load-balancer-controller",
            values.LOAD_BALANCER_ACCOUNT,
            args["cluster_name"],
            [args["account_id"]],
            lambda known: target_registration_policy(region, known[0]),
        )
        self._release(
            "load-balancer-controller",
            values.load_balancer_controller_values(args["cluster_name"], region, args["vpc_id"]),
            [role],
        )

    def _declare_karpenter(self, args: ClusterAddonsArgs) -> pulumi.Output[str]:
        region = args["region"]
        queue = InterruptionQueue(f"{self.name}-karpenter", {"tags": self._tags}, self.child())
        role = self._role(
            "karpenter",
            "karpenter",
            args["cluster_name"],
            [args["cluster_name"], args["account_id"], args["node_role_arn"], queue.queue_arn],
            lambda known: karpenter_policy(
                cluster_name=known[0],
                region=region,
                account_id=known[1],
                node_role_arn=known[2],
                queue_arn=known[3],
            ),
        )
        crds = self._release("karpenter-crd", {}, [])
        self._release(
            "karpenter",
            values.karpenter_values(args["cluster_name"], args.get("cluster_endpoint"), queue.queue_name),
            [role, queue, crds],
            skip_crds=True,
        )
        return queue.queue_name

    def _role(
        self,
        key: str,
        service_account: str,
        cluster_name: pulumi.Input[str],
        inputs: Sequence[pulumi.Input[str]],
        policy: Callable[[list[str]], dict[str, Any]],
    ) -> PodIdentityRole:
        return PodIdentityRole(
            f"{self.name}-{key}",
            {
                "cluster_name": cluster_name,
                "namespace": CHARTS[key].namespace,
                "service_account": service_account,
                "policy": pulumi.Output.all(*inputs).apply(lambda known: json.dumps(policy(known))),
                "tags": self._tags,
            },
            self.child(),
        )

    def _release(
        self,
        key: str,
        chart_values: dict[str, Any],
        after: Sequence[pulumi.Resource],
        skip_crds: bool = False,
    ) -> k8s.helm.v3.Release:
        """Declare one Helm release; it is compared by these inputs, not by what the chart renders."""
        chart = CHARTS[key]
        return k8s.helm.v3.Release(
            f"{self.name}-{key}-chart",
            name=chart.release,
            chart=chart.chart,
            version=chart.version,
            namespace=chart.namespace,
            repository_opts={"repo": chart.repository} if chart.repository else None,
            values=chart_values,
            skip_crds=skip_crds,
            # A failed installation leaves nothing behind, a failed upgrade goes back.
            atomic=True,
            timeout=_TIMEOUT_SECONDS,
            max_history=_HISTORY,
            opts=self.child(depends_on=list(after)),
        )


def _check(name: str, args: ClusterAddonsArgs) -> None:
    """Check the plain values. Raises InferplaneError before anything is declared."""
    where = f"ClusterAddons '{name}'"
    check_keys(args, ClusterAddonsArgs, where)
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", args["region"]):
        raise InferplaneError(
            f"'{args['region']}' is not an AWS region", where=f"{where}.region", allowed="such as us-east-1"
        )
    if "environment" in args:
        check_label(args["environment"], f"{where}.environment")
    if args.get("karpenter", False) and "node_role_arn" not in args:
        raise InferplaneError(
            "Karpenter needs the role of the nodes that it launches",
            where=f"{where}.node_role_arn",
            fix="add node_role_arn, or leave karpenter out",
        )
