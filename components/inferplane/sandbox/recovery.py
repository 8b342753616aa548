"""Puts a stack in order after a run that was killed (SIGKILL, a crash) in the middle of operations.

Then the state names operations of which nobody knows how they ended. Against a real cloud a person has to
look; the pretend cloud can simply be asked: what was made but never recorded is removed from it, unfinished
creations are dropped from the state, and everything else is read again.
"""

from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.stacks import StackStore


def remove_unrecorded(stacks: StackStore, stack: str) -> int:
    """Remove resources of unfinished operations that the state does not know; returns how many there were."""
    pending = set(stacks.pending_operations(stack))
    recorded = {(resource["urn"], resource.get("id")) for resource in stacks.resources(stack)}
    cloud = Cloud(stacks.directory / "cloud.db")
    try:
        lost = [
            each for each in cloud.resources() if each.urn in pending and (each.urn, each.id) not in recorded
        ]
        for each in lost:
            cloud.delete(each.key)
    finally:
        cloud.close()
    return len(lost)
