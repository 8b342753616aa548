"""The package `aws` as a whole: ties schemas, names, tags, rules, references and invokes together."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ..cloud import CloudResource, Reference
from ..diff import Difference
from ..naming import NameTooLongError
from ..package import CheckContext, CloudError, Made, Package, Subject
from ..schema import ResourceSchema, Schemas, UnknownTypeError
from ..tokens import Tokens
from ..validation import Failure, check_shape
from ..values import UNKNOWN, Path, known, plain
from . import dependents, references, replacement
from .draft import Draft
from .naming import auto_name
from .outputs import make
from .rules import elb, rule_of
from .rules.network import SECURITY_GROUP
from .tags import ProviderConfig, with_region_and_tags

# Properties that are JSON texts wherever they are strings.
_JSON: Final = frozenset(
    {"policy", "assumeRolePolicy", "redrivePolicy", "redriveAllowPolicy", "dashboardBody"}
)
_REGION: Final = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
# Names that are unique in a region although ids and ARNs carry random digits.
_UNIQUE_NAMES: Final = frozenset(
    {
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "aws:wafv2/ipSet:IpSet",
        "aws:wafv2/webAcl:WebAcl",
        SECURITY_GROUP,
    }
)
# Outputs that a service counts up with each update.
_COUNTERS: Final = {
    "aws:ec2/launchTemplate:LaunchTemplate": frozenset({"latestVersion", "defaultVersion"}),
    "aws:ssm/parameter:Parameter": frozenset({"version"}),
}


class AwsPackage(Package):
    """AWS in one account; one instance serves one `aws.Provider` (one region by default)."""

    name = "aws"
    config = ProviderConfig()

    @functools.cached_property
    def schemas(self) -> Schemas:
        """The types of the installed pulumi-aws."""
        return Schemas("pulumi_aws")

    # --- configuration

    def check_config(self, inputs: dict[str, Any]) -> list[Failure]:
        """Unknown settings, and a region that is missing or no region's name."""
        shape = self.schemas.provider_inputs
        names = {key for key in inputs if not key.startswith("__")} - {"version", "pluginDownloadURL"}
        failures = [
            failure
            for failure in check_shape(dict.fromkeys(names, UNKNOWN), shape)
            if failure.path[-1] in names
        ]
        region = plain(inputs.get("region"))
        if region is None:
            failures.append(Failure(("region",), "no region: set `aws:region` in the stack's configuration"))
        elif isinstance(region, str) and not _REGION.match(region):
            failures.append(Failure(("region",), f"{region!r} is no AWS region (such as us-east-1)"))
        return failures

    def configure(self, inputs: dict[str, Any]) -> None:
        """Take region and default tags."""
        self.config = ProviderConfig.parse(inputs)

    # --- checks

    def check(
        self, subject: Subject, inputs: dict[str, Any], context: CheckContext
    ) -> tuple[dict[str, Any], list[Failure]]:
        """Validate, then name, tag and place the resource."""
        try:
            schema = self.schemas.resource(subject.type)
        except UnknownTypeError as error:
            raise CloudError(str(error)) from error
        failures = list(check_shape(inputs, schema.inputs))
        failures += self._check_json(inputs)
        if failures:
            return inputs, failures
        filled = with_region_and_tags(schema, inputs, self.config)
        rule = auto_name(schema, inputs)
        if rule is not None and not context.naming_disabled:
            old = plain(context.olds.get(rule.property))
            if isinstance(old, str) and rule.property in (context.olds.get("__defaults") or []):
                filled[rule.property] = old
            else:
                try:
                    filled[rule.property] = context.proposed_name or rule.make(
                        subject.name, context.random_seed
                    )
                except NameTooLongError as error:
                    failures.append(Failure((rule.property,), str(error)))
            filled["__defaults"] = [rule.property]
        return filled, failures

    def _check_json(self, inputs: Mapping[str, Any]) -> list[Failure]:
        failures = []
        for name in _JSON & inputs.keys():
            text = plain(inputs[name])
            if isinstance(text, str):
                try:
                    json.loads(text)
                except ValueError as error:
                    failures.append(Failure((name,), f"must be a JSON text: {error}"))
        return failures

    # --- differences

    def is_set(self, token: str, path: Path) -> bool:
        """Whether the service keeps this list without an order."""
        return replacement.is_set(path)

    def forces_replacement(self, token: str, difference: Difference, new: dict[str, Any]) -> bool:
        """By the table of replacing properties."""
        return replacement.forces_replacement(token, difference.path)

    def keeps_name(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """A given name would be taken while the old resource lives (an automatic one is made anew)."""
        name = "bucket" if "bucket" in new else "name"
        if name in (new.get("__defaults") or []):
            return False
        return new.get(name) is not None and plain(new.get(name)) == plain(old.get(name))

    # --- resources

    def scope(self, token: str, state: Mapping[str, Any]) -> str:
        """The region, or nothing for global services (whose types have no `region`)."""
        if "region" not in self.schemas.resource(token).inputs.properties:
            return ""
        region = plain(state.get("region"))
        return region if isinstance(region, str) and region else self.config.region

    def make(
        self, subject: Subject, inputs: dict[str, Any], seed: str, previous: CloudResource | None
    ) -> Made:
        """Compute ids, ARNs and outputs; refuse a name that is taken."""
        schema = self.schemas.resource(subject.type)
        opened = known(inputs)
        scope = self.scope(subject.type, opened)
        tokens = Tokens(f"{seed}|{self.world.account}|{scope}")
        own_name = self._own_name(schema, opened, tokens)
        draft = Draft(
            type=subject.type,
            name=own_name or subject.name,
            inputs=opened,
            region=scope or self.config.region,
            account=self.world.account,
            tokens=tokens,
            cloud=self.cloud,
            previous=previous,
        )
        given = {key: value for key, value in inputs.items() if not key.startswith("__")}
        made = make(draft, schema, given, own_name)
        self._refuse_taken(subject, draft, made.arn if rule_of(subject.type).arn else "", scope)
        return Made(made.id, made.arn, own_name or "", scope, draft.region, made.outputs, made.identities)

    def _own_name(self, schema: ResourceSchema, inputs: dict[str, Any], tokens: Tokens) -> str | None:
        for name in ("bucket", "name", "nodeGroupName"):
            declared = schema.inputs.properties.get(name)
            if declared is None or (name == "bucket" and declared.required):
                continue
            if isinstance(inputs.get(name), str):
                return str(inputs[name])
            if prefix := inputs.get(f"{name}Prefix"):
                return f"{prefix}{tokens.digits(26, 'name')}"  # as long as the suffix that Terraform adds
        return None

    def _refuse_taken(self, subject: Subject, draft: Draft, arn: str, scope: str) -> None:
        if draft.previous is not None:
            return
        values = {arn} | ({draft.name} if subject.type in _UNIQUE_NAMES else set())
        for value in values - {""}:
            other = self.cloud.of_identity(value, [subject.type])
            if other is None or other.scope != scope:
                continue
            if subject.type == SECURITY_GROUP and other.inputs.get("vpcId") != draft.inputs.get("vpcId"):
                continue
            kind = subject.type.rsplit(":", 1)[-1]
            raise CloudError(f"AlreadyExists: there is already a {kind} {value!r} in this sandbox")

    def changes_on_update(self, token: str) -> frozenset[str]:
        """Version counters."""
        return _COUNTERS.get(token, frozenset())

    def seen(self, resource: CloudResource) -> CloudResource:
        """Balancers return a forward action's target groups in any order; the world can ask for another."""
        if not self.world.shuffle_target_groups or resource.type not in {elb.LISTENER, elb.LISTENER_RULE}:
            return resource
        return replace(
            resource, inputs=_shuffled(dict(resource.inputs)), outputs=_shuffled(dict(resource.outputs))
        )

    def imagine(self, subject: Subject, id_: str) -> dict[str, Any] | None:
        """Resources that `world.json` names can be imported; little is known of them."""
        if id_ not in self.world.existing:
            return None
        schema = self.schemas.resource(subject.type)
        return {"region": self.config.region} if "region" in schema.inputs.properties else {}

    def refuse_deletion(self, resource: CloudResource) -> str | None:
        """Deletion protection and dependent resources."""
        return dependents.conflict(resource, self.cloud)

    # --- references

    def references(self, subject: Subject, inputs: dict[str, Any]) -> list[Reference]:
        """References by shape and by property name."""
        return list(references.find(subject.type, inputs, self.world.account))

    def exists_anyway(self, reference: Reference) -> bool:
        """Nothing but what the cloud knows: functions add what they were asked for."""
        return False

    def missing(self, reference: Reference) -> str:
        """The message for a value that leads nowhere."""
        return (
            f"{reference.path}: no {references.what(reference)} {reference.value!r} exists in this sandbox;"
            ' create it, or list it under "existing" in world.json'
        )

    def invoke(self, token: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        """A data source; see `invokes`."""
        from .invokes import Call, call  # the tables are read when the first function is called

        return call(Call(token, arguments, self.config.region, self.cloud, self.world))


def _shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: list(reversed(item)) if key == "targetGroups" and isinstance(item, list) else _shuffled(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_shuffled(item) for item in value]
    return value
