"""A TLS certificate for the host names of models, validated by DNS."""

import re
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from inferplane.args import check_keys
from inferplane.component import Component
from inferplane.errors import InferplaneError

__all__ = ["Certificate", "CertificateArgs"]

# ACM API reference, RequestCertificate, DomainName: the first name becomes the common name, 64 octets at
# most; ACM quotas: ten names a certificate by default.
_COMMON_NAME_CHARACTERS = 64
_MOST_NAMES = 10
_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class CertificateArgs(TypedDict):
    """The names that the certificate covers, and where they are proved."""

    domain: str
    """First name, at most 64 characters. A wildcard ("*.us-east-1.llm.example.com") covers every model of a
    region, so that a new model never replaces the certificate."""
    alternative_names: NotRequired[list[str]]
    """Further names, at most nine, e.g. the wildcard of the global domain."""
    zone_name: str
    """Name of the public Route 53 hosted zone that holds all names; also for names that resolve privately."""
    keep_proofs: NotRequired[bool]
    """Whether the validation records stay in the zone on destroy. Default: true, since certificates of the
    same names in other regions of the account share them, and renew by them. False for one region alone."""
    tags: NotRequired[dict[str, str]]
    """Tags of the certificate."""


class Certificate(Component):
    """An ACM certificate that is usable once `certificate_arn` is known; it renews itself."""

    certificate_arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        names = _parse(name, args)
        super().__init__(name, opts)
        certificate = aws.acm.Certificate(
            f"{name}-certificate",
            domain_name=names[0],
            subject_alternative_names=names[1:],
            validation_method="DNS",
            tags={**args.get("tags", {}), "Name": name},
            opts=self.child(),
        )
        zone = aws.route53.get_zone_output(
            name=args["zone_name"], private_zone=False, opts=pulumi.InvokeOptions(parent=self)
        )
        records = []
        # A name and its wildcard are proved by one record.
        for proved in dict.fromkeys(each.removeprefix("*.") for each in names):
            option = certificate.domain_validation_options.apply(
                lambda options, proved=proved: next(  # type: ignore[misc]
                    (o for o in options if o.domain_name.removeprefix("*.") == proved), options[0]
                )
            )
            records.append(
                aws.route53.Record(
                    f"{name}-proof-{proved}",
                    zone_id=zone.zone_id,
                    name=option.resource_record_name,
                    type=option.resource_record_type,
                    records=[option.resource_record_value],
                    ttl=300,
                    # Another region's certificate of the same name may have put the same record there.
                    allow_overwrite=True,
                    opts=self.child(retain_on_delete=args.get("keep_proofs", True)),
                )
            )
        validation = aws.acm.CertificateValidation(
            f"{name}-validated",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            opts=self.child(),
        )
        self.certificate_arn = validation.certificate_arn
        self.register_outputs({"certificate_arn": self.certificate_arn})


def _parse(name: str, args: CertificateArgs) -> list[str]:
    where = f"Certificate '{name}'"
    check_keys(args, CertificateArgs, where)
    zone = args["zone_name"]
    names = list(dict.fromkeys([args["domain"], *args.get("alternative_names", [])]))
    if len(names) > _MOST_NAMES:
        raise InferplaneError(
            f"{len(names)} names",
            where=f"{where}.alternative_names",
            allowed=f"at most {_MOST_NAMES} in all",
            fix="use wildcards",
        )
    for each in names:
        if not _NAME.fullmatch(each):
            raise InferplaneError(
                f"'{each}' is not a name of a certificate",
                where=where,
                allowed="lower-case DNS names, with '*.' in front for a wildcard",
            )
        if not f".{each.removeprefix('*.')}".endswith(f".{zone}"):
            raise InferplaneError(
                f"'{each}' is not in the zone '{zone}'",
                where=f"{where}.zone_name",
                fix="name the public hosted zone that holds it",
            )
    if len(names[0]) > _COMMON_NAME_CHARACTERS:
        raise InferplaneError(
            f"'{names[0]}' has {len(names[0])} characters",
            where=f"{where}.domain",
            allowed=f"at most {_COMMON_NAME_CHARACTERS}",
            fix="put a shorter name first and this one into alternative_names",
        )
    return names
