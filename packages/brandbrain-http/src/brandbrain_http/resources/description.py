"""``/openapi.json``: the description of the API."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from brandbrain_core.model.json import JsonObject
from brandbrain_http.answers import dumps, found
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.openapi.document import document
from brandbrain_http.openapi.operation import Answer, Operation, Tag


def described(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """Return the endpoints with one more, which describes them all and itself."""

    async def read_description(call: Call) -> Response:
        """Answer with the description of the API."""
        return found(call, body)

    own = Endpoint(
        method="GET",
        path="/openapi.json",
        handler=read_description,
        operation=Operation(
            tag=Tag.SERVICE,
            summary="Read this description",
            answers={200: Answer(description="OpenAPI 3.1.", shape=JsonObject)},
        ),
    )
    body = dumps(document([*endpoints, own]))
    return (*endpoints, own)
