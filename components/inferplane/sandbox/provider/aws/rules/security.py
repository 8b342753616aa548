"""Rules of IAM, KMS, ACM, Secrets Manager and WAF.

Unique id prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

from typing import Any, Final

from ..draft import Draft, Fields, Rule, Template
from .eks import CREATED_AT

KEY: Final = "aws:kms/key:Key"
ALIAS: Final = "aws:kms/alias:Alias"
ROLE: Final = "aws:iam/role:Role"


def _iam_arn(kind: str) -> str:
    return f"arn:{{partition}}:iam::{{account}}:{kind}"


def _path_arn(kind: str) -> Any:
    """The ARN of an IAM entity, whose optional path stands before its name."""

    def arn(draft: Draft, _: Fields) -> str:
        path = str(draft.inputs.get("path") or "/")
        return f"arn:{draft.partition}:iam::{draft.account}:{kind}{path}{draft.name}"

    return arn


def _entity(kind: str, prefix: str, *, unique: str = "uniqueId", by_arn: bool = False) -> Rule:
    dated: dict[str, Template] = {"createDate": CREATED_AT} if kind in {"role", "instance-profile"} else {}
    return Rule(
        id="{arn}" if by_arn else "{name}",
        arn=_path_arn(kind),
        outputs={unique: f"{prefix}{{base32:17}}", "path": "/", **dated},
    )


def _issuer_host(draft: Draft, _: Fields) -> str:
    host = str(draft.inputs.get("url", "")).removeprefix("https://")
    return f"arn:{draft.partition}:iam::{draft.account}:oidc-provider/{host}"


def _target_key(draft: Draft, _: Fields) -> str:
    key = draft.referred(draft.inputs.get("targetKeyId"), KEY)
    return key.arn if key else ""


def _validation_options(draft: Draft, _: Fields) -> list[dict[str, str]]:
    """One DNS record per name; a wildcard shares the record of its parent domain."""
    domain = str(draft.inputs.get("domainName", ""))
    names = dict.fromkeys([domain, *(draft.inputs.get("subjectAlternativeNames") or [])])
    options = []
    for name in names:
        base = name.removeprefix("*.")
        options.append(
            {
                "domainName": name,
                "resourceRecordName": f"_{draft.tokens.hex(32, 'record' + base)}.{base}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{draft.tokens.hex(32, 'value' + base)}.acm-validations.aws.",
            }
        )
    return options


def _alternative_names(draft: Draft, _: Fields) -> list[str]:
    domain = str(draft.inputs.get("domainName", ""))
    return list(dict.fromkeys([domain, *(draft.inputs.get("subjectAlternativeNames") or [])]))


def _web_acl_arn(kind: str) -> Any:
    def arn(draft: Draft, _: Fields) -> str:
        level = "global" if draft.inputs.get("scope") == "CLOUDFRONT" else "regional"
        return (
            f"arn:{draft.partition}:wafv2:{draft.region}:{draft.account}:{level}/{kind}/{draft.name}/"
            f"{draft.tokens.uuid('id')}"
        )

    return arn


RULES: Final = {
    ROLE: _entity("role", "AROA"),
    "aws:iam/user:User": _entity("user", "AIDA"),
    "aws:iam/group:Group": _entity("group", "AGPA"),
    "aws:iam/policy:Policy": _entity("policy", "ANPA", unique="policyId", by_arn=True),
    "aws:iam/instanceProfile:InstanceProfile": _entity("instance-profile", "AIPA"),
    "aws:iam/rolePolicy:RolePolicy": Rule(id="{given[role]}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Rule(id="{given[role]}/{given[policyArn]}"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Rule(
        id="{arn}",
        arn=_issuer_host,
        outputs={"thumbprintLists": lambda draft, _: [draft.tokens.hex(40, "thumbprint")]},
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": Rule(
        id="{arn}",
        arn=_iam_arn("role/aws-service-role/{given[awsServiceName]}/{name}"),
        outputs={
            "name": "AWSServiceRole-{hex:8}",
            "path": "/aws-service-role/{given[awsServiceName]}/",
            "uniqueId": "AROA{base32:17}",
            "createDate": CREATED_AT,
        },
    ),
    KEY: Rule(
        id="{uuid}",
        arn="arn:{partition}:kms:{region}:{account}:key/{id}",
        outputs={
            "keyId": "{id}",
            "keyUsage": "ENCRYPT_DECRYPT",
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        },
    ),
    ALIAS: Rule(
        id="{name}",
        arn="arn:{partition}:kms:{region}:{account}:{name}",
        outputs={"targetKeyArn": _target_key},
    ),
    "aws:acm/certificate:Certificate": Rule(
        id="{arn}",
        arn="arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
        outputs={
            "domainValidationOptions": _validation_options,
            "subjectAlternativeNames": _alternative_names,
            "status": "PENDING_VALIDATION",
            "type": "AMAZON_ISSUED",
            "validationMethod": "NONE",
            "keyAlgorithm": "RSA_2048",
            "renewalEligibility": "INELIGIBLE",
            "validationEmails": lambda *_: [],
        },
    ),
    # The time of issue; stacks that share an account and region have several.
    "aws:acm/certificateValidation:CertificateValidation": Rule(id="2026-01-01T00:00:00.{digits:9}Z"),
    "aws:secretsmanager/secret:Secret": Rule(
        id="{arn}", arn="arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{base32:6}"
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Rule(
        id="{given[secretId]}|{versionId}",
        outputs={
            "versionId": "{uuid}",
            "arn": "{given[secretId]}",
            "secretArn": "{given[secretId]}",
            "versionStages": lambda *_: ["AWSCURRENT"],
        },
    ),
    "aws:wafv2/webAcl:WebAcl": Rule(
        id="{uuid}", arn=_web_acl_arn("webacl"), outputs={"capacity": lambda *_: 1, "lockToken": "{uuid}"}
    ),
    "aws:wafv2/ipSet:IpSet": Rule(id="{uuid}", arn=_web_acl_arn("ipset"), outputs={"lockToken": "{uuid}"}),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Rule(id="{given[webAclArn]},{given[resourceArn]}"),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Rule(id="{given[resourceArn]}"),
}
