"""Names and labels of the Kubernetes objects of a model. Pure."""

import re

from inferplane import naming
from inferplane.errors import InferplaneError

__all__ = [
    "ENVIRONMENT_LABEL",
    "MODEL_LABEL",
    "POOL_LABEL",
    "SLOTS",
    "SLOT_LABEL",
    "check_label",
    "model_labels",
    "model_object",
    "slot_labels",
    "slot_object",
    "slot_selector",
]

MODEL_LABEL = "inferplane.dev/model"
SLOT_LABEL = "inferplane.dev/slot"
ENVIRONMENT_LABEL = "inferplane.dev/environment"
POOL_LABEL = "inferplane.dev/pool"

SLOTS = ("blue", "green")

# A pod's name is the Deployment's plus "-<10 characters>-<5>" and becomes its host name, a DNS label of 63
# characters.
_SLOT_OBJECT = naming.DNS_LABEL - 17

# The longest suffix that a model's own objects get ("-fetch-weights").
_MODEL_OBJECT = naming.DNS_LABEL - 14

_LABEL_VALUE = re.compile(r"[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")


def check_label(value: str, where: str) -> str:
    """Return `value` if it can be a label's value and part of a name, else raise InferplaneError."""
    if not _LABEL_VALUE.fullmatch(value):
        raise InferplaneError(
            f"'{value}' can not be used in names and labels",
            where=where,
            allowed="1 to 63 lower-case letters, digits, '-' and '.', a letter or digit at both ends",
        )
    return value


def slot_object(model: str, slot: str) -> str:
    """Return the name of the Deployment, Service, binding, budget and ScaledObject of one slot."""
    return naming.label(f"{model}-{slot}", _SLOT_OBJECT)


def model_object(model: str, what: str = "") -> str:
    """Return the name of an object that both slots of a model share."""
    return f"{naming.label(model, _MODEL_OBJECT)}-{what}" if what else naming.label(model, _MODEL_OBJECT)


def model_labels(environment: str, model: str) -> dict[str, str]:
    """Return the labels of everything that belongs to a model."""
    return {
        "app.kubernetes.io/name": "vllm",
        "app.kubernetes.io/instance": naming.label(model),
        "app.kubernetes.io/component": "model-server",
        "app.kubernetes.io/part-of": "inferplane",
        "app.kubernetes.io/managed-by": "pulumi",
        ENVIRONMENT_LABEL: environment,
        MODEL_LABEL: model,
    }


def slot_labels(environment: str, model: str, slot: str) -> dict[str, str]:
    """Return the labels of everything that belongs to one slot of a model."""
    return {**model_labels(environment, model), SLOT_LABEL: slot}


def slot_selector(model: str, slot: str) -> dict[str, str]:
    """Return the labels that select the pods of one slot; a Deployment's selector can never change."""
    return {MODEL_LABEL: model, SLOT_LABEL: slot}
