"""Texts of a fixed form, and those that are names. Pure.

Each is a plain `str` for those who read it; the form is checked when it is set, and lands in the JSON Schema.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from inferplane.spec.refusal import refusal

__all__ = [
    "DomainName",
    "Email",
    "Environment",
    "Form",
    "ModelName",
    "PoolName",
    "ScheduleName",
    "TagValue",
]


@dataclass(frozen=True)
class Form:
    """The form of a text: a regular expression that must match the whole, in words, and how to mend a near
    miss.

    `mend` gets the text and returns the fix, or "" where it has none; `fix` is the fallback.
    """

    regex: str
    what: str
    allowed: str
    fix: str
    most: int = 1024
    mend: Callable[[str], str] | None = None

    def check(self, value: str) -> str:
        """Return `value` or raise the refusal."""
        if len(value) <= self.most and re.fullmatch(self.regex, value):
            return value
        if not value:
            what = "is empty"
        elif len(value) > self.most:
            what = f"has {len(value)} characters"
        else:
            what = self.what
        mended = self.mend(value) if self.mend else ""
        raise refusal(what, allowed=self.allowed, fix=mended or self.fix)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.regex})$", "maxLength": self.most}


def _label_like(value: str, most: int = 40) -> str:
    """Return the nearest DNS label that begins with a letter, "" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).lstrip("-0123456789")[:most].strip("-")


def _label(most: int, what: str) -> Form:
    def mend(value: str) -> str:
        near = _label_like(value, most)
        return f"write {near}" if near and near != value else ""

    return Form(
        regex=rf"[a-z](?:[a-z0-9-]{{0,{most - 2}}}[a-z0-9])?",
        what=f"is not {what}",
        allowed=f"1 to {most} lower-case letters, digits and hyphens, beginning with a letter, not ending "
        "in a hyphen",
        fix=f"write {what} of that form",
        most=most,
        mend=mend,
    )


# Kubernetes Service names are RFC 1035 labels: they begin with a letter.
Environment = Annotated[str, _label(16, "an environment name")]
ModelName = Annotated[str, _label(40, "a model name")]
PoolName = Annotated[str, _label(20, "a pool name")]
ScheduleName = Annotated[str, _label(40, "a schedule name")]

# "Tag naming limits and requirements" of the AWS tagging guide: at most 256 characters, these ones.
TagValue = Annotated[
    str,
    Form(
        regex=r"[A-Za-z0-9_.:/=+@-](?:[A-Za-z0-9 _.:/=+@-]{0,254}[A-Za-z0-9_.:/=+@-])?",
        what="can not be the value of a tag",
        allowed="1 to 256 letters, digits, spaces and _ . : / = + - @",
        fix="leave the other characters out",
        most=256,
    ),
]


def _mend_domain(value: str) -> str:
    near = re.sub(r"^[a-z]+://|/.*$|^\*\.|\.$", "", value.strip().lower())
    near = re.sub(r"/.*$", "", near)
    return f"write {near}" if near != value and re.fullmatch(_DNS_NAME, near) else ""


_DNS_NAME = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"

# ACM refuses a certificate whose first domain name is longer than 64 octets (RequestCertificate, DomainName:
# it becomes the common name, RFC 5280).
DomainName = Annotated[
    str,
    Form(
        regex=_DNS_NAME,
        what="is not a DNS name",
        allowed="a lower-case DNS name of two or more labels and at most 64 characters, e.g. llm.example.com",
        fix="write the bare name, without scheme, path, wildcard or final dot",
        most=64,
        mend=_mend_domain,
    ),
]

Email = Annotated[
    str,
    Form(
        regex=r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}",
        what="is not an e-mail address",
        allowed="one address, e.g. oncall@example.com",
        fix="write the bare address, without a name or angle brackets",
        most=254,
    ),
]
