"""The application: routes inside their layers."""

from __future__ import annotations

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
from brandbrain_http.routes import Routes, all_endpoints
from brandbrain_http.streams import OPEN_STREAMS, OpenStreams


class Api:
    """
    The HTTP API as an ASGI application.

    It opens nothing and closes nothing: the store is its owner's.
    """

    def __init__(self, app: ASGIApp, streams: OpenStreams) -> None:
        self._app = app
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; take part in the start and end of the server."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            scope[OPEN_STREAMS] = self._streams
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000, "reason": "There are no web sockets here"})

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
    app = Failures(app)
    app = Cors(app, origins=options.cors_allowed_origins)
    app = Conversation(
        app,
        ids=deps.ids,
        statements=options.statements,
        observe=None if metrics is None else metrics.observe,
    )
    return Api(app, OpenStreams())


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
