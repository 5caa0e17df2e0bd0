"""``/api/brands/{brand_id}/sources`` and ``/api/sources``: connect, list, read, change, disconnect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
from starlette.responses import Response

from brandbrain_core.ids import SourceId
from brandbrain_core.model.source import Source
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services import sources as service
from brandbrain_core.services.joined import JoinedStore
from brandbrain_core.services.source_status import source_statuses
from brandbrain_http.answers import body_of, done, found, no_content
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_of, require_match
from brandbrain_http.existing import brand_first, brand_of, locked_source, source_first, source_of
from brandbrain_http.reading import object_of
from brandbrain_http.shapes.collections import CollectionRunShape, SourceStatusShape
from brandbrain_http.shapes.sources import SourceBody, SourceChanges, SourceEvidence, SourceShape

EXISTING: Final = "existing_source_returned"


async def list_sources(call: Call) -> Response:
    """Answer with the sources of a brand, newest first."""
    brand = brand_of(call)
    async with call.deps.store.reading() as work:
        sources = await work.sources.of_brand(brand)
        if not sources:
            await work.brands.get(brand)
        asked = (call.query("include_evidence") or "").strip().lower()
        shapes = await _with_evidence(call, work, sources) if asked in ("true", "1") else map(SourceShape.of, sources)
    return found(call, body_of(list(shapes)))


async def _with_evidence(call: Call, work: UnitOfWork, sources: Sequence[Source]) -> list[SourceShape]:
    hours = call.deps.plan.ttl_hours
    statuses = await source_statuses(call.deps, work, sources)
    return [SourceShape.of(each.source, evidence_status=SourceEvidence.of(each, hours)) for each in statuses]


async def connect_source(call: Call) -> Response:
    """Connect a source, or answer with the one that is there."""
    brand = brand_of(call)
    async with brand_first(call, brand):
        body = SourceBody.read(await object_of(call.request))
        connected = await service.connect_source(
            call.deps,
            brand,
            platform=body.platform.strip(),
            capability=body.capability.strip(),
            identifier=body.identifier,
            is_enabled=True if body.is_enabled is None else body.is_enabled,
            settings=body.settings_json,
        )
    plain = body_of(SourceShape.of(connected.source))
    location = {"Location": call.url(f"/api/sources/{connected.source.id}")}
    if connected.existed:
        noted = body_of(SourceShape.of(connected.source, note=EXISTING))
        return done(noted, etag=etag_of(plain), headers=location)
    return done(plain, 201, etag=etag_of(plain), headers=location)


async def read_source(call: Call) -> Response:
    """Answer with a source."""
    source = source_of(call)
    async with call.deps.store.reading() as work:
        return found(call, body_of(SourceShape.of(await work.sources.get(source))))


async def change_source(call: Call) -> Response:
    """Change a source."""
    source = source_of(call)
    async with source_first(call, source):
        given = await object_of(call.request, may_be_empty=True)
        changes = SourceChanges.read(given)
        async with call.deps.store.transaction() as work:
            await _require_match(call, work, source)
            changed = await service.update_source(
                attrs.evolve(call.deps, store=JoinedStore(work)),
                source,
                identifier=service.UNCHANGED if changes.identifier is None else changes.identifier,
                is_enabled=service.UNCHANGED if changes.is_enabled is None else changes.is_enabled,
                settings=changes.settings_json if "settings_json" in given else service.UNCHANGED,
            )
    body = body_of(SourceShape.of(changed))
    return done(body, etag=etag_of(body))


async def disconnect_source(call: Call) -> Response:
    """Disconnect a source."""
    source = source_of(call)
    async with call.deps.store.transaction() as work:
        await _require_match(call, work, source)
        await service.disconnect_source(attrs.evolve(call.deps, store=JoinedStore(work)), source)
    return no_content()


async def read_source_status(call: Call) -> Response:
    """Answer with the newest collection run of a source."""
    source = source_of(call)
    async with call.deps.store.reading() as work:
        await work.sources.get(source)
        runs = (await work.collections.latest([source])).get(source, ())
    latest = CollectionRunShape.of(runs[0]) if runs else None
    return found(call, body_of(SourceStatusShape(source_connection_id=source, latest_run=latest)))


async def _require_match(call: Call, work: UnitOfWork, source: SourceId) -> None:
    stored = await locked_source(work, source)
    require_match(call.header("if-match"), etag_of(body_of(SourceShape.of(stored))))
