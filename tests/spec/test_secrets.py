"""Secrets in plain text are refused, said where they belong, and never shown."""

import pytest

from inferplane.spec import SpecError, parse_fleet
from tests.spec.files import edited

# Made-up values of the issuers' forms.
SECRETS = {
    "OpenAI": "sk-" + "proj-Ab3dEf6hIj9kLm2nOp5q",
    "OpenAI, hexadecimal": "sk-" + "0123456789abcdef0123456789",
    "Hugging Face": "hf_" + "AbCdEfGhIjKlMnOpQrStUvWx",
    "AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "AWS, session": "ASIA" + "ABCDEFGHIJKLMN34",
    "GitHub": "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "Slack": "xoxb-" + "123456789012-abcdefghijkl",
    "JWT": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl",
    "URL": "https://user:" + "hunter2hunter2@example.com/x",
    "PEM": "-----BEGIN RSA " + "PRIVATE KEY-----",
}
PLACES = [
    ("owner: ml-platform", 'owner: "{}"'),
    ("[--enable-prefix-caching]", '["{}"]'),
    ("[--enable-prefix-caching]", '["--enable-prefix-caching={}"]'),
    ("    balancer: 0", '    hf_token: "{}"'),
    ("revision: 5fc0a1f2c3d4", 'revision: "{}"'),
    ("regions: [us-east-1, us-west-2]", 'regions: [us-east-1, "{}"]'),
]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize(("old", "new"), PLACES)
def test_a_secret_is_refused_and_not_shown(secret: str, old: str, new: str) -> None:
    """A value of a known form gives one message, which says where it belongs and does not repeat it."""
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited(old, new.format(secret)))
    (mistake,) = caught.value.mistakes
    assert "in plain text" in mistake.what
    assert "pulumi config set --secret" in mistake.fix
    assert secret not in str(caught.value)
    assert secret[6:18] not in str(caught.value)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "api_key",
        "apiKey",
        "API_KEY",
        "hf_token",
        "token",
        "db_password",
        "clientSecret",
        "aws_secret_access_key",
        "private-key",
    ],
)
def test_a_key_that_names_a_secret(key: str) -> None:
    """An unknown key that is called like a secret is refused as one, whatever its value."""
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited("    balancer: 0", f"    {key}: hunter2"))
    (mistake,) = caught.value.mistakes
    assert "is a secret in plain text" in mistake.what
    assert "hunter2" not in str(caught.value)


def test_the_fix_names_the_configuration_key() -> None:
    """The command of the fix can be used as it is."""
    with pytest.raises(SpecError, match="pulumi config set --secret inferplane:hfToken`"):
        parse_fleet(edited("    balancer: 0", "    hf_token: hunter2"))


def test_a_secret_as_a_key_is_not_shown() -> None:
    """A secret in the place of a key is blotted out of the path as well."""
    secret = SECRETS["Hugging Face"]
    with pytest.raises(SpecError) as caught:
        parse_fleet(edited("    balancer: 0", f"    {secret}: 1"))
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("source: s3://example-model-weights/llama-3.3-70b", "source: s3://sk-learn-models/token-classifier"),
        ("  llama-8b:", "  token-classifier:"),
        ("      small:", "      secret-project:"),
        ("owner: ml-platform", "owner: task-force-1"),
        ("revision: 5fc0a1f2c3d4", "revision: sk-2026-01-release"),
    ],
)
def test_innocent_names_are_no_secrets(old: str, new: str) -> None:
    """A name that only resembles a secret is accepted."""
    assert parse_fleet(edited(old, new))
