"""Refuses requests for hosts that are not ours, so that no page can reach us under a name of its own."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_http.call import header_of
from brandbrain_http.errors import bad_request


class Hosts:
    """Lets requests through whose Host header is allowed; raises a 400 for others."""

    def __init__(self, app: ASGIApp, *, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = tuple(host.lower() for host in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or raise a 400."""
        if not is_allowed(header_of(scope, "host") or "", self._allowed):
            raise bad_request("Invalid Host header", "invalid_host")
        await self._app(scope, receive, send)


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """
    Tell whether a Host header names an allowed host, at any port.

    >>> is_allowed("LocalHost:8000", ["localhost"]), is_allowed("[::1]:80", ["[::1]"])
    (True, True)
    >>> is_allowed("api.example.org", [".example.org"]), is_allowed("badexample.org", [".example.org"])
    (True, False)
    """
    name = host.lower()
    if not name.endswith("]"):
        before, colon, port = name.rpartition(":")
        name = before if colon and port.isdigit() else name
    return name in allowed or any(_fits(name, pattern) for pattern in allowed)


def _fits(name: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("."):
        return name == pattern[1:] or name.endswith(pattern)
    return name == pattern
