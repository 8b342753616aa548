"""The load balancer in front of models: TLS, a rule per model, two weighted slots behind each."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.aws.access_log_bucket import AccessLogBucket
from inferplane.aws.balancer_names import load_balancer_name, target_group_name
from inferplane.aws.listener_rules import NOT_FOUND_BODY, SLOTS, conditions
from inferplane.aws.model_load_balancer_arguments import ModelLoadBalancerArgs, ModelRouteArgs, parse
from inferplane.component import Component

__all__ = ["ModelLoadBalancer", "ModelLoadBalancerArgs", "ModelRouteArgs"]

# Elastic Load Balancing user guide, "Security policies": TLS 1.3 and 1.2 with forward secrecy and
# authenticated ciphers only; all OpenAI clients speak it.
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

# A client's connection is renewed after five minutes, between two requests, so that a change of DNS reaches
# clients that never close theirs. Load balancer attribute client_keep_alive.seconds: 60 to 604800, default
# 3600.
_CLIENT_KEEP_ALIVE_SECONDS = 300


class ModelLoadBalancer(Component):
    """An application load balancer with one HTTPS listener, and per model two target groups and three rules.

    Weights are declared as they are, never ignored: an `up` in the middle of a release must be given the
    weights of that moment.
    """

    load_balancer_arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    """Hosted zone of `dns_name`, for alias records."""
    arn_suffix: pulumi.Output[str]
    """Value of CloudWatch's dimension LoadBalancer."""
    security_group_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    target_group_arns: dict[str, dict[str, pulumi.Output[str]]]
    """By model and slot; a target group is usable from the moment its ARN is known, its rule may follow."""
    target_group_arn_suffixes: dict[str, dict[str, pulumi.Output[str]]]
    """Values of CloudWatch's dimension TargetGroup, by model and slot."""
    rule_arns: dict[str, pulumi.Output[str]]
    """The weighted rule of each model: what a release moves."""
    access_log_bucket: pulumi.Output[str]

    def __init__(
        self, name: str, args: ModelLoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        parsed = parse(name, args)
        super().__init__(name, opts)
        self._parsed = parsed
        group = self._security_group(args["vpc_id"], args.get("cluster_security_group_id"))
        balancer = self._balancer(args["subnet_ids"], group)
        listener = self._listener(balancer, args["certificate_arn"])
        web_acl = args.get("web_acl_arn")
        if web_acl is not None:
            aws.wafv2.WebAclAssociation(
                f"{name}-waf", resource_arn=balancer.arn, web_acl_arn=web_acl, opts=self.child()
            )
        groups = self._target_groups(args["vpc_id"])
        rules = self._rules(listener, groups)
        self.load_balancer_arn = balancer.arn
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.arn_suffix = balancer.arn_suffix
        self.security_group_id = group.id
        self.listener_arn = listener.arn
        self.target_group_arns = _by_slot(groups, "arn")
        self.target_group_arn_suffixes = _by_slot(groups, "arn_suffix")
        self.rule_arns = {rule.model: rules[rule.key].arn for rule in parsed.rules if not rule.test_slot}
        self.register_outputs(
            {
                "load_balancer_arn": self.load_balancer_arn,
                "dns_name": self.dns_name,
                "zone_id": self.zone_id,
                "arn_suffix": self.arn_suffix,
                "security_group_id": self.security_group_id,
                "listener_arn": self.listener_arn,
                "target_group_arns": self.target_group_arns,
                "target_group_arn_suffixes": self.target_group_arn_suffixes,
                "rule_arns": self.rule_arns,
                "access_log_bucket": self.access_log_bucket,
            }
        )

    def _tags(self, what: str, **more: str) -> dict[str, str]:
        return {**self._parsed.tags, "Name": f"{self.name}-{what}", **more}

    def _security_group(
        self, vpc_id: pulumi.Input[str], cluster_group: pulumi.Input[str] | None
    ) -> aws.ec2.SecurityGroup:
        name, parsed = self.name, self._parsed
        group = aws.ec2.SecurityGroup(
            f"{name}-sg",
            name=naming.fit(f"{name}-balancer", naming.SECURITY_GROUP),
            description="Model load balancer: HTTPS from clients, the target port towards replicas",
            vpc_id=vpc_id,
            tags=self._tags("balancer"),
            opts=self.child(),
        )
        for cidr in parsed.clients:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-{naming.label(cidr)}",
                security_group_id=group.id,
                description="HTTPS from clients",
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                cidr_ipv4=cidr,
                tags=self._tags("clients"),
                opts=self.child(),
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-replicas",
            security_group_id=group.id,
            description="Requests and health checks to replicas",
            ip_protocol="tcp",
            from_port=parsed.port,
            to_port=parsed.port,
            cidr_ipv4=parsed.vpc_cidr,
            tags=self._tags("replicas"),
            opts=self.child(),
        )
        if cluster_group is not None:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-into-cluster",
                security_group_id=cluster_group,
                description="Requests and health checks from the model load balancer",
                ip_protocol="tcp",
                from_port=parsed.port,
                to_port=parsed.port,
                referenced_security_group_id=group.id,
                tags=self._tags("into-cluster"),
                opts=self.child(),
            )
        return group

    def _balancer(
        self, subnet_ids: pulumi.Input[list[str]], group: aws.ec2.SecurityGroup
    ) -> aws.lb.LoadBalancer:
        name, parsed = self.name, self._parsed
        physical = load_balancer_name(name, internet_facing=parsed.internet_facing)
        logs = AccessLogBucket(
            f"{name}-logs",
            {
                "balancer_name": physical,
                "retention_days": parsed.retention_days,
                "force_destroy": not parsed.protected,
                "tags": dict(parsed.tags),
            },
            self.child(),
        )
        self.access_log_bucket = logs.bucket_name
        return aws.lb.LoadBalancer(
            f"{name}-lb",
            name=physical,
            load_balancer_type="application",
            internal=not parsed.internet_facing,
            subnets=subnet_ids,
            security_groups=[group.id],
            idle_timeout=parsed.idle_timeout,
            client_keep_alive=_CLIENT_KEEP_ALIVE_SECONDS,
            # Requests that front and back could read differently never reach a replica.
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=parsed.protected,
            access_logs={"bucket": logs.bucket_name, "enabled": True},
            tags=self._tags("lb"),
            opts=self.child(depends_on=logs.ready),
        )

    def _listener(self, balancer: aws.lb.LoadBalancer, certificate_arn: pulumi.Input[str]) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self.name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=_TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "application/json",
                        "message_body": NOT_FOUND_BODY,
                        "status_code": "404",
                    },
                }
            ],
            tags=self._tags("https"),
            opts=self.child(),
        )

    def _target_groups(self, vpc_id: pulumi.Input[str]) -> dict[str, dict[str, aws.lb.TargetGroup]]:
        return {
            model: {slot: self._target_group(model, slot, vpc_id) for slot in SLOTS}
            for model in self._parsed.models
        }

    def _target_group(self, model: str, slot: str, vpc_id: pulumi.Input[str]) -> aws.lb.TargetGroup:
        parsed = self._parsed
        return aws.lb.TargetGroup(
            f"{self.name}-{model}-{slot}",
            name=target_group_name(
                self.name, model, slot, port=parsed.port, internet_facing=parsed.internet_facing
            ),
            vpc_id=vpc_id,
            port=parsed.port,
            protocol="HTTP",
            target_type="ip",
            deregistration_delay=parsed.deregistration,
            # Generations differ a thousandfold in length: counting requests in flight spreads them better
            # than turns. It excludes slow start, which a replica that is ready only when loaded does not
            # need.
            load_balancing_algorithm_type="least_outstanding_requests",
            stickiness={"type": "lb_cookie", "enabled": False},
            # Out after 30 s: well inside the two minutes after which DNS leaves the region.
            health_check={
                "path": parsed.health_path,
                "protocol": "HTTP",
                "matcher": "200",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            tags=self._tags(f"{model}-{slot}", **{"inferplane:model": model, "inferplane:slot": slot}),
            opts=self.child(),
        )

    def _rules(
        self, listener: aws.lb.Listener, groups: Mapping[str, Mapping[str, aws.lb.TargetGroup]]
    ) -> dict[str, aws.lb.ListenerRule]:
        rules = {}
        for rule in self._parsed.rules:
            slots = groups[rule.model]
            tags = {"inferplane:model": rule.model}
            if rule.test_slot:
                tags["inferplane:slot"] = rule.test_slot
            rules[rule.key] = aws.lb.ListenerRule(
                f"{self.name}-{rule.key}",
                listener_arn=listener.arn,
                priority=rule.priority,
                conditions=conditions(rule, self._parsed.vpc_cidr),
                actions=[
                    {
                        "type": "forward",
                        "forward": {
                            "target_groups": [
                                {"arn": slots[slot].arn, "weight": weight}
                                for slot, weight in rule.weights.items()
                            ]
                        },
                    }
                ],
                tags=self._tags(rule.key, **tags),
                opts=self.child(),
            )
        return rules


def _by_slot(
    groups: Mapping[str, Mapping[str, aws.lb.TargetGroup]], output: str
) -> dict[str, dict[str, pulumi.Output[str]]]:
    return {
        model: {slot: getattr(group, output) for slot, group in slots.items()}
        for model, slots in groups.items()
    }
