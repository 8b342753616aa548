"""Finds secrets that were written into a fleet file in plain text. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from inferplane.spec.mistakes import Mistake, Path
from inferplane.spec.secrets import is_secret_name, looks_secret, secret_fix

__all__ = ["secret_mistakes"]


def secret_mistakes(value: Any, path: Path = ()) -> Iterator[Mistake]:
    """Yield a mistake for each text in `value` that looks like a secret; none shows it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from secret_mistakes(item, (*path, key if isinstance(key, str) else str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from secret_mistakes(item, (*path, index))
    elif isinstance(value, str):
        kind, name = looks_secret(value), str(path[-1]) if path else ""
        if kind:
            yield Mistake(
                path,
                f"holds {kind} in plain text",
                allowed="no secrets: the file is committed and its values reach names, tags and logs",
                fix=secret_fix(name if is_secret_name(name) else "<name>"),
            )
