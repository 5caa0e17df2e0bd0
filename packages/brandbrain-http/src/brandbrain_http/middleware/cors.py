"""Who may call from a page of another origin. A foreign origin gets no word about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brandbrain_http.answers import dumps
from brandbrain_http.call import request_id_of

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REQUEST_HEADERS: Final = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "traceparent",
    "x-request-id",
    "x-csrftoken",
    "x-requested-with",
)
EXPOSED_HEADERS: Final = ("Location", "Retry-After", "ETag", "Link", "X-Request-Id", "Idempotency-Replayed")
MAX_AGE: Final = 86_400
_OK: Final = 200


class Cors(CORSMiddleware):
    """Starlette's, but a foreign origin gets no header of it, and refusals of preflights are JSON like the rest."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            allow_credentials=True,
            expose_headers=EXPOSED_HEADERS,
            max_age=MAX_AGE,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or scope["method"] != "OPTIONS" or "access-control-request-method" not in headers:
            await self.simple_response(scope, receive, send, request_headers=headers)
            return
        answer = self.preflight_response(headers)
        if answer.status_code == _OK:
            answer = Response(status_code=204, headers=_without_length(answer))
        else:
            why = bytes(answer.body).decode()
            members = {"error": why, "code": "cors_refused", "request_id": request_id_of(scope)}
            sent = _without_length(answer) if self.is_allowed_origin(origin) else {"Vary": "Origin"}
            answer = Response(dumps(members), 400, headers=sent, media_type="application/json")
        await answer(scope, receive, send)

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Send on, with the headers for an origin that is allowed."""
        origin = request_headers.get("origin")
        if origin is not None and not self.is_allowed_origin(origin):
            request_headers = Headers({})
        await super().send(message, send, request_headers)


def _without_length(answer: Response) -> dict[str, str]:
    """Return the headers of an answer but for those that describe its body."""
    return {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-type")}
