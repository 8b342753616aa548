"""Instances answer IMDSv2 only and their volumes are encrypted."""

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy


def _validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type != "aws:ec2/launchTemplate:LaunchTemplate":
        return
    if (args.props.get("metadataOptions") or {}).get("httpTokens") != "required":
        report(
            "metadataOptions.httpTokens is not 'required': a forged request could read the node's credentials"
        )
    for index, mapping in enumerate(args.props.get("blockDeviceMappings") or []):
        volume = mapping.get("ebs")
        # AWS takes the flag as a string here ("true") and as a boolean elsewhere.
        if volume is not None and str(volume.get("encrypted", "")).lower() != "true":
            report(f"blockDeviceMappings[{index}].ebs is not encrypted; set encrypted")


instance_security = ResourceValidationPolicy(
    name="instance-security",
    description="Instances answer IMDSv2 only and their volumes are encrypted.",
    enforcement_level=EnforcementLevel.MANDATORY,
    validate=_validate,
)
