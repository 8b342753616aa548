"""A test kit for programs that use these components: record what a program declares, then look at it.

    recording = record(lambda: Network("prod", {"zones": ["us-east-1a"]}))
    assert recording.one("aws:ec2/vpc:Vpc").inputs["enableDnsHostnames"] is True

No engine, no provider, no account and no network are involved; a run costs some tens of milliseconds. Unlike
the SDK's plain mocks the recorder keeps every resource option (parent, provider, protect, ignored changes,
timeouts, aliases, dependencies, hooks) and the registered outputs of components, and it refuses two resources
of one URN as the engine does. It checks no property against a provider's schema: that is the sandbox's part.
"""

from inferplane.testing._recording import Recording, Refusal, Registered
from inferplane.testing._run import record, refusal
from inferplane.testing._values import UNKNOWN

__all__ = ["UNKNOWN", "Recording", "Refusal", "Registered", "record", "refusal"]
