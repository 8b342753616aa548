"""The Pulumi program of every stack: the stack's configuration names a fleet file and a scope of it."""

from inferplane.fleet import Fleet

Fleet.from_config()
