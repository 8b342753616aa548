"""Compiles one region of a fleet into its RegionPlan. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from inferplane.errors import InferplaneError
from inferplane.planning import prices
from inferplane.planning.balancers import spread
from inferplane.planning.cost import plan_cost
from inferplane.planning.model import plan_model
from inferplane.planning.packing import pack
from inferplane.planning.plan import BalancerPlan, ModelPlan, PoolPlan, RegionPlan
from inferplane.spec.choices import Profile
from inferplane.spec.fleet import FleetSpec
from inferplane.spec.hardware import INSTANCES
from inferplane.spec.model import ModelSpec
from inferplane.spec.region import RegionSpec
from inferplane.spec.release_record import ReleaseRecord

__all__ = ["fleet_tags", "models_in", "plan_region", "record_path"]

# Elastic Load Balancing user guide: idle_timeout.timeout_seconds 1-4000, deregistration_delay.timeout_seconds 0-3600.
_MOST_IDLE_SECONDS = 4000
_MOST_DEREGISTRATION_SECONDS = 3600

# Add-ons with two replicas survive the loss of a node on two; in production one more keeps a zone's loss harmless.
_SYSTEM_NODE_TYPE = "m7i.xlarge"
_SYSTEM_NODES = {Profile.PRODUCTION: 3, Profile.DEVELOPMENT: 2}

# A generation that takes its whole allowance must not meet the balancer's clock first.
_IDLE_MARGIN_SECONDS = 60


def record_path(environment: str, region: str) -> str:
    """Return the SSM path under which the release records of a region's models lie, one parameter a model."""
    return f"/inferplane/{environment}/{region}/releases"


def fleet_tags(fleet: FleetSpec) -> dict[str, str]:
    """Return the tags that everything of a fleet carries."""
    return {
        "inferplane:environment": fleet.environment,
        "inferplane:owner": fleet.owner,
        "inferplane:cost-centre": fleet.cost_centre,
    }


def models_in(fleet: FleetSpec, region: str) -> dict[str, ModelSpec]:
    """Return the models that the fleet places in `region`, in the order of the fleet file."""
    return {
        name: model for name, model in fleet.models.items() if not model.regions or region in model.regions
    }


def plan_region(
    fleet: FleetSpec, region: str, records: Mapping[str, ReleaseRecord] | None = None
) -> RegionPlan:
    """Plan one region. `records` holds the release record of each model that has one.

    Raises InferplaneError naming the field of the fleet file where something does not fit.
    """
    records = records or {}
    spec = _region(fleet, region)
    where = f"regions.{region}"
    if spec.cloud != "aws":
        raise InferplaneError(
            f"cloud '{spec.cloud.value}' can not be deployed yet", where=f"{where}.cloud", allowed="aws"
        )
    pools, warnings = _pools(spec, region)
    here = models_in(fleet, region)
    placed = spread(list(here), {n: m.balancer for n, m in here.items() if m.balancer is not None})
    pool_types = {pool.pool: pool.instance_type for pool in pools}
    gpu_hour = {pool.pool: pool.dollars_per_node_hour / pool.gpus_per_node for pool in pools}
    models = []
    for name, model in here.items():
        reachable = [gpu_hour[pool] for pool in (model.pools or gpu_hour) if pool in gpu_hour]
        models.append(
            plan_model(
                name,
                model,
                region=region,
                hosts=(f"{name}.{fleet.domain}", f"{name}.{region}.{fleet.domain}"),
                pool_types=pool_types,
                balancer=placed[name],
                dollars_per_gpu_hour=min(reachable, default=0.0),
                hours_per_month=prices.HOURS_PER_MONTH,
                record=records.get(name),
            )
        )
    pools, capacity_warnings = _size_pools(models, pools, where)
    warnings += capacity_warnings
    balancers = _balancers(models)
    production = fleet.profile == "production"
    nat = "zone" if production else "single"
    return RegionPlan(
        environment=fleet.environment,
        region=region,
        domain=fleet.domain,
        zones=spec.zones,
        nat=nat,
        deletion_protection=production,
        system_node_type=_SYSTEM_NODE_TYPE,
        system_nodes=_SYSTEM_NODES[fleet.profile],
        tags=MappingProxyType(fleet_tags(fleet)),
        pools=pools,
        balancers=balancers,
        models=tuple(models),
        cost=plan_cost(
            region, spec, pools, models, len(balancers), nat, _SYSTEM_NODE_TYPE, _SYSTEM_NODES[fleet.profile]
        ),
        warnings=tuple(warnings),
    )


