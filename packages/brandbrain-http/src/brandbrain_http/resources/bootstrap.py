"""``/api/brands/{brand_id}/bootstrap``: everything that a page needs to begin."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from brandbrain_http.answers import body_of, found
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_of
from brandbrain_http.openapi.operation import Answer, Operation, Tag
from brandbrain_http.shapes.bootstrap import BootstrapShape


async def read_bootstrap(call: Call) -> Response:
    """Answer with everything small about a brand."""
    brand = brand_of(call)
    async with call.deps.store.reading() as work:
        return found(call, body_of(BootstrapShape.of(await work.views.state(brand))))


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/api/brands/{brand_id}/bootstrap",
        handler=read_bootstrap,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="Read everything that a page needs to begin",
            description="The brand, its answers, sources and overrides, and whether it has a snapshot.",
            answers={200: Answer(description="All of it.", shape=BootstrapShape)},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
)
