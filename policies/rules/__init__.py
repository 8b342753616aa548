"""One rule a module; `ALL` is what the pack enforces."""

from rules.instance_security import instance_security
from rules.load_balancer_exposure import load_balancer_exposure
from rules.ownership_tags import ownership_tags
from rules.pinned_images import pinned_images
from rules.private_control_plane import private_control_plane

ALL = (instance_security, load_balancer_exposure, ownership_tags, pinned_images, private_control_plane)
