"""The store in memory: transactions, one writer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from copy import copy
from random import Random
from typing import Generic, TypeVar

from brandbrain_core.ids import TenantId
from brandbrain_core.memory.brands import MemoryBrands
from brandbrain_core.memory.collection_runs import MemoryCollections
from brandbrain_core.memory.evidence import MemoryEvidence
from brandbrain_core.memory.idempotency import MemoryIdempotency
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.memory.keys import MemoryKeys
from brandbrain_core.memory.opened import Opened
from brandbrain_core.memory.overrides import MemoryOverrides
from brandbrain_core.memory.runs import MemoryRuns
from brandbrain_core.memory.snapshots import MemorySnapshots
from brandbrain_core.memory.sources import MemorySources
from brandbrain_core.memory.tables import Committed, Tables
from brandbrain_core.memory.views import MemoryViews
from brandbrain_core.ports import Clock

R = TypeVar("R")


class _Repository(Opened[R], Generic[R]):
    """A repository of that kind."""

    def __init__(self, kind: Callable[[Tables], R]) -> None:
        self._kind = kind

    def make(self, instance: MemoryUnitOfWork) -> R:
        """Open it."""
        return self._kind(instance.tables)


class MemoryUnitOfWork:
    """The repositories of one transaction."""

    brands = _Repository(MemoryBrands)
    sources = _Repository(MemorySources)
    collections = _Repository(MemoryCollections)
    evidence = _Repository(MemoryEvidence)
    overrides = _Repository(MemoryOverrides)
    runs = _Repository(MemoryRuns)
    snapshots = _Repository(MemorySnapshots)
    views = _Repository(MemoryViews)
    idempotency = _Repository(MemoryIdempotency)
    keys = _Repository(MemoryKeys)

    def __init__(self, tables: Tables, jobs: MemoryJobs) -> None:
        self.tables = tables
        self.jobs = jobs


class _Writing(AbstractAsyncContextManager[MemoryUnitOfWork, None]):
    """A transaction that writes, while it has the only right to."""

    def __init__(self, right: asyncio.Lock, work: MemoryUnitOfWork) -> None:
        self._right = right
        self._work = work

    async def __aenter__(self) -> MemoryUnitOfWork:
        await self._right.acquire()
        return self._work

    async def __aexit__(self, kind: type[BaseException] | None, *error: object) -> None:
        try:
            if kind is None:
                self._work.tables.commit()
        finally:
            self._work.tables.close()
            self._right.release()


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

    def transaction(self) -> AbstractAsyncContextManager[MemoryUnitOfWork]:
        """Begin a transaction that may write; see the port."""
        return _Writing(self._writer, self._open(writable=True))

    def step(self) -> AbstractAsyncContextManager[MemoryUnitOfWork]:
        """Begin a transaction for a single call; see the port."""
        return self.transaction()

    def reading(self) -> AbstractAsyncContextManager[MemoryUnitOfWork]:
        """Begin a transaction that only reads; see the port."""
        return nullcontext(self._open(writable=False))

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

    def _open(self, *, writable: bool) -> MemoryUnitOfWork:
        return self._unit_of_work(Tables(self._committed, writable=writable, tenant=self._tenant))

    def _unit_of_work(self, tables: Tables) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(tables, self.jobs_in(tables))
