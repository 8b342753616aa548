"""One model as two slots of vLLM replicas."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from inferplane.aws.model_weights_role import ModelWeightsRole, ModelWeightsRoleArgs
from inferplane.component import Component
from inferplane.kubernetes.live_change_hook import live_change_guard
from inferplane.kubernetes.object_names import SLOTS, model_labels, model_object
from inferplane.kubernetes.render_model import model_network_policy, model_objects
from inferplane.kubernetes.render_pod import grace_seconds
from inferplane.kubernetes.render_slot import (
    deployment,
    disruption_budget,
    progress_deadline_seconds,
    service,
    target_group_binding,
)
from inferplane.kubernetes.slot import Slot
from inferplane.kubernetes.vllm_service_arguments import VllmServiceArgs, VllmSlotArgs, parse_slots

__all__ = ["VllmService", "VllmServiceArgs", "VllmSlotArgs"]

# A rollout goes replica by replica; the Deployment's own progress deadline ends one that is stuck, so this
# only has to be larger than any real one (in multiples of that deadline).
_ROLLOUT_REPLICAS = 16

_KEY_BYTES = 32  # 256 bits, as for any bearer token


class VllmService(Component):
    """A model's slots with their Deployments, Services, bindings and budgets, and what both share.

    A change that would restart the replicas of a slot that carries traffic is refused in previews and
    updates. A protected slot can not be deleted or replaced while it serves, not even with its model or its
    stack: set its `protected` to false and update first, or run `pulumi state unprotect`.
    """

    deployment_names: dict[str, pulumi.Output[str]]
    """Name of the Deployment by slot."""

    service_names: dict[str, pulumi.Output[str]]
    """Name of the headless Service by slot."""

    service_account_name: pulumi.Output[str]
    """ServiceAccount of the pods."""

    api_key: pulumi.Output[str]
    """The key that clients present; a secret."""

    weights_role_arn: pulumi.Output[str] | None
    """Role that reads the weights; None without `cluster_name`."""

    def __init__(self, name: str, args: VllmServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        slots = parse_slots(name, args)
        super().__init__(name, opts)
        self._args = args
        shared = self._declare_shared(slots)
        self.deployment_names, self.service_names = {}, {}
        for slot_name, slot in slots.items():
            self._declare_slot(slot_name, slot, slots, shared)
        self.register_outputs(
            {
                "deployment_names": self.deployment_names,
                "service_names": self.service_names,
                "service_account_name": self.service_account_name,
                "api_key": self.api_key,
                "weights_role_arn": self.weights_role_arn,
            }
        )

    def _declare_shared(self, slots: Mapping[str, Slot]) -> list[pulumi.Resource]:
        """Declare what both slots need before their pods start."""
        args, name = self._args, self.name
        namespace, environment, model = args["namespace"], args["environment"], args["model"]
        objects = model_objects(namespace=namespace, environment=environment, model=model)
        account = k8s.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=objects["service-account"]["metadata"],
            automount_service_account_token=False,
            opts=self.child(),
        )
        script = k8s.core.v1.ConfigMap(
            f"{name}-fetch-weights",
            metadata=objects["fetch-weights"]["metadata"],
            data=objects["fetch-weights"]["data"],
            opts=self.child(),
        )
        key = self._declare_api_key()
        policy = k8s.networking.v1.NetworkPolicy(
            f"{name}-network-policy",
            metadata=self._network_policy(None)["metadata"],
            spec=pulumi.Output.from_input(args["s3_cidrs"]).apply(
                lambda cidrs: self._network_policy(cidrs)["spec"]
            )
            if "s3_cidrs" in args
            else self._network_policy(None)["spec"],
            opts=self.child(),
        )
        shared: list[pulumi.Resource] = [account, script, key, policy]
        self.weights_role_arn = None
        if "cluster_name" in args:
            role = ModelWeightsRole(name, self._role_args(slots), self.child())
            self.weights_role_arn = role.role_arn
            shared.append(role)
        self.service_account_name = account.metadata.apply(lambda metadata: str(metadata.name))
        return shared

    def _declare_api_key(self) -> k8s.core.v1.Secret:
        args = self._args
        given = args.get("api_key")
        value = pulumi.Output.secret(secrets.token_urlsafe(_KEY_BYTES) if given is None else given)
        secret = k8s.core.v1.Secret(
            f"{self.name}-api-key",
            metadata={
                "name": model_object(args["model"], "api-key"),
                "namespace": args["namespace"],
                "labels": model_labels(args["environment"], args["model"]),
            },
            data={"api-key": value.apply(lambda text: base64.b64encode(text.encode()).decode())},
            opts=self.child(
                # A generated key stays what it was at the first update.
                ignore_changes=["data"] if given is None else [],
                additional_secret_outputs=["data"],
            ),
        )
        self.api_key = pulumi.Output.secret(
            secret.data.apply(lambda data: base64.b64decode((data or {})["api-key"]).decode())
        )
        return secret

    def _network_policy(self, s3_cidrs: list[str] | None) -> dict[str, Any]:
        return model_network_policy(
            namespace=self._args["namespace"],
            environment=self._args["environment"],
            model=self._args["model"],
            vpc_cidr=self._args["vpc_cidr"],
            monitoring_namespace=self._args.get("monitoring_namespace", "monitoring"),
            s3_cidrs=s3_cidrs,
        )

    def _role_args(self, slots: Mapping[str, Slot]) -> ModelWeightsRoleArgs:
        args: ModelWeightsRoleArgs = {
            "weights_uris": [slot.weights_uri for slot in slots.values()],
            "cluster_name": self._args["cluster_name"],
            "namespace": self._args["namespace"],
            "service_account": model_object(self._args["model"]),
            "tags": self._args.get("tags", {}),
        }
        if "weights_kms_key_arn" in self._args:
            args["kms_key_arn"] = self._args["weights_kms_key_arn"]
        return args

    def _declare_slot(
        self, slot_name: str, slot: Slot, slots: Mapping[str, Slot], shared: list[pulumi.Resource]
    ) -> None:
        args = self._args
        name = f"{self.name}-{slot_name}"
        where = {
            "namespace": args["namespace"],
            "environment": args["environment"],
            "model": args["model"],
            "slot_name": slot_name,
        }
        rendered = service(**where)
        endpoints = k8s.core.v1.Service(
            f"{name}-service", metadata=rendered["metadata"], spec=rendered["spec"], opts=self.child()
        )
        before: list[pulumi.Resource] = [*shared, endpoints]
        if "target_group_arns" in args:
            rendered = target_group_binding(**where)
            # The readiness gate is put into pods when they are made, for the bindings that are there then.
            before.append(
                k8s.apiextensions.CustomResource(
                    f"{name}-binding",
                    api_version=rendered["apiVersion"],
                    kind=rendered["kind"],
                    metadata=rendered["metadata"],
                    spec={**rendered["spec"], "targetGroupARN": args["target_group_arns"][slot_name]},
                    opts=self.child(depends_on=[endpoints]),
                )
            )
        rendered = deployment(slot, **where, priority_class=args.get("priority_class_name"))
        replicas = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=rendered["metadata"],
            spec=rendered["spec"],
            opts=self.child(
                depends_on=before,
                # The autoscaler's, from the first second on.
                ignore_changes=["spec.replicas"],
                protect=True if slot.serving and slot.protected else None,
                hooks=self._guard(slot_name, slots) if slot.serving else None,
                custom_timeouts=_timeouts(slot),
            ),
        )
        rendered = disruption_budget(**where)
        k8s.policy.v1.PodDisruptionBudget(
            f"{name}-budget", metadata=rendered["metadata"], spec=rendered["spec"], opts=self.child()
        )
        self.deployment_names[slot_name] = replicas.metadata.apply(lambda metadata: str(metadata.name))
        self.service_names[slot_name] = endpoints.metadata.apply(lambda metadata: str(metadata.name))

    def _guard(self, slot_name: str, slots: Mapping[str, Slot]) -> pulumi.ResourceHookBinding | None:
        if self._args.get("allow_live_changes", False):
            return None
        other = SLOTS[1 - SLOTS.index(slot_name)]
        guard = live_change_guard(
            self.name,
            model=self._args["model"],
            slot=slot_name,
            other=other,
            other_serving=other in slots and slots[other].serving,
        )
        return pulumi.ResourceHookBinding(before_update=[guard])


def _timeouts(slot: Slot) -> pulumi.CustomTimeouts:
    deadline = progress_deadline_seconds(slot)
    return pulumi.CustomTimeouts(
        create=f"{deadline + 60}s",
        update=f"{deadline * _ROLLOUT_REPLICAS}s",
        delete=f"{grace_seconds(slot) + 60}s",
    )
