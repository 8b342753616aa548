"""Identifiers of what is already there in an AWS account, and versions of EKS. Pure."""

import re
from typing import Annotated

from inferplane.spec.text import Form

__all__ = [
    "CertificateArn",
    "ClusterName",
    "KubernetesVersion",
    "ReservationId",
    "RoleArn",
    "SubnetId",
    "VpcId",
    "WebAclArn",
]

# Resource ids have 8 or 17 hexadecimal digits ("Amazon EC2 resource IDs").
VpcId = Annotated[
    str,
    Form(
        r"vpc-[0-9a-f]{8,17}", "is not a VPC id", "vpc- and 8 to 17 hexadecimal digits", "write the VPC's id"
    ),
]
SubnetId = Annotated[
    str,
    Form(
        r"subnet-[0-9a-f]{8,17}",
        "is not a subnet id",
        "subnet- and 8 to 17 hexadecimal digits",
        "write the subnet's id",
    ),
]
ReservationId = Annotated[
    str,
    Form(
        r"cr-[0-9a-f]{8,17}",
        "is not a capacity reservation id",
        "cr- and 8 to 17 hexadecimal digits",
        "write the id that `aws ec2 describe-capacity-reservations` shows",
    ),
]

_PARTITION = r"arn:aws(?:-cn|-us-gov)?"
RoleArn = Annotated[
    str,
    Form(
        rf"{_PARTITION}:iam::[0-9]{{12}}:role/[A-Za-z0-9+=,.@_/-]{{1,512}}",
        "is not the ARN of an IAM role",
        "arn:aws:iam::<account>:role/<name>",
        "write the role's ARN; for an assumed-role session or a user, the role behind it",
    ),
]
CertificateArn = Annotated[
    str,
    Form(
        rf"{_PARTITION}:acm:[a-z0-9-]+:[0-9]{{12}}:certificate/[A-Za-z0-9-]+",
        "is not the ARN of an ACM certificate",
        "arn:aws:acm:<region>:<account>:certificate/<id>",
        "write the certificate's ARN, or leave it out: one is made and validated through hosted_zone",
    ),
]
WebAclArn = Annotated[
    str,
    Form(
        rf"{_PARTITION}:wafv2:[a-z0-9-]+:[0-9]{{12}}:regional/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+",
        "is not the ARN of a regional web ACL",
        "arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>",
        "write the ARN of a web ACL of scope REGIONAL (CLOUDFRONT ones can not protect a load balancer)",
    ),
]
ClusterName = Annotated[
    str,
    Form(
        r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",  # eks CreateCluster, name
        "is not the name of an EKS cluster",
        "1 to 100 letters, digits, hyphens and underscores",
        "write the name that `aws eks list-clusters` shows, not the ARN",
        100,
    ),
]
KubernetesVersion = Annotated[
    str,
    Form(
        r"1\.[0-9]{2}",
        "is not a Kubernetes version of EKS",
        'a minor version in quotes, e.g. "1.35"',
        'write major and minor only, in quotes, e.g. "1.35"',
        mend=lambda value: f'write "{match[1]}"' if (match := re.match(r"v?(1\.[0-9]{2})", value)) else "",
    ),
]
