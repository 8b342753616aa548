"""The functions (data sources) of the package `aws` that work in the sandbox."""

from __future__ import annotations

import difflib
from typing import Any, Final

from ...package import CloudError
from ...validation import Failure
from . import cluster, identity, network, parameters, zones
from .call import Call, Function, NotFoundError
from .policy_document import policy_document

FUNCTIONS: Final[dict[str, Function]] = {
    **identity.FUNCTIONS,
    **network.FUNCTIONS,
    **parameters.FUNCTIONS,
    **zones.FUNCTIONS,
    **cluster.FUNCTIONS,
    "aws:iam/getPolicyDocument:getPolicyDocument": policy_document,
}


def call(request: Call) -> tuple[dict[str, Any], list[Failure]]:
    """Run a function; raises CloudError for one that the sandbox does not know."""
    function = FUNCTIONS.get(request.token)
    if function is None:
        near = difflib.get_close_matches(request.token, FUNCTIONS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise CloudError(f"the sandbox does not know the function {request.token}{hint}")
    try:
        return function(request), []
    except NotFoundError as error:
        return {}, [Failure((), str(error))]


__all__ = ["FUNCTIONS", "Call", "call"]
