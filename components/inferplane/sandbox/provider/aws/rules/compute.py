"""Rules of EC2 instances and what starts them: launch templates, capacity, placement, autoscaling."""

from __future__ import annotations

from typing import Final

from ..draft import Rule
from .network import ec2_arn

LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"

RULES: Final = {
    LAUNCH_TEMPLATE: Rule(
        id="lt-0{hex:16}",
        arn=ec2_arn("launch-template"),
        outputs={
            "latestVersion": lambda draft, _: draft.counter("latestVersion"),
            "defaultVersion": lambda draft, fields: (
                fields["latestVersion"]
                if draft.inputs.get("updateDefaultVersion")
                else draft.inputs.get("defaultVersion", 1)
            ),
        },
    ),
    "aws:ec2/capacityReservation:CapacityReservation": Rule(
        id="cr-0{hex:16}", arn=ec2_arn("capacity-reservation"), outputs={"ownerId": "{account}"}
    ),
    "aws:ec2/capacityBlockReservation:CapacityBlockReservation": Rule(
        id="cr-0{hex:16}", arn=ec2_arn("capacity-reservation")
    ),
    "aws:ec2/placementGroup:PlacementGroup": Rule(
        id="{name}",
        arn="arn:{partition}:ec2:{region}:{account}:placement-group/{name}",
        outputs={"placementGroupId": "pg-0{hex:16}"},
    ),
    "aws:ec2/keyPair:KeyPair": Rule(
        id="{name}",
        arn="arn:{partition}:ec2:{region}:{account}:key-pair/{name}",
        outputs={"keyPairId": "key-0{hex:16}"},
    ),
    "aws:ec2/instance:Instance": Rule(
        id="i-0{hex:16}",
        arn=ec2_arn("instance"),
        outputs={"instanceState": "running", "primaryNetworkInterfaceId": "eni-0{hex:16}"},
    ),
    "aws:ebs/volume:Volume": Rule(id="vol-0{hex:16}", arn=ec2_arn("volume")),
    "aws:autoscaling/group:Group": Rule(
        id="{name}",
        arn="arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
    ),
    "aws:autoscaling/lifecycleHook:LifecycleHook": Rule(id="{name}"),
}
