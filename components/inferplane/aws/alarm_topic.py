"""The topic through which CloudWatch alarms reach people."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane import naming
from inferplane.args import check_keys
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["AlarmTopic", "AlarmTopicArgs"]


class AlarmTopicArgs(TypedDict):
    """Who is told of alarms."""

    emails: NotRequired[list[str]]
    """Addresses that get every alarm, once they have confirmed the subscription."""
    tags: NotRequired[dict[str, str]]
    """Tags of every resource."""


class AlarmTopic(Component):
    """An SNS topic under its own KMS key: only this account's CloudWatch alarms publish, over TLS only.

    Other subscribers (a pager, a chat) are subscribed to `topic_arn` by their owners.
    """

    topic_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        where = f"AlarmTopic '{name}'"
        check_keys(args, AlarmTopicArgs, where)
        emails = list(dict.fromkeys(args.get("emails", [])))
        for email in emails:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
                raise InferplaneError(f"'{email}' is not an e-mail address", where=f"{where}.emails")
        super().__init__(name, opts)
        tags = {**args.get("tags", {}), "Name": f"{name}-alarms"}
        invoke = pulumi.InvokeOptions(parent=self)
        here = pulumi.Output.all(
            partition=aws.get_partition_output(opts=invoke).partition,
            region=aws.get_region_output(opts=invoke).region,
            account=aws.get_caller_identity_output(opts=invoke).account_id,
        )
        # CloudWatch can not publish to a topic under the key that AWS manages for SNS: its policy can not be
        # changed. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Alarm notifications of {name}",
            enable_key_rotation=True,
            policy=here.apply(lambda known: _key_policy(**known)),
            tags=tags,
            opts=self.child(),
        )
        aws.kms.Alias(
            f"{name}-key-alias",
            name=f"alias/{naming.label(f'{name}-alarms', 200)}",
            target_key_id=key.key_id,
            opts=self.child(),
        )
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=naming.label(f"{name}-alarms", naming.SNS_TOPIC),
            kms_master_key_id=key.arn,
            tags=tags,
            opts=self.child(),
        )
        aws.sns.TopicPolicy(
            f"{name}-topic-policy",
            arn=topic.arn,
            policy=pulumi.Output.all(here, topic.arn).apply(
                lambda known: _topic_policy(topic=known[1], **known[0])
            ),
            opts=self.child(),
        )
        for email in emails:
            aws.sns.TopicSubscription(
                f"{name}-to-{naming.label(email)}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=self.child(),
            )
        self.topic_arn = topic.arn
        self.key_arn = key.arn
        self.register_outputs({"topic_arn": self.topic_arn, "key_arn": self.key_arn})


def _only_alarms(partition: str, region: str, account: str) -> dict[str, Any]:
    """The alarms of this account and region: another account's CloudWatch is the same service principal."""
    return {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:cloudwatch:{region}:{account}:alarm:*"},
    }


def _key_policy(*, partition: str, region: str, account: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    # Without it nobody could ever administer the key again (KMS developer guide, "Default key
                    # policy").
                    "Sid": "AccountAdministersByIam",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "AlarmsEncrypt",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "Resource": "*",
                    "Condition": _only_alarms(partition, region, account),
                },
            ],
        }
    )


def _topic_policy(*, topic: str, partition: str, region: str, account: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AlarmsPublish",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": topic,
                    "Condition": _only_alarms(partition, region, account),
                },
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sns:Publish",
                    "Resource": topic,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
