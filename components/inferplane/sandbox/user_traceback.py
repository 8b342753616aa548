"""Tracebacks as the author of a Pulumi program wants them: only frames of their own code."""

import importlib.util
import os
import traceback
from functools import cache

# Packages whose frames say nothing about the program: the SDK, its transport, and how a program is started.
_MACHINERY = (
    "pulumi",
    "pulumi_aws",
    "pulumi_kubernetes",
    "grpc",
    "asyncio",
    "concurrent",
    "runpy",
    "contextlib",
)


def user_traceback(error: BaseException) -> str:
    """The formatted traceback without frames of the machinery, in chained exceptions as well.

    When no frame would be left, a syntax error is shown without frames, because it tells its place itself,
    and anything else (a fault in the SDK) with all of them.
    """
    described = traceback.TracebackException.from_exception(error)
    shown: traceback.TracebackException | None = described
    found = False
    while shown is not None:
        kept = [frame for frame in shown.stack if not _is_machinery(frame.filename)]
        found = found or bool(kept)
        shown.stack = traceback.StackSummary.from_list(kept)
        shown = shown.__cause__ or shown.__context__
    if not found and not isinstance(error, SyntaxError):
        return "".join(traceback.format_exception(error)).rstrip()
    return "".join(described.format()).rstrip()


def _is_machinery(filename: str) -> bool:
    return filename.startswith(("<frozen", *_roots()))


@cache
def _roots() -> tuple[str, ...]:
    here = os.path.dirname(os.path.abspath(__file__))
    roots = [os.path.join(here, name) for name in ("program.py", "language_host.py")]
    for name in _MACHINERY:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            is_package = spec.submodule_search_locations is not None
            roots.append(os.path.dirname(spec.origin) + os.sep if is_package else spec.origin)
    return tuple(roots)
