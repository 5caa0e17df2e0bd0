"""Who may call from a page of another origin. A foreign origin gets no word about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_http.answers import dumps
from brandbrain_http.call import header_of, request_id_of
from brandbrain_http.outgoing import outgoing_of

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


_Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
_UNTOLD: Final[_Headers] = ((b"vary", b"Origin"),)


class Cors:
    """Starlette decides about preflights; a foreign origin gets no word, and refusals are JSON like the rest."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self._app = app
        self._told: Mapping[str | None, _Headers] = {origin: _told(origin) for origin in origins}
        self._preflights = CORSMiddleware(
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
        origin = header_of(scope, "origin")
        asks = scope["method"] == "OPTIONS" and header_of(scope, "access-control-request-method") is not None
        if origin is not None and asks:
            await self._answer(scope, origin)(scope, receive, send)
        else:
            outgoing_of(scope).headers += self._told.get(origin, _UNTOLD)
            await self._app(scope, receive, send)

    def _answer(self, scope: Scope, origin: str) -> Response:
        answer = self._preflights.preflight_response(Headers(scope=scope))
        if answer.status_code == _OK:
            return Response(status_code=204, headers=_without_length(answer))
        members = {"error": bytes(answer.body).decode(), "code": "cors_refused", "request_id": request_id_of(scope)}
        sent = _without_length(answer) if origin in self._told else {"Vary": "Origin"}
        return Response(dumps(members), 400, headers=sent, media_type="application/json")


def _told(origin: str) -> _Headers:
    """Return the headers for a page of an origin that is allowed."""
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode()),
        *_UNTOLD,
    )


def _without_length(answer: Response) -> dict[str, str]:
    """Return the headers of an answer but for those that describe its body."""
    return {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-type")}
