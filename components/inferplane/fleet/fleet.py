"""The fleet: one environment described by a fleet file, deployed scope by scope."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi.runtime.config import get_config

from inferplane.args import check_choice, check_keys
from inferplane.aws.global_names import GlobalNames, GlobalNamesArgs, RegionalEndpointArgs
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.fleet.neighbour import Neighbour
from inferplane.fleet.records import read_records
from inferplane.fleet.region import RegionResult, deploy_region
from inferplane.planning import fleet_tags, models_in, plan_region
from inferplane.spec import FleetSpec, load_fleet

__all__ = ["Fleet", "FleetArgs"]

ALL, GLOBAL = "all", "global"


class FleetArgs(TypedDict):
    """What a Fleet needs: a file, and which part of it this stack deploys."""

    fleet_file: str
    """Path of the environment's fleet file."""
    scope: NotRequired[str]
    """A region's name, `global` (the names over all regions) or `all` (everything in one stack); default `all`."""
    api_keys: NotRequired[Mapping[str, pulumi.Input[str]]]
    """API keys by model, kept as secrets; a model without one gets a generated key."""
    live_changes: NotRequired[list[str]]
    """Models whose serving slots may be changed in place; empty by default: a change goes into the free slot."""


class Fleet(Component):
    """Everything of one scope of a fleet; exports the stack's outputs when made by `from_config`."""

    outputs: dict[str, Any]
    """The outputs of a stack that deploys this scope."""

    def __init__(self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Read and plan the fleet file, then declare the scope's resources.

        Raises InferplaneError before anything is declared when the file or the scope is wrong.
        """
        where = f"Fleet '{name}'"
        check_keys(args, FleetArgs, where)
        fleet = load_fleet(Path(args["fleet_file"]))
        scope = args.get("scope", ALL)
        check_choice(scope, [ALL, GLOBAL, *fleet.regions], f"{where}.scope")
        live_changes = frozenset(args.get("live_changes", []))
        for model in sorted(live_changes):
            check_choice(model, list(fleet.models), f"{where}.live_changes")
        api_keys = {model: pulumi.Output.secret(key) for model, key in args.get("api_keys", {}).items()}
        for model in api_keys:
            check_choice(model, list(fleet.models), f"{where}.api_keys")
        regions = list(fleet.regions) if scope == ALL else [] if scope == GLOBAL else [scope]
        for region in regions:
            # A mistake is told before the first resource and the first call to a cloud.
            plan_region(fleet, region)

        super().__init__(name, opts)
        results = [self._region(fleet, region, api_keys, live_changes) for region in regions]
        self.outputs = {"fleet": fleet.environment, "scope": scope}
        if results:
            self.outputs |= {
                "regions": [result.summary for result in results],
                "endpoints": {result.summary["region"]: result.endpoints for result in results},
                "vpcIds": {result.summary["region"]: result.vpc_id for result in results},
                "apiKeys": pulumi.Output.secret(
                    {result.summary["region"]: result.api_keys for result in results}
                ),
            }
        if scope in (ALL, GLOBAL):
            self.outputs["names"] = self._names(
                fleet, {result.summary["region"]: result for result in results}
            )
        self.register_outputs(self.outputs)

    @classmethod
    def from_config(cls) -> "Fleet":
        """Build the fleet that the stack's configuration names, and export its outputs.

        Configuration, all in the project's namespace: `fleetFile` (relative to the stacks folder), `scope`, `apiKeys`
        (secret, by model) and `liveChanges` (list of models).
        """
        try:
            fleet = cls("fleet", _args_from_config())
        except InferplaneError as error:
            # Every language host shows a RunError as its message alone, other exceptions with a stack trace.
            raise pulumi.RunError(str(error)) from None
        for key, value in fleet.outputs.items():
            pulumi.export(key, value)
        return fleet

    def _region(
        self,
        fleet: FleetSpec,
        region: str,
        api_keys: Mapping[str, pulumi.Output[str]],
        live_changes: frozenset[str],
    ) -> RegionResult:
        provider = aws.Provider(
            f"{fleet.environment}-{region}",
            region=region,
            default_tags={"tags": fleet_tags(fleet)},
            opts=self.child(),
        )
        plan = plan_region(fleet, region, read_records(fleet.environment, region, provider))
        for warning in plan.warnings:
            pulumi.log.warn(warning, self)
        return deploy_region(
            plan,
            fleet,
            provider=provider,
            parent=self,
            api_keys=api_keys,
            live_changes=live_changes,
        )

    def _names(self, fleet: FleetSpec, here: Mapping[str, RegionResult]) -> list[dict[str, Any]]:
        """Declare the names over all regions: from this program's regions, or from the regions' own stacks."""
        stacks = {
            region: Neighbour(fleet.environment, region) for region in fleet.regions if region not in here
        }

        def endpoint(model: str, region: str) -> RegionalEndpointArgs:
            return here[region].endpoints[model] if region in here else stacks[region].endpoint(model)

        models = {model: [r for r in fleet.regions if model in models_in(fleet, r)] for model in fleet.models}
        public = any(region.load_balancer.internet_facing for region in fleet.regions.values())
        provider = aws.Provider(
            f"{fleet.environment}-global", region=next(iter(fleet.regions)), opts=self.child()
        )
        args: GlobalNamesArgs = {
            "domain": fleet.domain,
            "private": not public,
            "endpoints": {model: [endpoint(model, r) for r in regions] for model, regions in models.items()},
            "tags": fleet_tags(fleet),
        }
        if public:
            args["zone_name"] = fleet.hosted_zone
        else:
            args["vpcs"] = {r: here[r].vpc_id if r in here else stacks[r].vpc_id() for r in fleet.regions}
        names = GlobalNames(
            f"{fleet.environment}-global", args, pulumi.ResourceOptions(parent=self, providers=[provider])
        )
        return [
            {"model": model, "base_url": f"https://{names.names[model]}/v1", "regions": regions}
            for model, regions in models.items()
        ]


def _args_from_config() -> FleetArgs:
    config = pulumi.Config("inferplane")
    stacks = Path(pulumi.runtime.get_root_directory() or ".") / "stacks"
    name = config.get("fleetFile")
    if not name:
        known = sorted(path.name for path in stacks.glob("*.fleet.yaml"))
        raise InferplaneError(
            "the stack does not say which fleet it deploys",
            where="configuration inferplane:fleetFile",
            allowed=", ".join(known),
            fix=f"pulumi config set inferplane:fleetFile {known[0] if known else 'dev.fleet.yaml'}",
        )
    return {
        "fleet_file": str(stacks / name),
        "scope": config.get("scope") or ALL,
        "api_keys": _api_keys(),
        "live_changes": config.get_object("liveChanges") or [],
    }


def _api_keys() -> dict[str, pulumi.Input[str]]:
    # Not config.get: that warns about secrets. Each key becomes a secret output in the constructor.
    text = get_config("inferplane:apiKeys") or "{}"
    try:
        keys = json.loads(text)
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not all(isinstance(key, str) and key for key in keys.values()):
        raise InferplaneError(  # without the value: it may be a key
            "not an object of keys by model",
            where="configuration inferplane:apiKeys",
            fix="pulumi config set --secret --path 'inferplane:apiKeys.<model>' <key>",
        )
    return keys
