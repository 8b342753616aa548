"""The namespace that models run in."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from inferplane.args import check_keys
from inferplane.component import Component
from inferplane.kubernetes.object_names import check_label
from inferplane.kubernetes.render_namespace import namespace_objects

__all__ = ["ModelNamespace", "ModelNamespaceArgs"]


class ModelNamespaceArgs(TypedDict):
    """The namespace's name and what it is part of."""

    namespace: str
    """Name of the namespace; one per environment and cluster."""

    environment: str
    """Environment, for labels."""

    tags: NotRequired[dict[str, str]]
    """Accepted like everywhere; nothing here has tags."""


class ModelNamespace(Component):
    """A namespace with Pod Security "restricted", no network by default, DNS, and a priority for what
    serves."""

    namespace: pulumi.Output[str]
    """Name of the namespace, known when it exists."""

    priority_class_name: pulumi.Output[str]
    """PriorityClass of serving pods. It is cluster-scoped, so it is named after the namespace."""

    def __init__(
        self, name: str, args: ModelNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        where = f"ModelNamespace '{name}'"
        check_keys(args, ModelNamespaceArgs, where)
        check_label(args["namespace"].replace(".", "_"), f"{where}.namespace")  # a namespace has no dots
        check_label(args["environment"], f"{where}.environment")
        super().__init__(name, opts)
        objects = namespace_objects(args["namespace"], args["environment"])
        namespace = k8s.core.v1.Namespace(
            f"{name}-namespace", metadata=objects["namespace"]["metadata"], opts=self.child()
        )
        priority = objects["priority"]
        priority_class = k8s.scheduling.v1.PriorityClass(
            f"{name}-priority",
            metadata=priority["metadata"],
            value=priority["value"],
            global_default=priority["globalDefault"],
            preemption_policy=priority["preemptionPolicy"],
            description=priority["description"],
            opts=self.child(),
        )
        for what in ("default-deny", "allow-dns"):
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{what}",
                metadata=objects[what]["metadata"],
                spec=objects[what]["spec"],
                opts=self.child(depends_on=[namespace]),
            )
        self.namespace = namespace.metadata.apply(lambda metadata: str(metadata.name))
        self.priority_class_name = priority_class.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"namespace": self.namespace, "priority_class_name": self.priority_class_name})
