"""
The order of checks: what is asked of must exist before anybody complains of the body.

Endpoints read the body first and let the service find what is not there, which saves a question to the database; only
where the body is wrong is it asked at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from brandbrain_core.errors import InvalidInput
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.source import Source
from brandbrain_core.ports import UnitOfWork
from brandbrain_http.call import Call
from brandbrain_http.errors import HttpError
from brandbrain_http.reading import id_of


def brand_of(call: Call) -> BrandId:
    """Return the brand in the path; raise a 400 ``Invalid brand_id``."""
    return BrandId(id_of(call.request, "brand_id", "brand_id"))


def source_of(call: Call) -> SourceId:
    """Return the source in the path; raise a 400 ``Invalid source_id``."""
    return SourceId(id_of(call.request, "source_id", "source_id"))


@asynccontextmanager
async def brand_first(call: Call, brand: BrandId) -> AsyncIterator[None]:
    """Let `BrandNotFound` come before whatever is wrong with the request."""
    async with _first(call, lambda work: work.brands.get(brand)):
        yield


@asynccontextmanager
async def source_first(call: Call, source: SourceId) -> AsyncIterator[None]:
    """Let `SourceNotFound` come before whatever is wrong with the request."""
    async with _first(call, lambda work: work.sources.get(source)):
        yield


async def lock_brand(work: UnitOfWork, brand: BrandId) -> None:
    """
    Let nobody else who asks so write to the brand until the transaction ends; raise `BrandNotFound`.

    The lock is that of the overrides, which every store has. Without it, two changes of one thing could both begin from
    the same state, and one would be lost.
    """
    await work.overrides.get(brand, for_update=True)


async def locked_source(work: UnitOfWork, source: SourceId) -> Source:
    """Return the source as it is once its brand is locked; raise `SourceNotFound`."""
    await lock_brand(work, (await work.sources.get(source)).brand_id)
    return await work.sources.get(source)


@asynccontextmanager
async def _first(call: Call, find: Callable[[UnitOfWork], Awaitable[object]]) -> AsyncIterator[None]:
    try:
        yield
    except (HttpError, InvalidInput):
        async with call.deps.store.reading() as work:
            await find(work)
        raise
