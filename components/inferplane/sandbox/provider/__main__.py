"""`python -m inferplane.sandbox.provider <aws|kubernetes> [engine address]`: the plugin process."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from inferplane.errors import InferplaneError

from .aws.package import AwsPackage
from .cloud import Cloud
from .kubernetes.package import KubernetesPackage
from .package import Package
from .servicer import run_server
from .world import World

_PACKAGES: dict[str, type[Package]] = {"aws": AwsPackage, "kubernetes": KubernetesPackage}


def _is_over(run: str) -> bool:
    """Whether the engine process of a run has ended."""
    try:
        os.kill(int(run), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False


def main(arguments: list[str]) -> int:
    """Serve the package; exit code 1 with a message for a wrong call."""
    # The engine starts each provider itself, so its process tells this run from others. Asked first: an engine that is
    # killed while the provider starts must not be mistaken for another parent.
    run = str(os.getppid())
    parser = argparse.ArgumentParser(prog="inferplane.sandbox.provider")
    parser.add_argument("package", choices=sorted(_PACKAGES))
    parser.add_argument("engine", nargs="?", default="")
    options, _ = parser.parse_known_args(arguments)
    directory = os.environ.get("INFERPLANE_SANDBOX_DIR")
    if not directory:
        print("INFERPLANE_SANDBOX_DIR is not set: this provider runs in the sandbox only", file=sys.stderr)  # noqa: T201
        return 1
    try:
        sandbox = Path(directory)
        cloud, world = Cloud(sandbox / "cloud.db"), World.load(sandbox)
    except InferplaneError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    cloud.forget_plans(_is_over)
    run_server(_PACKAGES[options.package](cloud, world), run)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
