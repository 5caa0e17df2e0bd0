"""Turns whatever goes wrong into an answer of the one shape that errors have."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_core.errors import BrandBrainError
from brandbrain_http.call import request_id_of, shown_path
from brandbrain_http.errors import HttpError, internal_error
from brandbrain_http.outgoing import outgoing_of
from brandbrain_http.problems import as_http, error_response

log = logging.getLogger(__name__)

_STOPPED: Final = HttpError(
    503, "The server stopped before it could answer", "stopped", headers=(("Retry-After", "1"), ("Connection", "close"))
)
"""To a request that is cut short, which only a server does that has waited for it long enough."""


class Failures:
    """Answers errors; what nobody foresaw is logged with the id of its request, and its text is kept to ourselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer what goes wrong."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not outgoing_of(scope).status:
                await _respond(_STOPPED, scope, receive, send)
            raise
        except Exception as error:
            answer = _answer_to(error, scope)
            if outgoing_of(scope).status:
                raise
            await _respond(answer, scope, receive, send)


async def _respond(answer: HttpError, scope: Scope, receive: Receive, send: Send) -> None:
    response = error_response(answer, request_id=request_id_of(scope), headers=Headers(scope=scope), path=scope["path"])
    await response(scope, receive, send)


def _answer_to(error: Exception, scope: Scope) -> HttpError:
    if isinstance(error, HttpError):
        return error
    answer = as_http(error) if isinstance(error, BrandBrainError) else internal_error()
    if answer.status >= internal_error().status:
        facts = {"request_id": request_id_of(scope), "method": scope["method"], "path": shown_path(scope)}
        log.error("%s %s failed", scope["method"], shown_path(scope), exc_info=error, extra=facts)
    return answer
