"""One provider for the packages `aws` and `kubernetes`: a pretend cloud for the real Pulumi engine.

The engine starts it as a plugin (`python -m inferplane.sandbox.provider <package>`). Property names, required
properties and types come from the installed SDK's generated sources; what was created is kept in `cloud.db`.
"""
