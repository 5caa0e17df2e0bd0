"""Counting the writes that a fence refuses, by kind: a store that passes everything on and looks at what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Any, cast

from brandbrain_core.errors import LeaseLost
from brandbrain_core.ids import TenantId
from brandbrain_core.model.job import Lease
from brandbrain_core.ports import JobRepository, Store, UnitOfWork
from brandbrain_worker.counters import Counters
from brandbrain_worker.held import HeldLeases


class CountingStore:
    """Implements `brandbrain_core.ports.Store` over another one."""

    def __init__(self, store: Store, counters: Counters, leases: HeldLeases) -> None:
        self._store = store
        self._counters = counters
        self._leases = leases

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a transaction of the other store."""
        return _Counted(self._store.transaction(), self._counters, self._leases)

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin one for a single call."""
        return _Counted(self._store.step(), self._counters, self._leases)

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a reading one."""
        return self._store.reading()

    def scoped(self, tenant: TenantId) -> CountingStore:
        """Return the other store as *tenant* sees it, counted here."""
        return CountingStore(self._store.scoped(tenant), self._counters, self._leases)

    async def check(self) -> None:
        """Check the other store."""
        await self._store.check()

    async def close(self) -> None:
        """Close the other store."""
        await self._store.close()


class _Counted(AbstractAsyncContextManager[UnitOfWork]):
    def __init__(self, unit: AbstractAsyncContextManager[UnitOfWork], counters: Counters, leases: HeldLeases) -> None:
        self._unit = unit
        self._counters = counters
        self._leases = leases

    async def __aenter__(self) -> UnitOfWork:
        return cast(UnitOfWork, _CountingWork(await self._unit.__aenter__(), self._counters, self._leases))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return await self._unit.__aexit__(kind, error, traceback)


class _CountingWork:
    def __init__(self, work: UnitOfWork, counters: Counters, leases: HeldLeases) -> None:
        self._work = work
        self.jobs = cast(JobRepository, _CountingJobs(work.jobs, counters, leases))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)


class _CountingJobs:
    def __init__(self, jobs: JobRepository, counters: Counters, leases: HeldLeases) -> None:
        self._jobs = jobs
        self._counters = counters
        self._leases = leases

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def fence(self, lease: Lease) -> None:
        held = self._leases.of(lease)
        with self._counted("complete" if held is not None and held.is_finishing else "evidence"):
            await self._jobs.fence(lease)

    async def progress(self, lease: Lease, *args: Any) -> None:
        with self._counted("progress"):
            await self._jobs.progress(lease, *args)

    async def complete(self, lease: Lease, *args: Any, **more: Any) -> Any:
        with self._counted("complete"):
            return await self._jobs.complete(lease, *args, **more)

    async def fail(self, lease: Lease, *args: Any, **more: Any) -> Any:
        with self._counted("fail"):
            return await self._jobs.fail(lease, *args, **more)

    async def hand_back(self, lease: Lease, **more: Any) -> Any:
        with self._counted("hand_back"):
            return await self._jobs.hand_back(lease, **more)

    @contextmanager
    def _counted(self, kind: str) -> Iterator[None]:
        try:
            yield
        except LeaseLost:
            self._counters.refused(kind)
            raise
