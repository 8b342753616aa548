"""The nearest known word to a misspelt one. Pure."""

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]

# difflib's own default; below it the suggestions for short words are noise.
_CUTOFF = 0.6

# An abbreviation: "prod" for production, "pools" for gpu_pools.
_FEWEST_LETTERS = 3


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to `word`, None if none is near; case and hyphens do not count."""
    plain = _plain(word[:200])
    # A typing error is rarely in the first letter, but a different thing often begins with another one.
    names = {_plain(name): name for name in known}
    candidates = {key: name for key, name in names.items() if key[:1] == plain[:1]}
    near = difflib.get_close_matches(plain, list(candidates), 1, _CUTOFF)
    if not near and len(plain) >= _FEWEST_LETTERS:
        near = [name for name in names if name.startswith(plain) or name.endswith(f"_{plain}")]
    return names[near[0]] if len(near) == 1 else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "did you mean x?", or "" where nothing is near."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")
