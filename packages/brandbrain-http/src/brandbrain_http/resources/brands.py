"""``/api/brands``: list, make, read, change, delete."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from brandbrain_core.ids import BrandId
from brandbrain_core.services.brands import create_brand, delete_brand, update_brand
from brandbrain_http.answers import body_of, done, found, no_content
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_of
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_first, brand_of
from brandbrain_http.openapi.operation import CURSOR, INVALID_JSON, LIMIT, Answer, Operation, Tag
from brandbrain_http.paging import cursor_of, cut, limit_of, link_to_next, uuid_cursor
from brandbrain_http.reading import object_of
from brandbrain_http.shapes.brands import BrandBody, BrandChanges, BrandShape

_INVALID: Final = (
    *INVALID_JSON,
    "name is required and must be non-empty string",
    "name must be at most 255 characters",
    "website_url must be a string",
    "website_url must be an http(s) URL",
)


async def list_brands(call: Call) -> Response:
    """Answer with a page of brands, newest first."""
    limit, after = limit_of(call), cursor_of(call, uuid_cursor)
    async with call.deps.store.reading() as work:
        brands = await work.brands.page(after=None if after is None else BrandId(after), limit=limit + 1)
    shown, more = cut(brands, limit)
    headers = link_to_next(call, shown[-1].id) if more else {}
    return found(call, body_of([BrandShape.of(brand) for brand in shown]), headers=headers)


async def make_brand(call: Call) -> Response:
    """Make a brand."""
    body = BrandBody.read(await object_of(call.request))
    brand = await create_brand(call.deps, name=body.name, website_url=body.website_url)
    made = body_of(BrandShape.of(brand))
    return done(made, 201, etag=etag_of(made), headers={"Location": call.url(f"/api/brands/{brand.id}")})


async def read_brand(call: Call) -> Response:
    """Answer with a brand."""
    brand = brand_of(call)
    async with call.deps.store.reading() as work:
        return found(call, body_of(BrandShape.of(await work.brands.get(brand))))


async def change_brand(call: Call) -> Response:
    """Change a brand."""
    brand = brand_of(call)
    async with brand_first(call, brand):
        changes = BrandChanges.read(await object_of(call.request, may_be_empty=True))
        changed = await update_brand(call.deps, brand, name=changes.name, website_url=changes.website_url)
    body = body_of(BrandShape.of(changed))
    return done(body, etag=etag_of(body))


async def remove_brand(call: Call) -> Response:
    """Delete a brand."""
    await delete_brand(call.deps, brand_of(call))
    return no_content()


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/api/brands",
        handler=list_brands,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="List brands, newest first",
            query=(CURSOR, LIMIT),
            answers={200: Answer(description="A page of brands.", shape=tuple[BrandShape, ...], headers=("Link",))},
            errors={400: ("Invalid pagination params", "Invalid cursor")},
        ),
    ),
    Endpoint(
        method="POST",
        path="/api/brands",
        handler=make_brand,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="Make a brand",
            body=BrandBody,
            answers={201: Answer(description="The new brand.", shape=BrandShape, headers=("Location", "ETag"))},
            errors={400: _INVALID},
        ),
    ),
    Endpoint(
        method="GET",
        path="/api/brands/{brand_id}",
        handler=read_brand,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="Read a brand",
            answers={200: Answer(description="The brand.", shape=BrandShape)},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
    Endpoint(
        method="PATCH",
        path="/api/brands/{brand_id}",
        handler=change_brand,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="Change a brand",
            body=BrandChanges,
            body_may_be_empty=True,
            answers={200: Answer(description="The brand as it is now.", shape=BrandShape, headers=("ETag",))},
            errors={400: ("Invalid brand_id", *_INVALID), 404: ("Brand not found",)},
        ),
    ),
    Endpoint(
        method="DELETE",
        path="/api/brands/{brand_id}",
        handler=remove_brand,
        operation=Operation(
            tag=Tag.BRANDS,
            summary="Delete a brand",
            description="It is gone everywhere, and what is being compiled for it is cancelled.",
            answers={204: Answer(description="It is gone.")},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
)
