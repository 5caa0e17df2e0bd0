"""The tables of the store in memory, and how a transaction sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar

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
from brandbrain_core.memory.opened import Opened
from brandbrain_core.memory.tenants import OfTenant
from brandbrain_core.model.brand import Onboarding
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

K = TypeVar("K")
V = TypeVar("V")

SourceKey: TypeAlias = tuple[BrandId, Platform, Capability, str]
QueueKey: TypeAlias = tuple[datetime, datetime, str, JobId]
EndedKey: TypeAlias = tuple[datetime, JobId]
IdempotencyKey: TypeAlias = tuple[str, str]


AS_NUMBER: Final = attrgetter("int")
"""Gives the number that an id is: ids are put in order by it, for comparing ids as such takes ten times as long."""


OWNERS: Final = "tenant_of_brand"
"""The table of whose a brand is; it is opened together with the brands."""


class Committed:
    """What all committed transactions have written: rows by table, keys by index."""

    def __init__(self) -> None:
        opened = {name: made for name, made in vars(Tables).items() if isinstance(made, Opened)}
        self.rows: dict[str, dict[Any, Any]] = {
            name: {} for name, made in opened.items() if not isinstance(made, _Keys)
        }
        self.rows[OWNERS] = {}
        self.keys: dict[str, list[Any]] = {name: [] for name, made in opened.items() if isinstance(made, _Keys)}


class _Rows(Opened[Table[K, V]], Generic[K, V]):
    """A table of that name."""

    def make(self, instance: Tables) -> Table[K, V]:
        """Open it."""
        return instance.rows(self.name)


class _Keys(Opened[SortedIndex[K]], Generic[K]):
    """An index of that name."""

    def make(self, instance: Tables) -> SortedIndex[K]:
        """Open it."""
        return instance.index(self.name)


class _Brands(Opened[OfTenant]):
    """The brands of the tenant."""

    def make(self, instance: Tables) -> OfTenant:
        """Open them, and whose they are."""
        return OfTenant(instance.rows(self.name), instance.rows(OWNERS), instance.tenant)


class Tables:
    """
    All tables, as one transaction sees them; each is opened when it is first looked at.

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

    brands = _Brands()
    onboarding = _Rows[BrandId, Onboarding]()
    overrides = _Rows[BrandId, Overrides]()
    sources = _Rows[SourceId, Source]()
    source_ids = _Rows[SourceKey, SourceId]()
    sources_of_brand = _Rows[BrandId, tuple[SourceId, ...]]()
    collection_runs = _Rows[CollectionRunId, CollectionRun]()
    runs_of_source = _Rows[SourceId, tuple[CollectionRunId, ...]]()
    raw_items = _Rows[CollectionRunId, tuple[RawItem, ...]]()
    evidence = _Rows[EvidenceId, EvidenceItem]()
    evidence_of_brand = _Rows[BrandId, tuple[EvidenceId, ...]]()
    sightings = _Rows[SourceId, Mapping[str, frozenset[EvidenceId]]]()
    runs = _Rows[RunId, CompileRun]()
    jobs = _Rows[JobId, Job]()
    job_of_run = _Rows[RunId, JobId]()
    jobs_of_brand = _Rows[BrandId, tuple[JobId, ...]]()
    pending = _Rows[BrandId, JobId]()
    running = _Rows[BrandId, JobId]()
    queue = _Keys[QueueKey]()
    ended = _Keys[EndedKey]()
    snapshots = _Rows[SnapshotId, StoredSnapshot]()
    versions = _Rows[BrandId, tuple[SnapshotId, ...]]()
    snapshots_of_run = _Rows[RunId, tuple[SnapshotId, ...]]()
    counters = _Rows[str, int]()
    idempotency = _Rows[IdempotencyKey, IdempotencyRecord]()
    keys = _Rows[KeyId, ApiKey]()

    def __init__(self, committed: Committed, *, writable: bool, tenant: TenantId | None = None) -> None:
        """
        Begin.

        Args:
            committed: What is in them.
            writable: Whether this transaction may write.
            tenant: Whose brands are seen; None: all.
        """
        self.tenant = tenant
        self._committed = committed
        self._writable = writable
        self._layers: list[Table[Any, Any] | SortedIndex[Any]] = []

    def commit(self) -> None:
        """Make everything that was written everybody's, at once."""
        for layer in self._layers:
            layer.commit()
        self.close()

    def close(self) -> None:
        """Forget what was not committed; nothing can be written any more."""
        for layer in self._layers:
            layer.close()
        self._layers.clear()
        self._writable = False

    def rows(self, name: str) -> Table[Any, Any]:
        """Open a table."""
        table: Table[Any, Any] = Table(self._committed.rows[name], writable=self._writable)
        self._layers.append(table)
        return table

    def index(self, name: str) -> SortedIndex[Any]:
        """Open an index."""
        index: SortedIndex[Any] = SortedIndex(self._committed.keys[name], writable=self._writable)
        self._layers.append(index)
        return index
