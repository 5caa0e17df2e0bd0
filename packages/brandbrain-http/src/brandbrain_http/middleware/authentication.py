"""Finds out who calls. What a caller may do is judged where the endpoint is known, in `brandbrain_http.endpoint`."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_http.call import CALLER, header_of, own_path
from brandbrain_http.keyring import Keyring

FREE: Final = frozenset({"/healthz", "/readyz", "/health/", "/api/health"})
"""Whoever checks our health has no key."""


class Authentication:
    """Leaves word of the caller in the scope; raises a 401 where a key is asked for and none that is good is given."""

    def __init__(self, app: ASGIApp, *, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who calls, and pass the request on."""
        if own_path(scope) not in FREE:
            scope[CALLER] = await self._keyring.caller(header_of(scope, "authorization"))
        await self._app(scope, receive, send)
