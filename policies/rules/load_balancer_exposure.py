"""A balancer is internal unless somebody decided otherwise, and refuses malformed requests."""

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy


def _validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == "aws:lb/loadBalancer:LoadBalancer":
        if not args.props.get("dropInvalidHeaderFields"):
            report(
                "dropInvalidHeaderFields is off: malformed headers reach the model servers (request smuggling)"
            )
        if not (args.props.get("accessLogs") or {}).get("enabled"):
            report("access logs are off: an incident could not be reconstructed")
    if args.resource_type == "aws:lb/listener:Listener" and args.props.get("protocol") == "HTTP":
        forwards = [a for a in args.props.get("defaultActions") or [] if a.get("type") == "forward"]
        if forwards:
            report(
                "a plain-text listener forwards requests; prompts and API keys would cross the network unencrypted"
            )


load_balancer_exposure = ResourceValidationPolicy(
    name="load-balancer-exposure",
    description="Balancers speak TLS, drop malformed headers and keep access logs.",
    enforcement_level=EnforcementLevel.MANDATORY,
    validate=_validate,
)
