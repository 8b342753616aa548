"""From a fleet spec to a frozen Plan that holds every number that will be deployed.

Imports neither pulumi nor a cloud SDK.
"""

from inferplane.planning.plan import ModelPlan, RegionPlan
from inferplane.planning.region import fleet_tags, models_in, plan_region, record_path

__all__ = ["ModelPlan", "RegionPlan", "fleet_tags", "models_in", "plan_region", "record_path"]
