"""A program with a bit of everything, and what changes in it by configuration."""

PROGRAM = """
import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

config = pulumi.Config()
zones = aws.get_availability_zones(state="available").names[:2]
vpc = aws.ec2.Vpc("net", cidr_block=config.get("cidr") or "10.0.0.0/16", tags={"Name": "net"})
subnets = [
    aws.ec2.Subnet(f"net-{index}", vpc_id=vpc.id, availability_zone=zone, cidr_block=f"10.0.{index}.0/24")
    for index, zone in enumerate(zones)
]
group = aws.ec2.SecurityGroup("alb", vpc_id=config.get("vpc") or vpc.id, description="alb")
role = aws.iam.Role("cluster", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
cluster = aws.eks.Cluster(
    "main", name="main", role_arn=role.arn, vpc_config={"subnet_ids": [subnet.id for subnet in subnets]}
)
aws.vpc.SecurityGroupIngressRule(
    "from-alb",
    security_group_id=cluster.vpc_config.cluster_security_group_id,
    ip_protocol="tcp",
    from_port=8000,
    to_port=8000,
    referenced_security_group_id=group.id,
)
slots = {
    slot: aws.lb.TargetGroup(
        slot,
        port=8000,
        protocol="HTTP",
        target_type="ip",
        vpc_id=vpc.id,
        health_check={config.get("misspelt") or "path": config.get("health") or "/health"},
    )
    for slot in ("blue", "green")
}
balancer = aws.lb.LoadBalancer(
    "alb", internal=True, subnets=[subnet.id for subnet in subnets], security_groups=[group.id]
)
listener = aws.lb.Listener(
    "http",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[
        {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
    ],
)
targets = [{"arn": slots["blue"].arn, "weight": 100}, {"arn": slots["green"].arn, "weight": 0}]
aws.lb.ListenerRule(
    "model",
    listener_arn=listener.arn,
    priority=10,
    conditions=[{"host_header": {"values": ["m.example.com"]}}],
    actions=[{"type": "forward", "forward": {"target_groups": targets}}],
)
kubeconfig = cluster.endpoint.apply(
    lambda server: json.dumps({"clusters": [{"name": "c", "cluster": {"server": server}}]})
)
inside = pulumi.ResourceOptions(provider=k8s.Provider("main", kubeconfig=kubeconfig))
namespace = k8s.core.v1.Namespace("models", metadata={"name": "models"}, opts=inside)
k8s.core.v1.Secret(
    "key",
    metadata={"name": "key", "namespace": namespace.metadata.name},
    string_data={"key": config.require_secret("key")},
    opts=inside,
)
k8s.apps.v1.Deployment(
    "model",
    metadata={"name": "model", "namespace": namespace.metadata.name},
    spec={
        "selector": {"match_labels": {"app": config.get("app") or "model"}},
        "template": {
            "metadata": {"labels": {"app": config.get("app") or "model"}},
            "spec": {"containers": [{"name": "vllm", "image": config.get("image") or "vllm:1"}]},
        },
    },
    opts=inside,
)
k8s.apiextensions.CustomResource(
    "blue",
    api_version="elbv2.k8s.aws/v1beta1",
    kind="TargetGroupBinding",
    metadata={"name": "blue", "namespace": config.get("namespace") or namespace.metadata.name},
    spec={"targetGroupARN": slots["blue"].arn, "serviceRef": {"name": "model", "port": 8000}},
    opts=inside,
)
pulumi.export("address", balancer.dns_name)
"""

KEY = "sk-small-fleet-0123456789"
