"""What a region costs at list price. Pure."""

from collections.abc import Sequence

from inferplane.planning import prices
from inferplane.planning.packing import pack
from inferplane.planning.plan import CostPlan, ModelPlan, PoolPlan
from inferplane.spec.region import RegionSpec

__all__ = ["INTERFACE_ENDPOINTS", "plan_cost"]

# Private nodes reach these services without a NAT gateway in between; each endpoint has an address in every zone.
INTERFACE_ENDPOINTS = ("ecr.api", "ecr.dkr", "sts", "logs", "ec2", "elasticloadbalancing", "eks-auth")


def plan_cost(
    region: str,
    spec: RegionSpec,
    pools: Sequence[PoolPlan],
    models: Sequence[ModelPlan],
    balancers: int,
    nat: str,
    system_node_type: str,
    system_nodes: int,
) -> CostPlan:
    """Estimate a region's monthly cost in US dollars; an existing network or cluster is not counted."""
    fixed = balancers * prices.hourly("load_balancer")
    if spec.network.existing is None:
        fixed += prices.hourly("nat_gateway") * (len(spec.zones) if nat == "zone" else 1)
        fixed += prices.hourly("interface_endpoint") * len(INTERFACE_ENDPOINTS) * len(spec.zones)
    if spec.cluster.existing is None:
        fixed += prices.hourly("eks_cluster")
        system = prices.instance(region, system_node_type)
        fixed += system_nodes * system.dollars_per_hour if system else 0.0
    limits = {pool.pool: pool for pool in pools}
    used = pack(models, lambda model: model.scaling.min_replicas, limits, lambda pool: pool.max_nodes).nodes
    floor = sum(max(used[pool.pool], pool.desired_nodes) * pool.dollars_per_node_hour for pool in pools)
    ceiling = sum(pool.max_nodes * pool.dollars_per_node_hour for pool in pools)
    month = prices.HOURS_PER_MONTH
    return CostPlan(
        floor_dollars=round((fixed + floor) * month, 2),
        ceiling_dollars=round((fixed + ceiling) * month, 2),
        fixed_dollars=round(fixed * month, 2),
        price_date=prices.price_date(),
    )
