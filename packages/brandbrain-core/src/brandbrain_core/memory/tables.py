"""The tables of the store in memory, and how a transaction sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any, TypeAlias

from brandbrain_core.ids import (
    BrandId,
    CollectionRunId,
    EvidenceId,
    JobId,
    KeyId,
    RunId,
    SnapshotId,
    SourceId,
    TenantId,
)
from brandbrain_core.memory.layers import SortedIndex, Table
from brandbrain_core.memory.tenants import OfTenant
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.collection import CollectionRun, RawItem
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.idempotency import IdempotencyRecord
from brandbrain_core.model.job import Job
from brandbrain_core.model.key import ApiKey
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import StoredSnapshot

SourceKey: TypeAlias = tuple[BrandId, Platform, Capability, str]
QueueKey: TypeAlias = tuple[datetime, datetime, str, JobId]
EndedKey: TypeAlias = tuple[datetime, JobId]
IdempotencyKey: TypeAlias = tuple[str, str]


class Committed:
    """What all committed transactions have written: rows by table, keys by index."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self.keys: defaultdict[str, list[Any]] = defaultdict(list)


class Tables:
    """
    All tables, as one transaction sees them.

    Attributes:
        brands: Those that were not deleted and are the tenant's; whatever belongs to another is hidden by this.
        source_ids: By what is unique about a source.
        sightings: By source: the ids of its items, by the identifier under which they were seen.
        jobs_of_brand: Ids, in the order in which they were added.
        pending, running: The one job of the brand that is so.
        queue: Pending jobs in the order in which they are claimed.
        ended: Ended jobs by their end.
        versions: Snapshots of the brand in the order of their versions.
        snapshots_of_run: Those that rest on the run, of either origin.
        counters: ``token`` is the last one given.
    """

    def __init__(self, committed: Committed, *, writable: bool, tenant: TenantId | None = None) -> None:
        """
        Open the tables.

        Args:
            committed: What is in them.
            writable: Whether this transaction may write.
            tenant: Whose brands are seen; None: all.
        """
        self.tenant = tenant
        self._committed = committed
        self._writable = writable
        self._layers: list[Table[Any, Any] | SortedIndex[Any]] = []
        self.brands: MutableMapping[BrandId, Brand] = OfTenant(
            self._table("brands"), self._table("tenant_of_brand"), tenant
        )
        self.onboarding: Table[BrandId, Onboarding] = self._table("onboarding")
        self.overrides: Table[BrandId, Overrides] = self._table("overrides")
        self.sources: Table[SourceId, Source] = self._table("sources")
        self.source_ids: Table[SourceKey, SourceId] = self._table("source_ids")
        self.sources_of_brand: Table[BrandId, tuple[SourceId, ...]] = self._table("sources_of_brand")
        self.collection_runs: Table[CollectionRunId, CollectionRun] = self._table("collection_runs")
        self.runs_of_source: Table[SourceId, tuple[CollectionRunId, ...]] = self._table("runs_of_source")
        self.raw_items: Table[CollectionRunId, tuple[RawItem, ...]] = self._table("raw_items")
        self.evidence: Table[EvidenceId, EvidenceItem] = self._table("evidence")
        self.evidence_of_brand: Table[BrandId, tuple[EvidenceId, ...]] = self._table("evidence_of_brand")
        self.sightings: Table[SourceId, Mapping[str, frozenset[EvidenceId]]] = self._table("sightings")
        self.runs: Table[RunId, CompileRun] = self._table("runs")
        self.jobs: Table[JobId, Job] = self._table("jobs")
        self.job_of_run: Table[RunId, JobId] = self._table("job_of_run")
        self.jobs_of_brand: Table[BrandId, tuple[JobId, ...]] = self._table("jobs_of_brand")
        self.pending: Table[BrandId, JobId] = self._table("pending")
        self.running: Table[BrandId, JobId] = self._table("running")
        self.queue: SortedIndex[QueueKey] = self._index("queue")
        self.ended: SortedIndex[EndedKey] = self._index("ended")
        self.snapshots: Table[SnapshotId, StoredSnapshot] = self._table("snapshots")
        self.versions: Table[BrandId, tuple[SnapshotId, ...]] = self._table("versions")
        self.snapshots_of_run: Table[RunId, tuple[SnapshotId, ...]] = self._table("snapshots_of_run")
        self.counters: Table[str, int] = self._table("counters")
        self.idempotency: Table[IdempotencyKey, IdempotencyRecord] = self._table("idempotency")
        self.keys: Table[KeyId, ApiKey] = self._table("keys")

    def commit(self) -> None:
        """Make everything that was written everybody's, at once."""
        for layer in self._layers:
            layer.commit()

    def close(self) -> None:
        """Forget what was not committed; nothing can be written any more."""
        for layer in self._layers:
            layer.close()

    def _table(self, name: str) -> Table[Any, Any]:
        table: Table[Any, Any] = Table(self._committed.rows[name], writable=self._writable)
        self._layers.append(table)
        return table

    def _index(self, name: str) -> SortedIndex[Any]:
        index: SortedIndex[Any] = SortedIndex(self._committed.keys[name], writable=self._writable)
        self._layers.append(index)
        return index
