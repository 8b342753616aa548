"""The Pod Security Standard "restricted" as a function (Kubernetes documentation, "Pod Security
Standards")."""

from typing import Any

_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(spec: dict[str, Any]) -> list[str]:
    """What of a pod's spec the standard forbids."""
    found = [f"{key} is set" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            found.append(f"volume {volume['name']} is {kinds}")
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        found += [
            f"{container['name']} {what}" for what in _container(container, spec.get("securityContext", {}))
        ]
    return found


def _container(container: dict[str, Any], pod: dict[str, Any]) -> list[str]:
    own = container.get("securityContext", {})
    together = {**pod, **own}
    rules = {
        "is privileged": own.get("privileged", False),
        "may escalate privileges": own.get("allowPrivilegeEscalation") is not False,
        "keeps capabilities": "ALL" not in own.get("capabilities", {}).get("drop", []),
        "adds capabilities": set(own.get("capabilities", {}).get("add", [])) - {"NET_BIND_SERVICE"},
        "may run as root": together.get("runAsNonRoot") is not True or together.get("runAsUser") == 0,
        "has no seccomp profile": together.get("seccompProfile", {}).get("type") not in _SECCOMP,
        "has a host port": any("hostPort" in port for port in container.get("ports", [])),
    }
    return [what for what, broken in rules.items() if broken]
