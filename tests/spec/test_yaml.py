"""Reading YAML: what is no fleet file at all, and the traps of YAML 1.1."""

from pathlib import Path

import pytest
import yaml

from inferplane.errors import InferplaneError
from inferplane.spec import SpecError, load_fleet, parse_fleet, yaml_events
from tests.spec.files import FULL, MINIMAL, edited

# name, text, line, what, fix
UNREADABLE = [
    ("empty", "", 1, "the file is empty", ""),
    ("comment only", "# nothing yet\n", 1, "the file is empty", ""),
    ("null", "~\n", 1, "the file is empty", ""),
    ("a list", "- environment: prod\n", 1, "holds no mapping", ""),
    ("a word", "prod\n", 1, "holds no mapping", ""),
    (
        "two documents",
        MINIMAL + "---\nenvironment: prod\n",
        16,
        "second YAML document",
        "remove the line ---",
    ),
    ("a tab", edited("    weights", "\tweights", MINIMAL), 9, "not YAML", "spaces"),
    (
        "a colon too many",
        edited("ml-platform", "ml: platform", MINIMAL),
        2,
        "not YAML",
        'quote a text that contains ": "',
    ),
    ("a colon missing", edited("weights: 15", "weights 15", MINIMAL), 10, "not YAML", "colon"),
    ("an at sign", edited("ml-platform", "@ml", MINIMAL), 2, "not YAML", "quote a text that begins with @"),
    ("a quote left open", edited("ml-platform", '"ml', MINIMAL), 2, "not YAML", "close the quote"),
    ("a bracket left open", edited("{us-east-1", "[{us-east-1", MINIMAL), 5, "not YAML", "close"),
    ("wrong indentation", edited("    weights", "   weights", MINIMAL), 9, "not YAML", "indentation"),
    (
        "a Python object",
        edited("ml-platform", "!!python/object/apply:os.system [ls]", MINIMAL),
        2,
        "YAML tag",
        "remove it",
    ),
    (
        "a tag of our own",
        edited("ml-platform", "!secret x", MINIMAL),
        2,
        "!secret is a YAML tag",
        "remove it",
    ),
    ("a tagged mapping", edited("{us-east-1", "!!set {us-east-1", MINIMAL), 5, "YAML tag", "remove it"),
    (
        "an alias of nothing",
        edited("ml-platform", "*team", MINIMAL),
        2,
        "*team is an alias",
        'quote a text that begins with "*"',
    ),
    ("an alias of itself", "environment: &e [*e]\n", 1, "alias of itself", ""),
    ("a template", edited("ml-platform", "{{ team }}", MINIMAL), 2, "used as a key", "needs quotes"),
    ("deep nesting", "environment: " + "[" * 5000 + "]" * 5000, 1, "nested too deeply", ""),
    ("a merge of a text", "<<: x\nenvironment: prod\n", 1, "merges something that is no mapping", ""),
    ("a control character", "environment: prod\nowner: a\x07b\n", 2, "control character", "remove it"),
]


@pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
@pytest.mark.parametrize("row", UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_what_is_no_fleet_file(
    row: tuple[str, str, int, str, str], loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that can not be read gives one message with its line, whichever of PyYAML's parsers there is."""
    monkeypatch.setattr(yaml_events, "_LOADER", loader)
    _, text, line, what, fix = row
    with pytest.raises(SpecError) as caught:
        parse_fleet(text, source="fleet.yaml")
    (mistake,) = caught.value.mistakes
    assert mistake.place is not None
    assert line == mistake.place.line
    assert what in mistake.render("fleet.yaml")
    assert fix in mistake.fix


def test_aliases_that_multiply_are_stopped() -> None:
    """A few lines that stand for a thousand million values end in a message, not in a full memory."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(SpecError, match="aliases make the file too large"):
        parse_fleet("\n".join(lines))


def test_anchors_and_merges_are_read() -> None:
    """One model may reuse another's keys by an alias and <<, and override some."""
    text = MINIMAL.replace("  llama-3-1-8b:", "  llama-3-1-8b: &base").rstrip() + (
        "\n  tuned:\n    <<: *base\n    source: s3://example-model-weights/tuned\n"
    )
    fleet = parse_fleet(text)
    assert fleet.models["tuned"].source == "s3://example-model-weights/tuned"
    assert fleet.models["llama-3-1-8b"].slots == fleet.models["tuned"].slots


def test_words_that_yaml_reads_as_booleans_are_names_as_keys() -> None:
    """A model called `on` or `no` is called so, whatever YAML 1.1 makes of the word."""
    assert list(parse_fleet(MINIMAL.replace("  llama-3-1-8b:", "  on:")).models) == ["on"]


@pytest.mark.parametrize(
    "word", ["on", "no", "Yes", "0x1f", "012", "1_000", "1:30", "12:30:45", "2026-01-02", "1.30", ".inf", "~"]
)
def test_unquoted_words_that_are_no_text_are_refused(word: str) -> None:
    """A text that YAML 1.1 reads as something else is one mistake; quoted it is the text."""
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited("revision: 0e9e39f249a1", f"revision: {word}", MINIMAL))
    (mistake,) = caught.value.mistakes
    assert "quote" in mistake.fix or "value" in mistake.fix
    assert mistake.place.line == 14 if mistake.place else False


@pytest.mark.parametrize("number", ["010", "0x10", "0b11", "1:30", "0o17", "+5_0"])
def test_numbers_that_are_not_plainly_decimal_are_never_taken_silently(number: str) -> None:
    """An octal or base-60 number is refused, an underscore is only a separator."""
    text = edited("nodes: {max: 4}", f"nodes: {{max: {number}}}", MINIMAL)
    if number == "+5_0":
        assert parse_fleet(text).regions["us-east-1"].gpu_pools["h100"].nodes.max == 50
        return
    with pytest.raises(SpecError) as caught:
        parse_fleet(text)
    assert len(caught.value.mistakes) == 1


def test_a_duplicate_key_names_the_first_line() -> None:
    """A key that is given twice is refused at the second place and names the first."""
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited("domain:", "owner: other\ndomain:"))
    (mistake,) = caught.value.mistakes
    assert mistake.path == ("owner",)
    assert "first on line 4" in mistake.what


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """A file that an editor saved with a byte order mark is read."""
    path = tmp_path / "fleet.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert load_fleet(path).environment == "dev"


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    """A file that is not UTF-8 gives a message that names the file."""
    path = tmp_path / "fleet.yaml"
    path.write_bytes(MINIMAL.replace("ml-platform", "é").encode("latin-1"))
    with pytest.raises(SpecError, match="not UTF-8") as caught:
        load_fleet(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, or a folder, gives a message that names the path."""
    with pytest.raises(InferplaneError, match="can not be read") as caught:
        load_fleet(tmp_path / "absent.yaml")
    assert "absent.yaml" in caught.value.where
    with pytest.raises(InferplaneError, match="can not be read"):
        load_fleet(tmp_path)


def test_a_file_that_is_far_too_large(tmp_path: Path) -> None:
    """A file of megabytes is refused before it is read as YAML."""
    path = tmp_path / "fleet.yaml"
    path.write_text(MINIMAL + "# " + "x" * 1_000_000)
    with pytest.raises(SpecError, match="too large"):
        load_fleet(path)


def test_messages_begin_with_the_file_as_given() -> None:
    """A message begins with file:line:column, which editors and terminals link."""
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited("profile: production", "profile: best"), source="stacks/prod.fleet.yaml")
    assert "\nstacks/prod.fleet.yaml:8:10: profile:" in str(caught.value)
    assert caught.value.where == "stacks/prod.fleet.yaml"


def test_the_full_file_is_without_mistakes() -> None:
    """The file that the tables edit has no mistake of its own."""
    assert {"llama-70b", "llama-8b"} == set(parse_fleet(FULL).models)
