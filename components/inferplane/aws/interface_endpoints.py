"""The interface endpoints that a private network of GPU nodes has, and why. Pure data.

Everything here also works through NAT; an endpoint is there where a node can not start or pull without the
service (a NAT gateway's failure then stops no scale-up), or where the traffic is large (NAT bills each
gigabyte). An endpoint costs about $0.01 per zone and hour (AWS PrivateLink pricing, us-east-1, read
2026-11): a small environment may pass an empty list. Not in the list: ssm, sqs, eks and pricing, which only
controllers call, rarely and with retries.
"""

from types import MappingProxyType

__all__ = ["DEFAULT_ENDPOINTS", "ENDPOINTS"]

ENDPOINTS = MappingProxyType(
    {
        "ecr.api": "tokens and manifests of container images: no node starts a pod without them",
        "ecr.dkr": "the registry itself; image layers come from S3 through the gateway endpoint",
        "sts": "credentials of workloads that use a web identity token, in the region instead of us-east-1",
        "eks-auth": "the Pod Identity agent exchanges pods' tokens here: weights can not be read without it",
        "ec2": "nodes ask for their own description when they boot; the VPC CNI attaches interfaces",
        "elasticloadbalancing": "the load balancer controller registers pods: a rollout waits for it",
        "logs": "node and pod logs: steady volume that NAT would bill",
        "ssm": "Session Manager and Karpenter's look-up of AMIs, where a team wants no NAT for them",
        "ssmmessages": "the data channel of Session Manager",
        "ec2messages": "the older data channel of the SSM agent",
        "sqs": "Karpenter's interruption queue",
        "eks": "cluster descriptions for Karpenter",
        "autoscaling": "the Cluster Autoscaler, where a team runs one",
        "monitoring": "CloudWatch metrics, where an agent on the nodes publishes them",
        "secretsmanager": "secrets that workloads fetch themselves",
        "kms": "keys that workloads use directly",
    }
)
"""Service name without "com.amazonaws.<region>." -> what needs it."""

DEFAULT_ENDPOINTS = ("ecr.api", "ecr.dkr", "sts", "eks-auth", "ec2", "elasticloadbalancing", "logs")
