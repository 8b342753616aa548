"""Reads what another region's own stack deployed."""

from typing import Any

import pulumi

from inferplane.aws.global_names import RegionalEndpointArgs
from inferplane.errors import InferplaneError

__all__ = ["Neighbour"]


class Neighbour:
    """The outputs of a region's own stack, named `<environment>-<region>`."""

    def __init__(self, environment: str, region: str) -> None:
        self.region = region
        self.stack = f"{environment}-{region}"
        self.reference = pulumi.StackReference(
            f"{pulumi.get_organization()}/{pulumi.get_project()}/{self.stack}"
        )

    def vpc_id(self) -> pulumi.Output[str]:
        """Return the id of the region's VPC."""
        return self.reference.get_output("vpcIds").apply(
            lambda ids: self._look_up(ids, self.region, "vpcIds")
        )

    def endpoint(self, model: str) -> RegionalEndpointArgs:
        """Return what the names over all regions need of one model there."""
        found = self.reference.get_output("endpoints").apply(
            lambda all_: self._look_up(self._look_up(all_, self.region, "endpoints"), model, "endpoints")
        )
        return {
            "region": self.region,
            "dns_name": found["dns_name"],
            "zone_id": found["zone_id"],
            "health_alarm_names": {slot: found["health_alarm_names"][slot] for slot in ("blue", "green")},
            "health_alarm_digest": found["health_alarm_digest"],
        }

    def _look_up(self, outputs: Any, key: str, what: str) -> Any:
        if not outputs or key not in outputs:
            raise InferplaneError(
                f"the stack has no {what} for '{key}'",
                where=f"stack {self.stack}",
                fix=f"deploy it first: pulumi up --stack {self.stack}",
            )
        return outputs[key]
