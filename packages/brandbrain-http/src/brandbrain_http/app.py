"""The application: routes inside their layers."""

from __future__ import annotations

from typing import NoReturn

from starlette.types import ASGIApp, Receive, Scope, Send

from brandbrain_core.services.deps import Deps
from brandbrain_http.keyring import Keyring
from brandbrain_http.metrics import Metrics
from brandbrain_http.middleware.authentication import Authentication
from brandbrain_http.middleware.conversation import Conversation
from brandbrain_http.middleware.cors import Cors
from brandbrain_http.middleware.failures import Failures
from brandbrain_http.middleware.hosts import Hosts
from brandbrain_http.options import HttpOptions
from brandbrain_http.reading import BODY_SECONDS, REFUSAL
from brandbrain_http.routes import Routes, all_endpoints
from brandbrain_http.streams import OPEN_STREAMS, OpenStreams


class Api:
    """
    The HTTP API as an ASGI application.

    It opens nothing and closes nothing: the store is its owner's.

    Attributes:
        options: How it behaves.
    """

    def __init__(self, app: ASGIApp, refusals: ASGIApp, streams: OpenStreams, options: HttpOptions) -> None:
        self._app = app
        self._refusals = refusals
        self._streams = streams
        self.options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; take part in the start and end of the server."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            scope[OPEN_STREAMS] = self._streams
            scope[BODY_SECONDS] = self.options.body_seconds
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000, "reason": "There are no web sockets here"})

    async def refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that the server could not read with the error that stands in its scope."""
        await self._refusals(scope, receive, send)

    def end_streams(self) -> None:
        """End all streams of events, since the server is about to stop; may be called from any thread."""
        self._streams.close()


def create_app(deps: Deps, options: HttpOptions | None = None) -> Api:
    """
    Return the API over these services, to be served or mounted.

    Args:
        deps: The store, time, ids and plan; they stay the caller's.
        options: How it behaves; the defaults answer this machine only.
    """
    options = options or HttpOptions()
    metrics = Metrics() if options.metrics else None
    app: ASGIApp = Routes(all_endpoints(metrics), deps=deps, options=options)
    app = Authentication(app, keyring=Keyring(deps))
    app = Hosts(app, allowed=options.allowed_hosts)

    def layered(inner: ASGIApp) -> ASGIApp:
        return Conversation(
            Cors(Failures(inner), origins=options.cors_allowed_origins),
            ids=deps.ids,
            statements=options.statements,
            observe=None if metrics is None else metrics.observe,
        )

    return Api(layered(app), layered(_refused), OpenStreams(), options)


async def _refused(scope: Scope, receive: Receive, send: Send) -> NoReturn:
    del receive, send
    raise scope[REFUSAL]


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
