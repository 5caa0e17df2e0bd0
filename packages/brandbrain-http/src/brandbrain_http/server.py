"""
The server that comes with the API: uvicorn, with settings that were measured.

httptools matters far more than uvloop (four times the requests of the parser in Python), and the server's own access
log would cost more than ours and say less.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from types import FrameType
from typing import Final

import uvicorn

from brandbrain_http.app import Api
from brandbrain_http.connections import Connection

GRACE_SECONDS: Final = 10
"""How long requests that are under way may take once the server is told to stop."""

KEEP_ALIVE_SECONDS: Final = 65
"""Longer than the 60 s for which most proxies keep an idle connection: then they close it, not we under their hands."""

_LAST_SECONDS: Final = 1
"""How long requests may take to say that they were cut short."""


class Server(uvicorn.Server):
    """A server that ends streams of events when it is told to stop, since they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, api: Api) -> None:
        super().__init__(config)
        self._api = api

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop, as a signal asks for."""
        self._api.end_streams()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End. Requests that were cut short get their answer, and no connection is left open."""
        await super().shutdown(sockets)
        state = self.server_state
        if state.tasks and not self.force_exit:
            await asyncio.wait(state.tasks, timeout=_LAST_SECONDS)
        for connection in tuple(state.connections):
            connection.shutdown()

    def stop(self) -> None:
        """Begin to stop; may be called from any thread."""
        self._api.end_streams()
        self.should_exit = True


def make_server(api: Api, *, host: str = "127.0.0.1", port: int = 8000, trusted_proxies: Sequence[str] = ()) -> Server:
    """
    Return a server, to be run with ``await server.serve()``, or ``server.run()`` in a process of its own.

    Args:
        api: What to serve.
        host: Name or address to listen on; see `brandbrain_http.binding` for who may be let in.
        port: To listen on; 0 lets the system choose.
        trusted_proxies: Addresses or networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
    """
    config = uvicorn.Config(
        api,
        host=host,
        port=port,
        loop="auto",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Server(config, api)
