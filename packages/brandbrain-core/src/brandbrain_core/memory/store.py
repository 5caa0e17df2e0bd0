"""The store in memory: transactions, one writer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from random import Random

from brandbrain_core.ids import TenantId
from brandbrain_core.memory.brands import MemoryBrands
from brandbrain_core.memory.collection_runs import MemoryCollections
from brandbrain_core.memory.evidence import MemoryEvidence
from brandbrain_core.memory.idempotency import MemoryIdempotency
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.memory.keys import MemoryKeys
from brandbrain_core.memory.overrides import MemoryOverrides
from brandbrain_core.memory.runs import MemoryRuns
from brandbrain_core.memory.snapshots import MemorySnapshots
from brandbrain_core.memory.sources import MemorySources
from brandbrain_core.memory.tables import Committed, Tables
from brandbrain_core.memory.views import MemoryViews
from brandbrain_core.ports import Clock


class MemoryUnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, tables: Tables, jobs: MemoryJobs) -> None:
        self.brands = MemoryBrands(tables)
        self.sources = MemorySources(tables)
        self.collections = MemoryCollections(tables)
        self.evidence = MemoryEvidence(tables)
        self.overrides = MemoryOverrides(tables)
        self.runs = MemoryRuns(tables)
        self.snapshots = MemorySnapshots(tables)
        self.jobs = jobs
        self.views = MemoryViews(tables)
        self.idempotency = MemoryIdempotency(tables)
        self.keys = MemoryKeys(tables)


class MemoryStore:
    """
    Keeps everything in this process; when it ends, all is gone.

    Writers wait for each other, readers for nobody; they see what was committed last. A transaction begun inside
    another one by the same task waits for ever, as it would on SQLite.
    """

    def __init__(self, clock: Clock, *, draw: Callable[[], float] | None = None) -> None:
        """
        Make an empty store.

        Args:
            clock: Tells the moment to decide by where the caller gives none.
            draw: Gives random numbers in [0, 1) for the jitter of backoffs; None: by chance.
        """
        self._clock = clock
        self._draw = draw or Random().random
        self._committed = Committed()
        self._writer = asyncio.Lock()
        self._tenant: TenantId | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin a transaction that may write; see the port."""
        async with self._writer:
            tables = Tables(self._committed, writable=True, tenant=self._tenant)
            try:
                yield self._unit_of_work(tables)
                tables.commit()
            finally:
                tables.close()

    def step(self) -> AbstractAsyncContextManager[MemoryUnitOfWork]:
        """Begin a transaction for a single call; see the port."""
        return self.transaction()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin a transaction that only reads; see the port."""
        yield self._unit_of_work(Tables(self._committed, writable=False, tenant=self._tenant))

    def scoped(self, tenant: TenantId) -> MemoryStore:
        """Return the store as a tenant sees it; see the port."""
        scoped = copy(self)
        scoped._tenant = tenant  # noqa: SLF001
        return scoped

    async def check(self) -> None:
        """Return: it can always be used."""

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def jobs_in(self, tables: Tables) -> MemoryJobs:
        """Return the repository of jobs over these tables."""
        return MemoryJobs(tables, clock=self._clock, draw=self._draw)

    def _unit_of_work(self, tables: Tables) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(tables, self.jobs_in(tables))
