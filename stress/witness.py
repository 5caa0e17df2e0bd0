"""
What a worker says of its own writes: each one under a lease that the store has accepted, with the moment it was begun.

The database says when each token's time was over. A write that was begun after that and accepted all the same is a
zombie's, whatever it was: signs of life, hand backs and ends leave no trace of their token in the rows.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import attrs

from brandbrain_core.clock import SystemClock
from brandbrain_core.ids import TenantId
from brandbrain_core.model.job import Lease
from brandbrain_core.ports import Beat, Ended, JobRepository, Store, UnitOfWork

UNDER_A_LEASE: Final = frozenset({"fence", "progress", "complete", "fail", "hand_back"})
REPETITION: Final = "repetition"
"""A complete that found that the same one had happened before: it comes after the end, and rightly so."""


@attrs.frozen
class Write:
    """One accepted write: when it was begun, by this machine's own clock, its kind, its job and its token."""

    began: datetime
    kind: str
    job: UUID
    token: int

    def line(self) -> str:
        """Return it as one line of text."""
        return f"{self.began.timestamp():.6f} {self.kind} {self.job} {self.token}\n"


def writes_in(file: Path) -> Iterable[Write]:
    """Read what a worker has said; a worker that was killed may have left half a line."""
    for line in file.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            began, kind, job, token = line.split()
            yield Write(datetime.fromtimestamp(float(began), UTC), kind, UUID(job), int(token))


class Witness:
    """Appends accepted writes to a file, at once, so that a worker that is killed has told of all it did."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(self, writes: Iterable[Write]) -> None:
        """Write them down; safe in any thread."""
        if text := "".join(write.line() for write in writes):
            os.write(self._file, text.encode())


class WitnessedStore:
    """Implements `brandbrain_core.ports.Store` over another one; what is not committed is not told of."""

    def __init__(self, store: Store, witness: Witness) -> None:
        self._store = store
        self._witness = witness

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a transaction of the other store."""
        return self._watched(self._store.transaction())

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin one for a single call."""
        return self._watched(self._store.step())

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a reading one, which is of no interest."""
        return self._store.reading()

    def scoped(self, tenant: TenantId) -> Store:
        """Return the other store as *tenant* sees it."""
        return WitnessedStore(self._store.scoped(tenant), self._witness)

    async def check(self) -> None:
        """Check the other store."""
        await self._store.check()

    async def close(self) -> None:
        """Close the other store."""
        await self._store.close()

    @asynccontextmanager
    async def _watched(self, inner: AbstractAsyncContextManager[UnitOfWork]) -> AsyncIterator[UnitOfWork]:
        writes: list[Write] = []
        async with inner as work:
            yield cast(UnitOfWork, _WitnessedWork(work, writes))
        self._witness.tell(writes)


class _WitnessedWork:
    def __init__(self, work: UnitOfWork, writes: list[Write]) -> None:
        self._work = work
        self.jobs = cast(JobRepository, _WitnessedJobs(work.jobs, writes))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)


class _WitnessedJobs:
    def __init__(self, jobs: JobRepository, writes: list[Write]) -> None:
        self._jobs = jobs
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._jobs, name)
        if name not in UNDER_A_LEASE:
            return call

        async def watched(lease: Lease, *args: Any, **more: Any) -> Any:
            began = SystemClock().now()
            result = await call(lease, *args, **more)
            kind = REPETITION if isinstance(result, Ended) and result.repeated else name
            self._writes.append(Write(began, kind, lease.job_id, lease.token))
            return result

        return watched

    async def extend(self, leases: Iterable[Lease], **more: Any) -> tuple[Beat, ...]:
        held, began = tuple(leases), SystemClock().now()
        beats = await self._jobs.extend(held, **more)
        for lease, beat in zip(held, beats, strict=True):
            if not (beat.lost or beat.cancel):
                self._writes.append(Write(began, "extend", lease.job_id, lease.token))
        return beats
