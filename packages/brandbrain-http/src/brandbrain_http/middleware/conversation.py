"""The outermost layer: gives every request an id, and notes how it went."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final

import attrs
from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_core.ports import Ids
from brandbrain_http.call import CALLER, REQUEST_ID, ROUTE, header_of, shown_path
from brandbrain_http.outgoing import Outgoing

log = logging.getLogger(__name__)

_SAFE: Final = re.compile(r"[A-Za-z0-9._:~+/=@-]{1,128}")


@attrs.frozen(kw_only=True)
class Exchange:
    """
    How one request went.

    Attributes:
        route: The route's template, empty where none fits.
        status: Of the answer; 0: there was none.
        seconds: From its arrival to the last byte of the answer.
        sent: Bytes of the answer's body.
    """

    method: str
    route: str
    status: int
    seconds: float
    sent: int


class Conversation:
    """Echoes or mints ``X-Request-Id``, and writes one line to the log for each request."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        ids: Ids,
        statements: Callable[[], int] | None = None,
        observe: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._app = app
        self._ids = ids
        self._statements = statements
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        request_id = chosen_id(header_of(scope, "x-request-id")) or str(self._ids.new())
        scope[REQUEST_ID] = request_id
        outgoing = Outgoing(scope, send)
        outgoing.headers.append((b"x-request-id", request_id.encode()))
        began, statements = time.perf_counter(), self._count()
        try:
            await self._app(scope, receive, outgoing)
        finally:
            is_logged = log.isEnabledFor(logging.INFO)
            if is_logged or self._observe is not None:
                exchange = _exchange(scope, outgoing, time.perf_counter() - began)
                self._note(scope, exchange, self._count() - statements, is_logged=is_logged)

    def _count(self) -> int:
        return 0 if self._statements is None else self._statements()

    def _note(self, scope: Scope, exchange: Exchange, statements: int, *, is_logged: bool) -> None:
        if self._observe is not None:
            self._observe(exchange)
        if not is_logged:
            return
        caller, path = scope.get(CALLER), shown_path(scope)
        facts: dict[str, Any] = {
            "request_id": scope[REQUEST_ID],
            "method": exchange.method,
            "path": path,
            "route": exchange.route,
            "status": exchange.status,
            "milliseconds": round(exchange.seconds * 1000, 1),
            "sent_bytes": exchange.sent,
            **({} if self._statements is None else {"statements": statements}),
            **({} if caller is None else {"tenant": caller.tenant, "key": caller.prefix}),
        }
        log.info("%s %s %s", exchange.method, path, exchange.status, extra=facts)


def _exchange(scope: Scope, outgoing: Outgoing, seconds: float) -> Exchange:
    return Exchange(
        method=scope["method"],
        route=scope.get(ROUTE, ""),
        status=outgoing.status,
        seconds=seconds,
        sent=outgoing.sent,
    )


def chosen_id(asked: str | None) -> str | None:
    """
    Return the id that the client chose, if it is at most 128 safe characters; else None.

    >>> chosen_id("trace-1"), chosen_id("a b"), chosen_id("x" * 129)
    ('trace-1', None, None)
    """
    return asked if asked is not None and _SAFE.fullmatch(asked) else None
