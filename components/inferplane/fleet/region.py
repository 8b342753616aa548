"""Composes one region: a RegionPlan and its spec become resources. No arithmetic, no policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from inferplane.aws.alarm_topic import AlarmTopic
from inferplane.aws.balancer_alarms import BalancerAlarms
from inferplane.aws.certificate import Certificate
from inferplane.aws.global_names import RegionalEndpointArgs
from inferplane.aws.model_load_balancer import ModelLoadBalancer, ModelLoadBalancerArgs
from inferplane.aws.regional_names import RegionalNames, RegionalNamesArgs
from inferplane.fleet.base import Base, build_base
from inferplane.fleet.models import NAMESPACE, Ground, deploy_model
from inferplane.fleet.outputs import summarise
from inferplane.kubernetes.cluster_addons import ClusterAddons, ClusterAddonsArgs
from inferplane.kubernetes.elastic_gpu_pool import ElasticGpuNodePool, ElasticGpuNodePoolArgs
from inferplane.kubernetes.model_namespace import ModelNamespace
from inferplane.planning.plan import RegionPlan
from inferplane.spec.fleet import FleetSpec

__all__ = ["RegionResult", "deploy_region"]


@dataclass(frozen=True)
class RegionResult:
    """What a region gives to the stack's outputs and to the names over all regions."""

    summary: dict[str, Any]
    endpoints: dict[str, RegionalEndpointArgs]
    vpc_id: pulumi.Input[str]
    api_keys: dict[str, pulumi.Output[str]]


def deploy_region(
    plan: RegionPlan,
    fleet: FleetSpec,
    *,
    provider: aws.Provider,
    parent: pulumi.Resource,
    api_keys: Mapping[str, pulumi.Input[str]],
    live_changes: frozenset[str],
) -> RegionResult:
    """Declare everything of one region under `parent`.

    `api_keys` holds keys that were given for models (others are generated); `live_changes` names the models whose
    serving slots may be changed in place.
    """
    spec = fleet.regions[plan.region]
    name, tags = plan.name, dict(plan.tags)
    on_aws = pulumi.ResourceOptions(parent=parent, providers=[provider])
    base = build_base(plan, spec, tags, provider, on_aws)
    cluster_provider = k8s.Provider(
        f"{name}-cluster", kubeconfig=base.cluster.kubeconfig, opts=pulumi.ResourceOptions(parent=parent)
    )
    on_both = pulumi.ResourceOptions(parent=parent, providers=[provider, cluster_provider])

    # The add-ons have nowhere to run before there are nodes.
    addons = _addons(plan, base, provider, tags, _after(on_both, base.nodes))
    _elastic_pools(plan, base, tags, _after(on_both, [addons]))
    namespace = ModelNamespace(
        name, {"namespace": NAMESPACE, "environment": plan.environment, "tags": tags}, on_both
    )
    topic = AlarmTopic(name, {"emails": list(fleet.alarm_emails), "tags": tags}, on_aws)
    balancers = _balancers(plan, fleet, base, topic, tags, on_aws)
    ground = Ground(
        base=base,
        addons=addons,
        namespace=namespace,
        topic_arn=topic.topic_arn,
        api_keys=api_keys,
        live_changes=live_changes,
        on_aws=on_aws,
        on_both=_after(on_both, [namespace, addons]),
    )
    models = {
        model.model: deploy_model(plan, model, balancers[model.balancer], ground) for model in plan.models
    }
    _names(plan, fleet, base, balancers, tags, on_aws)
    return RegionResult(
        summary=summarise(plan, {name: model.alarms for name, model in models.items()}),
        endpoints={name: model.endpoint for name, model in models.items()},
        vpc_id=base.network.vpc_id,
        api_keys={name: model.api_key for name, model in models.items()},
    )


def _after(opts: pulumi.ResourceOptions, resources: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=list(resources)))


