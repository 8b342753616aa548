"""A container runs exactly what was reviewed: its image is named by digest."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "CronJob")


def _containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    pod = spec
    for step in ("jobTemplate", "spec", "template", "spec"):
        pod = pod.get(step) or pod
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from pod.get(field) or []


def _validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if not args.resource_type.startswith("kubernetes:") or args.props.get("kind") not in _KINDS:
        return
    for container in _containers(args.props.get("spec") or {}):
        if "@sha256:" not in str(container.get("image", "")):
            report(
                f"container '{container.get('name')}' runs {container.get('image')}: name it by digest (@sha256:...)"
            )


pinned_images = ResourceValidationPolicy(
    name="pinned-images",
    description="Containers run images named by digest.",
    enforcement_level=EnforcementLevel.MANDATORY,
    validate=_validate,
)
