"""The launch template that managed node groups share: encrypted disk, IMDSv2, tags on what instances make."""

import base64

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.aws.purchase import Capacity

__all__ = ["ROOT_DEVICE", "node_launch_template"]

ROOT_DEVICE = "/dev/xvda"
"""Root device name of Amazon Linux 2023 AMIs."""


def node_launch_template(
    label: str,
    *,
    tags: dict[str, str],
    root_volume_gib: int,
    opts: pulumi.ResourceOptions,
    instance_type: str | None = None,
    user_data: str | None = None,
    capacity: Capacity | None = None,
) -> aws.ec2.LaunchTemplate:
    """Declare a launch template named after `label`; `user_data` is plain text, `root_volume_gib` in GiB.

    No security group: EKS then attaches the cluster's. No AMI: the node group's AMI type picks it. No EFA
    interface and no placement group: a replica of up to eight GPUs stays on one node and uses NVLink.
    """
    named = {**tags, "Name": label}
    reservation = capacity.reservation_id if capacity else None
    market = capacity.market_type if capacity else None
    return aws.ec2.LaunchTemplate(
        label,
        name=naming.fit(label, naming.LAUNCH_TEMPLATE),
        description=f"Nodes of {label}"[:255],
        update_default_version=True,
        instance_type=instance_type,
        user_data=None if user_data is None else base64.b64encode(user_data.encode()).decode(),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            # IMDSv2 only, and its answers travel one hop: a pod can not take the node's credentials.
            http_tokens="required",
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=ROOT_DEVICE,
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=root_volume_gib,
                    encrypted="true",
                    delete_on_termination="true",
                ),
            )
        ],
        instance_market_options=aws.ec2.LaunchTemplateInstanceMarketOptionsArgs(market_type=market)
        if market
        else None,
        capacity_reservation_specification=aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
            # A target: where the reservation is full a launch fails, instead of becoming on-demand unseen.
            capacity_reservation_target=aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
                capacity_reservation_id=reservation
            )
        )
        if reservation
        else None,
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=resource, tags=named)
            for resource in ("instance", "volume", "network-interface")
        ],
        tags=named,
        opts=opts,
    )
