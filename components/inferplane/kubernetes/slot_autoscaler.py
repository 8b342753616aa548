"""The autoscaling of one slot."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from inferplane.args import check_keys
from inferplane.component import Component
from inferplane.errors import InferplaneError
from inferplane.kubernetes.object_names import slot_object
from inferplane.kubernetes.prometheus_scrape import PROMETHEUS_URL
from inferplane.kubernetes.render_scaled_object import scaled_object
from inferplane.kubernetes.scaling_settings import ScalingSettings

__all__ = ["ScheduleArgs", "SlotAutoscaler", "SlotAutoscalerArgs"]


class ScheduleArgs(TypedDict):
    """A floor under the replicas in a recurring window."""

    name: str
    """Name of the schedule, unique in its slot."""

    timezone: str
    """IANA time zone, such as "Europe/Berlin"."""

    start: str
    """Begin of the window, five cron fields. New replicas are ready a cold start later."""

    end: str
    """End of the window, five cron fields with the days, months and weekdays of `start`."""

    min_replicas: int
    """Replicas at least in the window."""


class SlotAutoscalerArgs(TypedDict):
    """A slot and how it is scaled."""

    namespace: str
    """Namespace of the slot."""

    environment: str
    """Environment, for labels."""

    model: str
    """Name of the model."""

    slot: str
    """Slot: blue or green."""

    deployment_name: pulumi.Input[str]
    """Deployment of the slot."""

    min_replicas: int
    """Replicas at least."""

    max_replicas: int
    """Replicas at most."""

    parked: NotRequired[bool]
    """Keep the slot at zero replicas. Default false."""

    queue_per_replica: int
    """Waiting requests per replica at which another one is wanted."""

    gpu_utilisation_percent: NotRequired[int]
    """Target GPU utilisation of a replica, percent. Default 70: acts above 75 and below 65."""

    requests_per_second_per_replica: NotRequired[float]
    """Requests per second that a replica shall complete. Left out: not a reason to scale."""

    schedules: NotRequired[list[ScheduleArgs]]
    """Floors in recurring windows."""

    cold_start_seconds: int
    """Time until a new replica is ready, seconds; replicas are kept at least as long after a peak."""

    prometheus_url: NotRequired[pulumi.Input[str]]
    """Prometheus with the series of the replicas. Default: the one that ClusterAddons installs."""

    tags: NotRequired[dict[str, str]]
    """Accepted like everywhere; nothing here has tags."""


class SlotAutoscaler(Component):
    """A KEDA ScaledObject that scales a slot by queue, GPU utilisation, request rate and schedules."""

    scaled_object_name: pulumi.Output[str]
    """Name of the ScaledObject."""

    def __init__(
        self, name: str, args: SlotAutoscalerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"SlotAutoscaler '{name}'"
        check_keys(args, SlotAutoscalerArgs, where)
        for schedule in args.get("schedules", []):
            check_keys(schedule, ScheduleArgs, f"{where}.schedules")
        settings = ScalingSettings.parse(args, where)
        expected = slot_object(settings.model, settings.slot)
        if isinstance(args["deployment_name"], str) and args["deployment_name"] != expected:
            raise InferplaneError(
                f"'{args['deployment_name']}' is not the Deployment of this slot",
                where=f"{where}.deployment_name",
                allowed=f"{expected}, as VllmService names it: the queries count its ready replicas",
            )
        super().__init__(name, opts)
        rendered = scaled_object(
            settings, args.get("prometheus_url", PROMETHEUS_URL), args["deployment_name"]
        )
        resource = k8s.apiextensions.CustomResource(
            f"{name}-scaled-object",
            api_version=rendered["apiVersion"],
            kind=rendered["kind"],
            metadata=rendered["metadata"],
            spec=rendered["spec"],
            opts=self.child(),
        )
        scaled_object_name = str(rendered["metadata"]["name"])
        self.scaled_object_name = resource.urn.apply(lambda _: scaled_object_name)
        self.register_outputs({"scaled_object_name": self.scaled_object_name})
