"""What the head of an answer of the read API says: who may read it from elsewhere, and how often.

The pages of others may read what is public; no cookie is sent along, and none is looked at. The
inside view is read by nobody from elsewhere.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from api.forms import READ_API

_SHOWN = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Allow"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def head(request: Request, headers: MutableHeaders) -> None:
    """Add what an answer of the API says."""
    if not request.scope["path"].startswith(READ_API):
        return
    for name, value in getattr(request.state, "rate", {}).items():
        headers[name] = value
    if request.app.state.inside:
        return
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _SHOWN
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
        for name, value in _PREFLIGHT.items():
            headers[name] = value
