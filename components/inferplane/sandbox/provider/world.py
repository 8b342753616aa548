"""What exists outside of the program: the optional `world.json` of a sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inferplane.errors import InferplaneError

# The account number that AWS itself uses in its documentation.
DEFAULT_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class World:
    """The parts of the pretend cloud that no program of this sandbox made.

    `ssm_parameters`: region -> name -> value. `hosted_zones`: domain -> zone id. `existing`: ids, ARNs and
    names that may be referred to. `shuffle_target_groups`: reads return a forward action's target groups in
    another order.
    """

    account: str = DEFAULT_ACCOUNT
    ssm_parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hosted_zones: Mapping[str, str] = field(default_factory=dict)
    existing: frozenset[str] = frozenset()
    shuffle_target_groups: bool = False

    @classmethod
    def load(cls, sandbox: Path) -> World:
        """The world of a sandbox directory; raises InferplaneError for a file that can not be read."""
        file = sandbox / "world.json"
        if not file.exists():
            return cls()
        try:
            raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InferplaneError(f"not valid JSON: {error}", where=str(file)) from error
        allowed = {"ssm_parameters", "hosted_zones", "existing", "account", "shuffle_target_groups"}
        if not isinstance(raw, dict) or not set(raw) <= allowed:
            raise InferplaneError(
                "must be an object with known keys", where=str(file), allowed=", ".join(sorted(allowed))
            )
        zones = {name.rstrip("."): zone["zone_id"] for name, zone in raw.get("hosted_zones", {}).items()}
        return cls(
            account=str(raw.get("account", DEFAULT_ACCOUNT)),
            ssm_parameters=raw.get("ssm_parameters", {}),
            hosted_zones=zones,
            existing=frozenset(raw.get("existing", [])) | frozenset(zones.values()),
            shuffle_target_groups=bool(raw.get("shuffle_target_groups", False)),
        )