def _region(fleet: FleetSpec, region: str) -> RegionSpec:
    if region not in fleet.regions:
        raise InferplaneError(
            f"region '{region}' is not in the fleet file",
            where="regions",
            allowed=", ".join(fleet.regions),
            fix="add it to `regions` or use one of these as the stack's scope",
        )
    return fleet.regions[region]


def _pools(spec: RegionSpec, region: str) -> tuple[tuple[PoolPlan, ...], list[str]]:
    plans, warnings = [], []
    for name, pool in spec.gpu_pools.items():
        instance = INSTANCES[pool.instance_type]
        price = prices.instance(region, pool.instance_type)
        if price is None:
            raise InferplaneError(
                f"no price is known for {pool.instance_type}",
                where=f"regions.{region}.gpu_pools.{name}.instance_type",
                fix="use an instance type of the price file",
            )
        if not price.own_region:
            warnings.append(
                f"regions.{region}.gpu_pools.{name}: {pool.instance_type} is estimated at the base region's list price"
            )
        if pool.purchase in ("capacity_block", "spot"):
            warnings.append(
                f"regions.{region}.gpu_pools.{name}: a {pool.purchase.value} price varies; estimated as on demand"
            )
        plans.append(
            PoolPlan(
                pool=name,
                instance_type=pool.instance_type,
                provisioner=pool.provisioner.value,
                purchase=pool.purchase.value,
                reservation_id=pool.reservation_id,
                zones=tuple(pool.zones) or tuple(spec.zones),
                min_nodes=pool.nodes.min,
                max_nodes=pool.nodes.max,
                desired_nodes=pool.nodes.min,
                gpu=instance.gpu.name,
                gpus_per_node=instance.gpus,
                dollars_per_node_hour=price.dollars_per_hour,
            )
        )
    return tuple(plans), warnings


def _size_pools(
    models: Sequence[ModelPlan], pools: Sequence[PoolPlan], where: str
) -> tuple[tuple[PoolPlan, ...], list[str]]:
    """Set each pool's nodes; refuse pools that can not hold the minimum replicas; warn where peaks find no node."""
    limits = {pool.pool: pool for pool in pools}
    floor = pack(models, lambda model: model.scaling.min_replicas, limits, lambda pool: pool.max_nodes)
    if floor.unplaced:
        name, replicas = next(iter(floor.unplaced.items()))
        raise InferplaneError(
            f"the minimum replicas do not fit the GPU pools: {replicas} replica(s) of '{name}' find no GPU",
            where=f"{where}.gpu_pools",
            allowed=", ".join(f"{pool.pool}: {pool.max_gpus} GPUs at most" for pool in pools),
            fix="raise nodes.max of a pool, or lower scaling.min_replicas",
        )
    sized = tuple(replace(pool, desired_nodes=_desired(pool, floor.nodes[pool.pool])) for pool in pools)
    limits = {pool.pool: pool for pool in sized}
    peak = pack(
        models,
        lambda model: model.scaling.max_replicas,
        limits,
        lambda pool: pool.max_nodes if pool.elastic else pool.desired_nodes,
    )
    warnings = [
        f"models.{name}: {replicas} of its max_replicas find no GPU in this region and would stay pending; node groups "
        "keep their size, so raise nodes.min or add a pool with provisioner: karpenter"
        for name, replicas in peak.unplaced.items()
    ]
    return sized, warnings


def _desired(pool: PoolPlan, in_use: int) -> int:
    """A reservation is paid whether used or not, so all of it runs; else what the minimum replicas need."""
    if pool.elastic:
        return 0
    return pool.max_nodes if pool.purchase in ("odcr", "capacity_block") else in_use


def _balancers(models: Sequence[ModelPlan]) -> tuple[BalancerPlan, ...]:
    plans = []
    for index in sorted({model.balancer for model in models}):
        mine = [model for model in models if model.balancer == index]
        longest = max(model.replica.drain_seconds for model in mine)
        plans.append(
            BalancerPlan(
                index=index,
                models=tuple(model.model for model in mine),
                idle_timeout_seconds=min(_MOST_IDLE_SECONDS, longest + _IDLE_MARGIN_SECONDS),
                deregistration_delay_seconds=min(_MOST_DEREGISTRATION_SECONDS, math.ceil(longest)),
            )
        )
    return tuple(plans)
