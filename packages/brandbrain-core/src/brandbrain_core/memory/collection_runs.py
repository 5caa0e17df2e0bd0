"""Collection runs and raw items, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from brandbrain_core.ids import CollectionRunId, SourceId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.collection import CollectionRun, CollectionStatus, RawItem
from brandbrain_core.ports import Pruned


class MemoryCollections:
    """Implements `brandbrain_core.ports.CollectionRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, run: CollectionRun) -> None:
        """Store a new collection run."""
        self._tables.collection_runs[run.id] = run
        known = self._tables.runs_of_source.get(run.source_id, ())
        self._tables.runs_of_source[run.source_id] = (*known, run.id)

    async def update(self, run: CollectionRun) -> None:
        """Replace everything that can change of a run."""
        stored = self._tables.collection_runs.get(run.id)
        if stored is None:
            return
        self._tables.collection_runs[run.id] = attrs.evolve(
            run,
            brand_id=stored.brand_id,
            source_id=stored.source_id,
            collector=stored.collector,
            input=stored.input,
            started_at=stored.started_at,
        )

    async def add_raw_items(self, items: Sequence[RawItem]) -> None:
        """Store raw items."""
        for run in dict.fromkeys(item.run_id for item in items):
            added = (item for item in items if item.run_id == run)
            self._tables.raw_items[run] = (*self._tables.raw_items.get(run, ()), *added)

    async def raw_items(self, run: CollectionRunId, *, limit: int) -> tuple[RawItem, ...]:
        """Return raw items of a run, by index."""
        return tuple(sorted(self._tables.raw_items.get(run, ()), key=lambda item: item.index)[:limit])

    async def latest(self, sources: Sequence[SourceId]) -> Mapping[SourceId, tuple[CollectionRun, ...]]:
        """Return the telling runs of each source."""
        runs = {
            source: [self._tables.collection_runs[run] for run in self._tables.runs_of_source.get(source, ())]
            for source in sources
        }
        return {source: _telling(of_source) for source, of_source in runs.items() if of_source}

    async def prune_raw_items(
        self, *, started_before: datetime, limit: int, after: CollectionRunId | None = None
    ) -> Pruned[CollectionRunId]:
        """Delete raw items of runs that began before and that a newer success has replaced."""
        old = (run.id for run in self._tables.collection_runs.values() if run.started_at < started_before)
        looked_at = sorted(run for run in old if after is None or run > after)[:limit]
        deleted = 0
        for run in looked_at:
            if self._tables.raw_items.get(run) and self._is_replaced(run):
                deleted += len(self._tables.raw_items[run])
                self._tables.raw_items[run] = ()
        return Pruned(deleted=deleted, last=looked_at[-1] if len(looked_at) == limit else None)

    def _is_replaced(self, run: CollectionRunId) -> bool:
        old = self._tables.collection_runs[run]
        others = (self._tables.collection_runs[other] for other in self._tables.runs_of_source[old.source_id])
        return any(other.status is CollectionStatus.SUCCEEDED and other.started_at > old.started_at for other in others)


def _telling(runs: Iterable[CollectionRun]) -> tuple[CollectionRun, ...]:
    """Return the newest run, the newest that succeeded and the newest that is running, each once, newest first."""
    newest_first = sorted(runs, key=lambda run: (run.started_at, run.id), reverse=True)
    succeeded = (run for run in newest_first if run.status is CollectionStatus.SUCCEEDED)
    running = (run for run in newest_first if run.status is CollectionStatus.RUNNING)
    wanted = {newest_first[0].id, *(run.id for run in (next(succeeded, None), next(running, None)) if run)}
    return tuple(run for run in newest_first if run.id in wanted)
