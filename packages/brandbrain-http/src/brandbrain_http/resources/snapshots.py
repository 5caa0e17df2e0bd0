"""``/api/brands/{brand_id}/brandbrain``: the newest snapshot, the history, one version, the difference of two."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from brandbrain_core.bodies import includes, latest_body
from brandbrain_core.ids import SnapshotId
from brandbrain_core.policies.diffing import summarise
from brandbrain_core.services.snapshots import diff_versions
from brandbrain_http.answers import IMMUTABLE, body_of, found, found_snapshot
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_of
from brandbrain_http.openapi.operation import CURSOR, PAGE, PAGE_SIZE, Answer, Operation, Parameter, Tag
from brandbrain_http.paging import cursor_of, cut, page_of, version_cursor
from brandbrain_http.reading import id_of, uuid_of
from brandbrain_http.rendering import version_body
from brandbrain_http.shapes.snapshots import DiffShape, HistoryEntryShape, HistoryShape, LatestShape, VersionShape

_OF_BRAND: Final = "/api/brands/{brand_id}/brandbrain"
_INCLUDE: Final = Parameter(
    name="include",
    description="Comma list of `evidence`, `qa` and `bundle`, or `full`; unknown names are ignored.",
    schema={"type": "string"},
)
_AGAINST: Final = Parameter(
    name="against",
    description="The snapshot to compare with, the older one as a rule. Needed.",
    schema={"type": "string", "format": "uuid"},
)


async def read_latest(call: Call) -> Response:
    """Answer with the newest snapshot of a brand."""
    brand = brand_of(call)
    include = includes(call.query("include") or "")
    async with call.deps.store.reading() as work:
        view = await work.views.latest(brand, report=bool(include))
    return found_snapshot(call, latest_body(view, view.report, include))


async def read_history(call: Call) -> Response:
    """Answer with a page of a brand's history."""
    brand = brand_of(call)
    page, before = page_of(call), cursor_of(call, version_cursor)
    offset = page.offset if before is None else 0
    async with call.deps.store.reading() as work:
        view = await work.views.history(brand, before_version=before, offset=offset, limit=page.size + 1)
    shown, more = cut(view.entries, page.size)
    shape = HistoryShape(
        snapshots=tuple(HistoryEntryShape.of(entry) for entry in shown),
        page=page.page,
        page_size=page.size,
        total=view.total,
        next_cursor=str(shown[-1].version) if more else None,
    )
    return found(call, body_of(shape))


async def read_version(call: Call) -> Response:
    """Answer with one version, which never changes."""
    brand, snapshot = brand_of(call), _snapshot_of(call)
    async with call.deps.store.reading() as work:
        stored = await work.snapshots.get(brand, snapshot)
    return found_snapshot(call, version_body(stored), cache=IMMUTABLE)


async def read_diff(call: Call) -> Response:
    """Answer with what changed from another version to this one."""
    brand, snapshot = brand_of(call), _snapshot_of(call)
    against = SnapshotId(uuid_of(call.query("against"), "snapshot_id"))
    async with call.deps.store.reading() as work:
        changes = await diff_versions(work, brand, against, snapshot)
    shape = DiffShape(snapshot_id=snapshot, against=against, summary=summarise(changes), changes=changes)
    return found(call, body_of(shape), cache=IMMUTABLE)


def _snapshot_of(call: Call) -> SnapshotId:
    return SnapshotId(id_of(call.request, "snapshot_id", "snapshot_id"))


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=f"{_OF_BRAND}/latest",
        handler=read_latest,
        operation=Operation(
            tag=Tag.SNAPSHOTS,
            summary="Read the newest snapshot",
            query=(_INCLUDE,),
            answers={200: Answer(description="The snapshot, and what was asked for beside it.", shape=LatestShape)},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found", "No snapshot found")},
        ),
    ),
    Endpoint(
        method="GET",
        path=f"{_OF_BRAND}/history",
        handler=read_history,
        operation=Operation(
            tag=Tag.SNAPSHOTS,
            summary="List the versions of a brand, newest first",
            query=(PAGE, PAGE_SIZE, CURSOR),
            answers={200: Answer(description="A page of versions, without their content.", shape=HistoryShape)},
            errors={
                400: ("Invalid brand_id", "Invalid pagination params", "Invalid cursor"),
                404: ("Brand not found",),
            },
        ),
    ),
    Endpoint(
        method="GET",
        path=f"{_OF_BRAND}/snapshots/{{snapshot_id}}",
        handler=read_version,
        operation=Operation(
            tag=Tag.SNAPSHOTS,
            summary="Read one version",
            description="It never changes, and may be kept for ever.",
            answers={200: Answer(description="The version.", shape=VersionShape)},
            errors={400: ("Invalid brand_id", "Invalid snapshot_id"), 404: ("No snapshot found",)},
        ),
    ),
    Endpoint(
        method="GET",
        path=f"{_OF_BRAND}/snapshots/{{snapshot_id}}/diff",
        handler=read_diff,
        operation=Operation(
            tag=Tag.SNAPSHOTS,
            summary="Compare two versions",
            query=(_AGAINST,),
            answers={200: Answer(description="What makes this version of the other one.", shape=DiffShape)},
            errors={400: ("Invalid brand_id", "Invalid snapshot_id"), 404: ("No snapshot found",)},
        ),
    ),
)
