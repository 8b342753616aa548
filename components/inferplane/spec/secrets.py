"""What a secret in plain text looks like, and where it belongs. Pure."""

import re
from typing import Final

__all__ = ["is_secret_name", "looks_secret", "mask", "secret_fix"]

# A key that names a secret; counts only where the spec knows no such key (context_tokens is none).
_NAME: Final = re.compile(
    r"pass(word|wd|phrase)|secret|credential|(^|_)(token|pat|auth)$|(api|access|private|signing|encryption|license)_?key|hf_token|bearer"
)

# Prefixes that the issuers document so that scanners can find their keys.
_VALUES: Final = (
    (
        re.compile(
            r"(?<![A-Za-z0-9_])sk-(?=[A-Za-z0-9_-]*[0-9])(?:[A-Za-z0-9_-]*[A-Z][A-Za-z0-9_-]{8,}|[A-Za-z0-9]{16,})"
        ),
        "an API key",
    ),
    (re.compile(r"(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{16,}"), "a Hugging Face token"),
    (re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"), "an AWS access key id"),
    (
        re.compile(r"(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"),
        "a GitHub token",
    ),
    (re.compile(r"(?<![A-Za-z0-9_])xox[abeprs]-[A-Za-z0-9-]{10,}"), "a Slack token"),
    (re.compile(r"(?<![A-Za-z0-9_])AIza[A-Za-z0-9_-]{35}"), "a Google API key"),
    (re.compile(r"(?<![A-Za-z0-9_])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."), "a JSON Web Token"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"(?<![A-Za-z0-9_])[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"), "a password in a URL"),
)


def is_secret_name(key: str) -> bool:
    """Whether a key is called like a secret."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key[:200]).lower().replace("-", "_")
    return bool(_NAME.search(plain))


def looks_secret(value: str) -> str | None:
    """Return what kind of secret a text holds, None if it looks like none."""
    for pattern, kind in _VALUES:
        if pattern.search(value[:20_000]):
            return kind
    return None


def secret_fix(key: str = "<name>") -> str:
    """Return where a secret belongs."""
    first, *rest = re.split(r"[^A-Za-z0-9]+", key) if key != "<name>" else [key]
    name = first + "".join(word.title() for word in rest)
    command = f"pulumi config set --secret inferplane:{name}"
    return f"remove it here, run `{command}`, and replace the secret if it was committed"


def mask(text: str) -> str:
    """Return the text with everything that looks like a secret blotted out."""
    for pattern, _kind in _VALUES:
        text = pattern.sub("[secret]", text)
    return text
