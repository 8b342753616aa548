"""Declares the models of a region on what is there: services, autoscalers and alarms."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from inferplane.aws.endpoint_alarms import EndpointAlarms
from inferplane.aws.global_names import RegionalEndpointArgs
from inferplane.aws.model_load_balancer import ModelLoadBalancer
from inferplane.fleet.base import Base
from inferplane.kubernetes.cluster_addons import ClusterAddons
from inferplane.kubernetes.model_namespace import ModelNamespace
from inferplane.kubernetes.slot_autoscaler import SlotAutoscaler, SlotAutoscalerArgs
from inferplane.kubernetes.vllm_service import VllmService, VllmServiceArgs, VllmSlotArgs
from inferplane.planning.plan import ModelPlan, RegionPlan, SlotPlan

__all__ = ["NAMESPACE", "DeployedModel", "Ground", "deploy_model"]

# All models of a fleet share one namespace: policies, quotas and the shared script are declared once.
NAMESPACE = "inferplane-models"


@dataclass(frozen=True)
class Ground:
    """What all models of a region stand on, and the options of their components."""

    base: Base
    addons: ClusterAddons
    namespace: ModelNamespace
    topic_arn: pulumi.Input[str]
    api_keys: Mapping[str, pulumi.Input[str]]
    live_changes: frozenset[str]
    on_aws: pulumi.ResourceOptions
    on_both: pulumi.ResourceOptions


@dataclass(frozen=True)
class DeployedModel:
    """What a model gives to the stack's outputs and to the names over all regions."""

    endpoint: RegionalEndpointArgs
    alarms: int
    api_key: pulumi.Output[str]


def deploy_model(
    plan: RegionPlan, model: ModelPlan, balancer: ModelLoadBalancer, ground: Ground
) -> DeployedModel:
    """Declare one model's service, autoscalers and alarms."""
    tags = {**plan.tags, "inferplane:model": model.model}
    service = _service(plan, model, balancer, ground, tags)
    _autoscalers(plan, model, service, ground, tags)
    watch = EndpointAlarms(
        f"{plan.name}-{model.model}",
        {
            "model": model.model,
            "topic_arn": ground.topic_arn,
            "load_balancer_arn_suffix": balancer.arn_suffix,
            "target_group_arn_suffixes": {**balancer.target_group_arn_suffixes[model.model]},
            "ttft_p99_seconds": model.ttft_p99_seconds,
            "error_rate": model.error_rate,
            "requests_per_second": model.expected_requests_per_second,
            "tags": tags,
        },
        ground.on_aws,
    )
    endpoint: RegionalEndpointArgs = {
        "region": plan.region,
        "dns_name": balancer.dns_name,
        "zone_id": balancer.zone_id,
        "health_alarm_names": {**watch.health_alarm_names},
        "health_alarm_digest": watch.health_alarm_digest,
    }
    return DeployedModel(endpoint, len(watch.alarm_names), service.api_key)


def _service(
    plan: RegionPlan, model: ModelPlan, balancer: ModelLoadBalancer, ground: Ground, tags: dict[str, str]
) -> VllmService:
    args: VllmServiceArgs = {
        "namespace": NAMESPACE,
        "environment": plan.environment,
        "model": model.model,
        "slots": {slot.slot: _slot(model, slot, plan.deletion_protection) for slot in model.slots},
        "vpc_cidr": ground.base.network.cidr,
        "target_group_arns": {
            slot.slot: balancer.target_group_arns[model.model][slot.slot] for slot in model.slots
        },
        "cluster_name": ground.base.cluster.name,
        "priority_class_name": ground.namespace.priority_class_name,
        "allow_live_changes": model.model in ground.live_changes,
        "tags": tags,
    }
    if model.model in ground.api_keys:
        args["api_key"] = ground.api_keys[model.model]
    return VllmService(f"{plan.name}-{model.model}", args, ground.on_both)


def _slot(model: ModelPlan, slot: SlotPlan, protection: bool) -> VllmSlotArgs:
    replica = model.replica
    return {
        "image": slot.image,
        "weights_uri": slot.weights_uri,
        "revision": slot.revision,
        "manifest_sha256": slot.manifest_sha256,
        "args": list(slot.vllm_args),
        "gpus": replica.gpus,
        "cpu_cores": replica.cpu_cores,
        "memory_gib": replica.memory_gib,
        "shm_gib": replica.shm_gib,
        "disk_gib": replica.disk_gib,
        "pools": list(model.pools),
        "startup_seconds": replica.cold_start_seconds,
        "drain_seconds": replica.drain_seconds,
        "deregistration_seconds": replica.propagation_seconds,
        "serving": slot.weight > 0,
        "parked": slot.parked,
        "protected": protection and slot.weight > 0,
    }


def _autoscalers(
    plan: RegionPlan, model: ModelPlan, service: VllmService, ground: Ground, tags: dict[str, str]
) -> None:
    scaling = model.scaling
    for slot in model.slots:
        args: SlotAutoscalerArgs = {
            "namespace": NAMESPACE,
            "environment": plan.environment,
            "model": model.model,
            "slot": slot.slot,
            "deployment_name": service.deployment_names[slot.slot],
            "min_replicas": scaling.min_replicas,
            "max_replicas": scaling.max_replicas,
            "parked": slot.parked,
            "queue_per_replica": scaling.queue_per_replica,
            "gpu_utilisation_percent": scaling.gpu_utilisation_percent,
            "schedules": [
                {
                    "name": schedule.name,
                    "timezone": schedule.timezone,
                    "start": schedule.start,
                    "end": schedule.end,
                    "min_replicas": schedule.min_replicas,
                }
                for schedule in scaling.schedules
            ],
            "cold_start_seconds": model.replica.cold_start_seconds,
            "prometheus_url": ground.addons.prometheus_url,
            "tags": tags,
        }
        if scaling.requests_per_second_per_replica is not None:
            args["requests_per_second_per_replica"] = scaling.requests_per_second_per_replica
        SlotAutoscaler(f"{plan.name}-{model.model}-{slot.slot}", args, ground.on_both)