def _addons(
    plan: RegionPlan, base: Base, provider: aws.Provider, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> ClusterAddons:
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    args: ClusterAddonsArgs = {
        "cluster_name": base.cluster.name,
        "cluster_endpoint": base.cluster.endpoint,
        "vpc_id": base.network.vpc_id,
        "region": plan.region,
        "account_id": caller.account_id,
        "environment": plan.environment,
        "karpenter": base.elastic_node_role is not None,
        "tags": tags,
    }
    if base.elastic_node_role:
        args["node_role_arn"] = base.elastic_node_role.role_arn
    return ClusterAddons(plan.name, args, opts)


def _elastic_pools(plan: RegionPlan, base: Base, tags: dict[str, str], opts: pulumi.ResourceOptions) -> None:
    if base.elastic_node_role is None:
        return
    for pool in plan.pools:
        if pool.elastic:
            args: ElasticGpuNodePoolArgs = {
                "cluster_name": base.cluster.name,
                "pool": pool.pool,
                "instance_types": [pool.instance_type],
                "zones": list(pool.zones),
                "purchases": [pool.purchase],
                "max_gpus": pool.max_gpus,
                "node_role_name": base.elastic_node_role.role_name,
                "tags": tags,
            }
            if pool.reservation_id:
                args["reservation_ids"] = [pool.reservation_id]
            ElasticGpuNodePool(f"{plan.name}-{pool.pool}", args, opts)


def _balancers(
    plan: RegionPlan,
    fleet: FleetSpec,
    base: Base,
    topic: AlarmTopic,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[int, ModelLoadBalancer]:
    spec = fleet.regions[plan.region].load_balancer
    certificate_arn: pulumi.Input[str]
    if spec.certificate_arn:
        certificate_arn = spec.certificate_arn
    else:
        certificate_arn = Certificate(
            plan.name,
            {
                "domain": f"*.{plan.domain_here}",
                "alternative_names": [f"*.{plan.domain}"],
                "zone_name": fleet.hosted_zone,
                "keep_proofs": len(fleet.regions) > 1,
                "tags": tags,
            },
            opts,
        ).certificate_arn
    models = {model.model: model for model in plan.models}
    balancers = {}
    for balancer in plan.balancers:
        label = f"{plan.name}-{balancer.index}"
        args: ModelLoadBalancerArgs = {
            "vpc_id": base.network.vpc_id,
            "vpc_cidr": base.network.cidr,
            "subnet_ids": base.network.public if spec.internet_facing else base.network.private,
            "certificate_arn": certificate_arn,
            "cluster_security_group_id": base.cluster.security_group_id,
            "internet_facing": spec.internet_facing,
            "client_cidrs": list(spec.client_cidrs),
            "idle_timeout_seconds": balancer.idle_timeout_seconds,
            "deregistration_delay_seconds": balancer.deregistration_delay_seconds,
            "deletion_protection": plan.deletion_protection,
            "models": {
                name: {"hosts": list(models[name].hosts), "weights": dict(models[name].weights)}
                for name in balancer.models
            },
            "tags": tags,
        }
        if spec.web_acl_arn:
            args["web_acl_arn"] = spec.web_acl_arn
        balancers[balancer.index] = ModelLoadBalancer(label, args, opts)
        BalancerAlarms(
            label,
            {
                "topic_arn": topic.topic_arn,
                "load_balancer_arn_suffix": balancers[balancer.index].arn_suffix,
                "tags": tags,
            },
            opts,
        )
    return balancers


def _names(
    plan: RegionPlan,
    fleet: FleetSpec,
    base: Base,
    balancers: Mapping[int, ModelLoadBalancer],
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    public = fleet.regions[plan.region].load_balancer.internet_facing
    args: RegionalNamesArgs = {
        "domain": plan.domain_here,
        "private": not public,
        "hosts": {
            f"{model.model}.{plan.domain_here}": {
                "dns_name": balancers[model.balancer].dns_name,
                "zone_id": balancers[model.balancer].zone_id,
            }
            for model in plan.models
        },
        "tags": tags,
    }
    if public:
        args["zone_name"] = fleet.hosted_zone
    else:
        args["vpc_id"] = base.network.vpc_id
    RegionalNames(plan.name, args, opts)
