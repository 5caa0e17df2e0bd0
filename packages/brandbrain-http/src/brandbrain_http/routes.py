"""All routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.types import Receive, Scope, Send

from brandbrain_core.services.deps import Deps
from brandbrain_http.call import own_path
from brandbrain_http.endpoint import Endpoint, Resource
from brandbrain_http.errors import HttpError
from brandbrain_http.metrics import Metrics
from brandbrain_http.options import HttpOptions
from brandbrain_http.paths import PathTree
from brandbrain_http.resources import (
    bootstrap,
    brands,
    compiles,
    events,
    evidence,
    onboarding,
    overrides,
    service,
    snapshots,
    source_endpoints,
)
from brandbrain_http.resources.description import described

ENDPOINTS: Final = (
    *brands.ENDPOINTS,
    *onboarding.ENDPOINTS,
    *source_endpoints.ENDPOINTS,
    *bootstrap.ENDPOINTS,
    *compiles.ENDPOINTS,
    *events.ENDPOINTS,
    *snapshots.ENDPOINTS,
    *overrides.ENDPOINTS,
    *evidence.ENDPOINTS,
    *service.ENDPOINTS,
)


def all_endpoints(metrics: Metrics | None) -> tuple[Endpoint, ...]:
    """Return every endpoint, that of the metrics among them where they are measured."""
    return described([*ENDPOINTS, *([] if metrics is None else [service.metrics_endpoint(metrics)])])


class Routes:
    """An ASGI application: at each path its resource, and everywhere else a 404 in JSON."""

    def __init__(self, endpoints: Iterable[Endpoint], *, deps: Deps, options: HttpOptions) -> None:
        by_path: dict[str, list[Endpoint]] = {}
        for endpoint in endpoints:
            by_path.setdefault(endpoint.path, []).append(endpoint)
        self._resources = PathTree(
            {path: Resource(path, found, deps=deps, options=options) for path, found in by_path.items()}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the resource at the path answer; raise a 404 where there is none."""
        found = self._resources.at(own_path(scope))
        if found is None:
            raise HttpError(404, "Not found", "not_found")
        resource, scope["path_params"] = found
        await resource(scope, receive, send)
