"""Composes a fleet, scope by scope, from the components."""

from inferplane.fleet.fleet import Fleet, FleetArgs

__all__ = ["Fleet", "FleetArgs"]
