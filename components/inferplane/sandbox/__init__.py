"""Runs the real Pulumi engine on this machine alone, with no cloud account and no network.

    python -m inferplane.sandbox pulumi preview --stack dev --diff

`environment.SandboxEnvironment` makes the environment of such a run, `session.Session` drives it from
Python, `engine.find_engine` finds or makes the Pulumi CLI, `provider` answers for the clouds, and
`language_host` runs the program where Pulumi's own Python host is not installed.
"""
