"""Flow logs of a VPC: who spoke to whom, for an investigation afterwards."""

import json

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.aws.trust_policy import service_trust
from inferplane.component import Component

__all__ = ["declare_flow_logs"]


def declare_flow_logs(
    network: Component, *, vpc_id: pulumi.Output[str], retention_days: int, tags: dict[str, str]
) -> None:
    """Declare, as children of `network`, flow logs of all traffic, kept for `retention_days` days."""
    label = f"{network.name}-flow-logs"
    group = aws.cloudwatch.LogGroup(
        label,
        name=naming.fit(f"/aws/vpc/{network.name}", naming.LOG_GROUP),
        retention_in_days=retention_days,
        tags={**tags, "Name": label},
        opts=network.child(),
    )
    role = aws.iam.Role(
        label,
        name=naming.fit(label, naming.IAM_ROLE),
        description=f"Flow logs of {network.name}"[:1000],
        assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com"),
        tags=tags,
        opts=network.child(),
    )
    policy = aws.iam.RolePolicy(
        label, role=role.name, policy=group.arn.apply(_write_policy), opts=network.child()
    )
    aws.ec2.FlowLog(
        label,
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        # Seconds; the longer of the two that there are: a tenth of the records of 60.
        max_aggregation_interval=600,
        tags={**tags, "Name": label},
        opts=network.child(depends_on=[policy]),
    )


def _write_policy(group_arn: str) -> str:
    """Return the policy, as JSON text, that writes to one log group ("Flow logs to CloudWatch Logs", VPC
    guide)."""
    actions = [
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
    ]
    statement = {"Effect": "Allow", "Action": actions, "Resource": [group_arn, f"{group_arn}:*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
