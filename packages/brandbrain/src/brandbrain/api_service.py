"""The API as a service that runs beside others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from brandbrain.api_options import http_options
from brandbrain.exits import Exit
from brandbrain.listening import Listening
from brandbrain.settings import Settings
from brandbrain_core.services.deps import Deps
from brandbrain_http import create_app
from brandbrain_http.server import Server, make_server


class OneOfSeveral(Server):
    """A server that leaves signals to whoever runs the services of the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@attrs.frozen(kw_only=True)
class ApiService:
    """The API behind a socket; see `brandbrain.together.Service`."""

    server: OneOfSeveral
    listening: Listening
    name: str = "api"

    @property
    def about(self) -> str:
        """Its address."""
        return self.listening.url

    async def run(self) -> Exit:
        """Answer; INTERRUPTED if requests were cut short."""
        await self.server.serve(sockets=[self.listening.socket])
        return Exit.INTERRUPTED if self.server.force_exit else Exit.OK

    def stop(self) -> None:
        """Take no more requests and answer those that are here; called again, cut them short."""
        if self.server.should_exit:
            self.server.force_exit = True
        self.server.stop()


def api_of(settings: Settings, deps: Deps, listening: Listening) -> ApiService:
    """Return the API over these services; raise `InvalidSettings` where its settings make no sense."""
    api = create_app(deps, http_options(settings))
    made = make_server(api, host=listening.host, port=listening.port, trusted_proxies=settings.trusted_proxies)
    return ApiService(server=OneOfSeveral(made.config, api), listening=listening)
