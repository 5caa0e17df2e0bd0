"""``/api/brands/{brand_id}/brandbrain/overrides``: read and patch."""

from __future__ import annotations

from typing import Final

import attrs
from starlette.responses import Response

from brandbrain_core.services.joined import JoinedStore
from brandbrain_core.services.overrides import patch_overrides
from brandbrain_http.answers import body_of, done, found
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_of, require_match
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_first, brand_of
from brandbrain_http.openapi.operation import INVALID_JSON, Answer, Operation, Tag
from brandbrain_http.reading import object_of
from brandbrain_http.shapes.overrides import OverridesChanges, OverridesShape

_PATH: Final = "/api/brands/{brand_id}/brandbrain/overrides"


async def read_overrides(call: Call) -> Response:
    """Answer with what people decided about a brand."""
    brand = brand_of(call)
    async with call.deps.store.reading() as work:
        return found(call, body_of(OverridesShape.of(await work.overrides.get(brand))))


async def change_overrides(call: Call) -> Response:
    """Merge overrides, replace pins, and publish a snapshot that shows them."""
    brand = brand_of(call)
    async with brand_first(call, brand):
        changes = OverridesChanges.read(await object_of(call.request, may_be_empty=True))
        async with call.deps.store.transaction() as work:
            if "if-match" in call.request.headers:
                stored = body_of(OverridesShape.of(await work.overrides.get(brand, for_update=True)))
                require_match(call.request.headers["if-match"], etag_of(stored))
            patched = await patch_overrides(
                attrs.evolve(call.deps, store=JoinedStore(work)),
                brand,
                values=changes.overrides_json,
                pinned_paths=changes.pinned_paths,
            )
    body = body_of(OverridesShape.of(patched.overrides))
    return done(body, etag=etag_of(body))


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=_PATH,
        handler=read_overrides,
        operation=Operation(
            tag=Tag.OVERRIDES,
            summary="Read what people decided about a brand",
            answers={200: Answer(description="None stored: empty ones.", shape=OverridesShape)},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
    Endpoint(
        method="PATCH",
        path=_PATH,
        handler=change_overrides,
        operation=Operation(
            tag=Tag.OVERRIDES,
            summary="Override and pin fields",
            description="Everything is checked before anything is written; the next read of the snapshot shows it.",
            body=OverridesChanges,
            body_may_be_empty=True,
            answers={200: Answer(description="As they are after the merge.", shape=OverridesShape, headers=("ETag",))},
            errors={
                400: (
                    "Invalid brand_id",
                    *INVALID_JSON,
                    "overrides_json must be an object",
                    "pinned_paths must be an array",
                    "pinned_paths items must be strings",
                ),
                404: ("Brand not found",),
                422: ("Invalid override path: {path}", "Invalid override value for {path}: {why}"),
            },
            if_match=True,
        ),
    ),
)
