"""What all tests share: the option that renews golden files and a clean environment for each test."""

import os
import signal

# Read when the SDK is imported: an Output put into a string is an error, not a warning.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

import hypothesis
import pytest
from pulumi.runtime import settings

from tests import golden

# The inner loop tries fewer examples than a whole run, which tries hypothesis' own 100.
hypothesis.settings.register_profile("fast", max_examples=25)

# A shell that starts a job in the background lets it ignore interrupts, and children inherit that: the tests that
# interrupt a program would wait for ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the files of tests/golden anew")


def pytest_configure(config: pytest.Config) -> None:
    golden.renew(bool(config.getoption("--renew-golden")))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the caller's cloud credentials, regions, contexts or Pulumi settings."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "KUBE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings.reset_options()
