"""inferplane: production LLM endpoints as code.

A fleet file describes an environment; `Fleet` deploys it, scope by scope. Every other component can be used alone.
Components are imported when they are first asked for, so that planning and linting need no cloud SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inferplane.aws.alarm_topic import AlarmTopic
    from inferplane.aws.balancer_alarms import BalancerAlarms
    from inferplane.aws.certificate import Certificate
    from inferplane.aws.cluster import Cluster
    from inferplane.aws.endpoint_alarms import EndpointAlarms
    from inferplane.aws.global_names import GlobalNames
    from inferplane.aws.gpu_node_group import RegionalGpuNodeGroup
    from inferplane.aws.model_load_balancer import ModelLoadBalancer
    from inferplane.aws.model_weights_role import ModelWeightsRole
    from inferplane.aws.network import Network
    from inferplane.aws.node_role import NodeRole
    from inferplane.aws.regional_names import RegionalNames
    from inferplane.aws.system_node_group import SystemNodeGroup
    from inferplane.errors import InferplaneError
    from inferplane.fleet import Fleet
    from inferplane.kubernetes.cluster_addons import ClusterAddons
    from inferplane.kubernetes.elastic_gpu_pool import ElasticGpuNodePool
    from inferplane.kubernetes.model_namespace import ModelNamespace
    from inferplane.kubernetes.slot_autoscaler import SlotAutoscaler
    from inferplane.kubernetes.vllm_service import VllmService

__all__ = [
    "AlarmTopic",
    "BalancerAlarms",
    "Certificate",
    "Cluster",
    "ClusterAddons",
    "ElasticGpuNodePool",
    "EndpointAlarms",
    "Fleet",
    "GlobalNames",
    "InferplaneError",
    "ModelLoadBalancer",
    "ModelNamespace",
    "ModelWeightsRole",
    "Network",
    "NodeRole",
    "RegionalGpuNodeGroup",
    "RegionalNames",
    "SlotAutoscaler",
    "SystemNodeGroup",
    "VllmService",
]

_MODULES = {
    "AlarmTopic": "aws.alarm_topic",
    "BalancerAlarms": "aws.balancer_alarms",
    "Certificate": "aws.certificate",
    "Cluster": "aws.cluster",
    "ClusterAddons": "kubernetes.cluster_addons",
    "ElasticGpuNodePool": "kubernetes.elastic_gpu_pool",
    "EndpointAlarms": "aws.endpoint_alarms",
    "Fleet": "fleet",
    "GlobalNames": "aws.global_names",
    "InferplaneError": "errors",
    "ModelLoadBalancer": "aws.model_load_balancer",
    "ModelNamespace": "kubernetes.model_namespace",
    "ModelWeightsRole": "aws.model_weights_role",
    "Network": "aws.network",
    "NodeRole": "aws.node_role",
    "RegionalGpuNodeGroup": "aws.gpu_node_group",
    "RegionalNames": "aws.regional_names",
    "SlotAutoscaler": "kubernetes.slot_autoscaler",
    "SystemNodeGroup": "aws.system_node_group",
    "VllmService": "kubernetes.vllm_service",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module 'inferplane' has no attribute '{name}'")
    return getattr(import_module(f"inferplane.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
