"""The fleet files that the tests read, and edits of them."""

from pathlib import Path

DATA = Path(__file__).parent / "data"
FULL = (DATA / "full.fleet.yaml").read_text()
MINIMAL = (DATA / "minimal.fleet.yaml").read_text()


def edited(old: str, new: str, text: str = FULL) -> str:
    """Return the file with the first `old` replaced; a test that edits nothing is wrong."""
    if old not in text:
        raise AssertionError(f"{old!r} is not in the fleet file")
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """Return the number of the first line that holds `part`."""
    return text[: text.index(part)].count("\n") + 1
