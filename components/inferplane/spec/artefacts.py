"""What a slot runs: where weights lie, which ones, and in which image. Pure."""

import re
from typing import Annotated

from inferplane.spec.text import Form

__all__ = ["Image", "Revision", "Sha256", "WeightsSource"]


def _mend_source(value: str) -> str:
    if re.match(r"https?://huggingface\.co/|hf://|[\w.-]+/[\w.-]+$", value):
        return "copy the weights into your own bucket and write its s3:// URL"
    if value.startswith("s3://") and value.endswith("/"):
        return f"write {value.rstrip('/')}"
    return ""


WeightsSource = Annotated[
    str,
    Form(
        # Bucket naming rules (general purpose buckets), then a prefix of the characters that need no
        # escaping.
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9!_.*'()-]+)*",
        "is not an S3 location",
        "s3://<bucket>/<prefix>, without a final slash; the weights lie in <source>/<revision>/",
        "write the location of the folder that holds one folder a revision",
        mend=_mend_source,
    ),
]
Revision = Annotated[
    str,
    Form(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}",
        "is not a revision",
        "1 to 128 letters, digits, dots, hyphens and underscores, no slash",
        "write the name of the folder below source that holds these weights, e.g. a commit id",
        128,
    ),
]


def _mend_sha256(value: str) -> str:
    bare = value.removeprefix("sha256:").lower()
    return f"write {bare}" if bare != value and re.fullmatch(r"[0-9a-f]{64}", bare) else ""


Sha256 = Annotated[
    str,
    Form(
        r"[0-9a-f]{64}",
        "is not a SHA-256",
        "64 lower-case hexadecimal digits",
        "write what `sha256sum MANIFEST.sha256` prints",
        mend=_mend_sha256,
    ),
]


def _mend_image(value: str) -> str:
    if "@" not in value and re.fullmatch(r"[\w./:-]+", value):
        return f"write {value}@sha256:<digest>; `docker buildx imagetools inspect {value}` shows the digest"
    return ""


Image = Annotated[
    str,
    Form(
        r"[a-z0-9]+(?:[._:/-]+[A-Za-z0-9]+)*@sha256:[0-9a-f]{64}",
        "is not pinned by a digest",
        "<repository>:<tag>@sha256:<64 hexadecimal digits>: a tag can be moved under a running fleet",
        "add the digest: @sha256:<64 hexadecimal digits>",
        512,
        mend=_mend_image,
    ),
]
