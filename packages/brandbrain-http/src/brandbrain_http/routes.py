"""All routes, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from brandbrain_core.services.deps import Deps
from brandbrain_http.endpoint import Endpoint, Resource
from brandbrain_http.errors import HttpError
from brandbrain_http.metrics import Metrics
from brandbrain_http.options import HttpOptions
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

_MOST_ASKED: Final = tuple(
    f"/api/brands/{{brand_id}}/{rest}"
    for rest in (
        "brandbrain/compile/{compile_run_id}/status",
        "brandbrain/latest",
        "bootstrap",
        "brandbrain/overrides",
        "brandbrain/history",
    )
)
"""These are tried before the others: each route that does not fit costs a request three microseconds."""


def all_endpoints(metrics: Metrics | None) -> tuple[Endpoint, ...]:
    """Return every endpoint, that of the metrics among them where they are measured."""
    return described([*ENDPOINTS, *([] if metrics is None else [service.metrics_endpoint(metrics)])])


def router(endpoints: Iterable[Endpoint], *, deps: Deps, options: HttpOptions) -> Router:
    """Return the router of these endpoints: one resource for each path, and a JSON 404 for every other."""
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    routes: Sequence[Route] = [
        Route(path, Resource(path, by_path[path], deps=deps, options=options))
        for path in sorted(by_path, key=lambda path: path not in _MOST_ASKED)
    ]
    return Router(routes, redirect_slashes=False, default=_not_found)


async def _not_found(scope: Scope, receive: Receive, send: Send) -> NoReturn:
    del scope, receive, send
    raise HttpError(404, "Not found", "not_found")
