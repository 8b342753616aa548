"""What the add-ons may do in the AWS account, as IAM policy documents. Pure."""

from typing import Any

__all__ = ["interruption_queue_policy", "karpenter_policy", "target_registration_policy"]


def target_registration_policy(region: str, account_id: str) -> dict[str, Any]:
    """Return what the AWS Load Balancer Controller needs to bind pods to target groups that others declare.

    The published policy (docs/install/iam_policy.json of the controller) also makes load balancers, security
    groups and rules for Ingress and Service objects; none of it is needed for TargetGroupBinding without
    `networking`.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadTargets",
                "Effect": "Allow",
                # These actions know no resources.
                "Action": [
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeInstances",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                    "elasticloadbalancing:DescribeTags",
                    "elasticloadbalancing:DescribeTargetGroupAttributes",
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
            },
            {
                "Sid": "RegisterTargets",
                "Effect": "Allow",
                "Action": ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
                "Resource": f"arn:aws:elasticloadbalancing:{region}:{account_id}:targetgroup/*",
            },
        ],
    }


def karpenter_policy(
    *, cluster_name: str, region: str, account_id: str, node_role_arn: str, queue_arn: str
) -> dict[str, Any]:
    """Return what Karpenter needs, scoped to what carries the cluster's tags.

    The scoping is that of Karpenter's documentation ("CloudFormation", KarpenterControllerPolicy); the
    actions are the calls that its source makes (pkg/aws/sdk.go at 1.15.1, 2026).
    """
    owned = f"kubernetes.io/cluster/{cluster_name}"
    ec2 = f"arn:aws:ec2:{region}:{account_id}"
    made = [
        f"{ec2}:{kind}/*" for kind in ("fleet", "instance", "volume", "network-interface", "launch-template")
    ]
    tagging = {f"aws:RequestTag/{owned}": "owned", "aws:RequestTag/eks:eks-cluster-name": cluster_name}
    any_pool = {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    ours = {
        "StringEquals": {f"aws:ResourceTag/{owned}": "owned"},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }
    profiles = f"arn:aws:iam::{account_id}:instance-profile/*"
    our_profile = {
        "StringEquals": {
            f"aws:ResourceTag/{owned}": "owned",
            "aws:ResourceTag/topology.kubernetes.io/region": region,
        },
        "StringLike": {"aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass": "*"},
    }
    new_profile = {
        "StringEquals": {**tagging, "aws:RequestTag/topology.kubernetes.io/region": region},
        "StringLike": {"aws:RequestTag/karpenter.k8s.aws/ec2nodeclass": "*"},
    }

    def allow(
        sid: str, action: str | list[str], resource: str | list[str], condition: Any = None
    ) -> dict[str, Any]:
        statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
        return {**statement, "Condition": condition} if condition else statement

    return {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                "LaunchFrom",
                ["ec2:RunInstances", "ec2:CreateFleet"],
                [
                    f"arn:aws:ec2:{region}::image/*",
                    f"arn:aws:ec2:{region}::snapshot/*",
                    f"{ec2}:security-group/*",
                    f"{ec2}:subnet/*",
                    f"{ec2}:capacity-reservation/*",
                    f"{ec2}:placement-group/*",
                ],
            ),
            allow(
                "LaunchWithOurTemplates",
                ["ec2:RunInstances", "ec2:CreateFleet"],
                f"{ec2}:launch-template/*",
                ours,
            ),
            allow(
                "LaunchTagged",
                ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
                [*made, f"{ec2}:spot-instances-request/*"],
                {"StringEquals": tagging, "StringLike": any_pool},
            ),
            allow(
                "TagAtCreation",
                "ec2:CreateTags",
                [*made, f"{ec2}:spot-instances-request/*"],
                {
                    "StringEquals": {
                        **tagging,
                        "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
                    },
                    "StringLike": any_pool,
                },
            ),
            allow(
                "TagOurInstances",
                "ec2:CreateTags",
                f"{ec2}:instance/*",
                {
                    **ours,
                    "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": cluster_name},
                    "ForAllValues:StringEquals": {
                        "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
                    },
                },
            ),
            allow(
                "DeleteOurs",
                ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
                [f"{ec2}:instance/*", f"{ec2}:launch-template/*"],
                ours,
            ),
            allow(
                "ReadRegion",
                [
                    "ec2:DescribeCapacityReservations",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstances",
                    "ec2:DescribeInstanceStatus",
                    "ec2:DescribeInstanceTypeOfferings",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeLaunchTemplates",
                    "ec2:DescribePlacementGroups",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSpotPriceHistory",
                    "ec2:DescribeSubnets",
                ],
                "*",
                {"StringEquals": {"aws:RequestedRegion": region}},
            ),
            allow(
                "ReadImageParameters", "ssm:GetParameter", f"arn:aws:ssm:{region}::parameter/aws/service/*"
            ),
            # The price list knows no resources and answers in few regions only.
            allow("ReadPrices", "pricing:GetProducts", "*"),
            allow(
                "ReadInterruptions",
                ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
                queue_arn,
            ),
            allow(
                "PassNodeRole",
                "iam:PassRole",
                node_role_arn,
                {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
            allow("ReadNodeRole", "iam:GetRole", node_role_arn),
            allow("CreateProfile", "iam:CreateInstanceProfile", profiles, new_profile),
            allow(
                "TagProfile",
                "iam:TagInstanceProfile",
                profiles,
                {
                    "StringEquals": {**our_profile["StringEquals"], **new_profile["StringEquals"]},
                    "StringLike": {**our_profile["StringLike"], **new_profile["StringLike"]},
                },
            ),
            allow(
                "ChangeOurProfiles",
                [
                    "iam:AddRoleToInstanceProfile",
                    "iam:RemoveRoleFromInstanceProfile",
                    "iam:DeleteInstanceProfile",
                ],
                profiles,
                our_profile,
            ),
            allow("ReadProfiles", "iam:GetInstanceProfile", profiles),
            # Listing knows no resources.
            allow("ListProfiles", "iam:ListInstanceProfiles", "*"),
            allow(
                "FindEndpoint",
                "eks:DescribeCluster",
                f"arn:aws:eks:{region}:{account_id}:cluster/{cluster_name}",
            ),
        ],
    }


def interruption_queue_policy(queue_arn: str, rule_arns: list[str]) -> dict[str, Any]:
    """Return the queue's policy: only these EventBridge rules send, and only over TLS."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SendFromRules",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
            },
            {
                "Sid": "DenyPlainHttp",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": queue_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
