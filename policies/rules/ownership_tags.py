"""What costs money says who owns it."""

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy

REQUIRED = ("inferplane:environment", "inferplane:owner", "inferplane:cost-centre")

# The types that dominate a bill, or that page somebody.
_TYPES = {
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/vpc:Vpc",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:s3/bucket:Bucket",
}


def _validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type not in _TYPES:
        return
    tags = {**(args.props.get("tagsAll") or {}), **(args.props.get("tags") or {})}
    missing = [tag for tag in REQUIRED if not tags.get(tag)]
    if missing:
        report(f"missing tags: {', '.join(missing)}; without them nobody is called and nobody pays")


ownership_tags = ResourceValidationPolicy(
    name="ownership-tags",
    description="Resources that cost money or page somebody carry environment, owner and cost centre.",
    enforcement_level=EnforcementLevel.MANDATORY,
    validate=_validate,
)
