"""Health, readiness, the description of the API, metrics."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from brandbrain_core.errors import Problem, SchemaMismatch, Unavailable
from brandbrain_core.model.key import Scope
from brandbrain_core.services.jobs import queue_stats
from brandbrain_http.answers import body_of, found
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.errors import HttpError
from brandbrain_http.metrics import MEDIA_TYPE, Metrics
from brandbrain_http.openapi.operation import Answer, Operation, Tag
from brandbrain_http.shapes.service import ContractShape, HealthShape, LiveShape

CONTRACT: Final = ContractShape(status="healthy", contract_version="1.0.0", min_frontend_version="1.0.0")

_LIVE: Final = body_of(LiveShape(status="ok"))
_READY: Final = body_of(LiveShape(status="ready"))
_HEALTH: Final = body_of(HealthShape(status="ok", service="brandbrain"))
_CONTRACT: Final = body_of(CONTRACT)


async def read_liveness(call: Call) -> Response:
    """Answer that the process is there."""
    return found(call, _LIVE)


async def read_readiness(call: Call) -> Response:
    """Answer whether the database can be used."""
    try:
        await call.deps.store.check()
    except (Unavailable, SchemaMismatch) as error:
        problem = Problem(code=error.code, message=str(error))
        raise HttpError(503, "Not ready", "not_ready", (problem,), headers=(("Retry-After", "5"),)) from None
    return found(call, _READY)


async def read_health(call: Call) -> Response:
    """Answer that the process is there, and which it is."""
    return found(call, _HEALTH)


async def read_contract(call: Call) -> Response:
    """Answer which contract is spoken."""
    return found(call, _CONTRACT)


def _open(summary: str, shape: type, errors: dict[int, tuple[str, ...]] | None = None) -> Operation:
    answers = {200: Answer(description="It is.", shape=shape)}
    return Operation(tag=Tag.SERVICE, summary=summary, answers=answers, errors=errors or {}, open=True)


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/healthz",
        handler=read_liveness,
        operation=_open("Ask whether the process is there", LiveShape),
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        handler=read_readiness,
        operation=_open("Ask whether the database can be used", LiveShape, {503: ("Not ready",)}),
    ),
    Endpoint(
        method="GET",
        path="/health/",
        handler=read_health,
        operation=_open("Ask whether the service is there", HealthShape),
    ),
    Endpoint(
        method="GET",
        path="/api/health",
        handler=read_contract,
        operation=_open("Ask which contract is spoken", ContractShape),
    ),
)


def metrics_endpoint(metrics: Metrics) -> Endpoint:
    """Return the endpoint that tells these metrics."""

    async def read_metrics(call: Call) -> Response:
        return Response(metrics.text(await queue_stats(call.deps)), headers={"Content-Type": MEDIA_TYPE})

    return Endpoint(
        method="GET",
        path="/metrics",
        handler=read_metrics,
        scope=Scope.ADMIN,
        operation=Operation(
            tag=Tag.SERVICE,
            summary="Read the metrics",
            description="There only where the server was told to measure.",
            answers={200: Answer(description="As Prometheus reads them.", shape=str, media_type="text/plain")},
            uncached=True,
        ),
    )
