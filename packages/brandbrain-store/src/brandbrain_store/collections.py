"""Collection runs and the raw items they brought."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import Select, bindparam, insert, select, union_all, update

from brandbrain_core.ids import CollectionRunId, RawItemId, SourceId
from brandbrain_core.model.collection import CollectionRun, CollectionStatus, RawItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.ports import Pruned
from brandbrain_store import tables
from brandbrain_store.built import built_once
from brandbrain_store.pruning import prune_raw_items
from brandbrain_store.tables import collection_runs, raw_items
from brandbrain_store.work import Work, inline

_FIXED: Final = frozenset({"id", "brand_id", "source_id", "collector", "input", "started_at"})
_NEWEST_FIRST: Final = (collection_runs.c.started_at.desc(), collection_runs.c.id.desc())


class SqlCollections:
    """See `brandbrain_core.ports.CollectionRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, run: CollectionRun) -> None:
        """Store a new collection run."""
        await self._work.run(insert(collection_runs).values(_row(run)))

    async def update(self, run: CollectionRun) -> None:
        """Replace everything that can change of a run: all but id, brand, source, collector, input and start."""
        changeable = {name: value for name, value in _row(run).items() if name not in _FIXED}
        await self._work.run(update(collection_runs).where(collection_runs.c.id == run.id).values(changeable))

    async def add_raw_items(self, items: Sequence[RawItem]) -> None:
        """Store raw items, in one batch."""
        if items:
            await self._work.run(insert(raw_items), [_raw_row(item) for item in items])

    async def raw_items(self, run: CollectionRunId, *, limit: int) -> tuple[RawItem, ...]:
        """Return up to *limit* raw items of a run, by index."""
        found = select(raw_items).where(raw_items.c.run_id == run).order_by(raw_items.c.position).limit(limit)
        return tuple(_raw_item(row) for row in await self._work.many(found))

    async def latest(self, sources: Sequence[SourceId]) -> Mapping[SourceId, tuple[CollectionRun, ...]]:
        """Return, for each source that has any, its newest run, the newest that succeeded and the newest running."""
        if not sources:
            return {}
        runs: dict[SourceId, list[CollectionRun]] = {}
        for row in await self._work.all(_latest(), {"sources": list(sources)}):
            run = _run(row)
            runs.setdefault(run.source_id, []).append(run)
        return {source: tuple(of_source) for source, of_source in runs.items()}

    async def prune_raw_items(
        self, *, started_before: datetime, limit: int, after: CollectionRunId | None = None
    ) -> Pruned[CollectionRunId]:
        """Delete the raw items of runs that a newer succeeded run of their source has replaced."""
        return await prune_raw_items(self._work, started_before=started_before, limit=limit, after=after)


@built_once
def _latest() -> Select[Any]:
    newest, succeeded = _newest_of_each(), _newest_of_each(CollectionStatus.SUCCEEDED)
    telling = union_all(newest, succeeded, _newest_of_each(CollectionStatus.RUNNING)).subquery()
    found = select(collection_runs).where(collection_runs.c.id.in_(select(telling.c.id)))
    return found.order_by(*_NEWEST_FIRST)


def _newest_of_each(status: CollectionStatus | None = None) -> Select[Any]:
    """Return the ids of the newest run of each source: one index probe for each."""
    run = collection_runs.alias()
    newest = select(run.c.id).where(run.c.source_id == tables.sources.c.id)
    if status is not None:
        newest = newest.where(run.c.status == inline(status))
    newest = newest.order_by(run.c.started_at.desc(), run.c.id.desc()).limit(1)
    wanted = tables.sources.c.id.in_(bindparam("sources", expanding=True))
    return select(newest.correlate(tables.sources).scalar_subquery().label("id")).where(wanted)


def _row(run: CollectionRun) -> dict[str, Any]:
    row = {field.name: getattr(run, field.name) for field in attrs.fields(CollectionRun)}
    return {**row, "input": canonical(run.input)}


def _run(row: Any) -> CollectionRun:
    members = dict(row._mapping)  # noqa: SLF001
    members |= {"status": CollectionStatus(row.status), "input": json.loads(row.input)}
    return CollectionRun(**members)


def _raw_row(item: RawItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "run_id": item.run_id,
        "position": item.index,
        "shape": item.shape,
        "payload": _as_it_came(item.payload),
    }


def _as_it_came(payload: JsonObject) -> str:
    """Return a payload as text, its members in their order; what UTF-8 cannot hold is escaped."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=dict)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(payload, separators=(",", ":"), default=dict)
    return text


def _raw_item(row: Any) -> RawItem:
    return RawItem(
        id=RawItemId(row.id),
        run_id=CollectionRunId(row.run_id),
        index=row.position,
        shape=row.shape,
        payload=json.loads(row.payload),
    )
