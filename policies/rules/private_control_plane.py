"""An EKS API endpoint is private, or public to named networks only."""

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy

_EVERYBODY = {"0.0.0.0/0", "::/0"}


def _validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type != "aws:eks/cluster:Cluster":
        return
    network = args.props.get("vpcConfig") or {}
    if not network.get("endpointPrivateAccess"):
        report(
            "the private endpoint is off: nodes would reach the API over the internet; set endpointPrivateAccess"
        )
    # AWS's own default is a public endpoint open to everybody: absent means on.
    if network.get("endpointPublicAccess", True):
        cidrs = network.get("publicAccessCidrs") or sorted(_EVERYBODY)
        if _EVERYBODY & set(cidrs):
            report(
                "the API endpoint is public to the whole internet; turn endpointPublicAccess off, or list the networks "
                "that may reach it in publicAccessCidrs"
            )


private_control_plane = ResourceValidationPolicy(
    name="private-control-plane",
    description="An EKS API endpoint is private, or public to named networks only.",
    enforcement_level=EnforcementLevel.MANDATORY,
    validate=_validate,
)
