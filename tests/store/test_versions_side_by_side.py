"""
Workers of two versions on one database: what holds between them is the row and the sequence, not the code.

The other version is written down here as the statements that any version must come to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import attrs
import pytest

from brandbrain_core.errors import LeaseLost
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store

TERMS = LeaseTerms()
AUTHORITY = "id = $1 and lease_token = $2 and status = 'running'"


@attrs.frozen
class Older:
    """A worker of another version."""

    connection: asyncpg.Connection

    async def claim(self) -> tuple[UUID, int] | None:
        """Claim a job; return it with its token."""
        row = await self.connection.fetchrow(
            "update jobs set status = 'running', attempts = attempts + 1, lease_token = nextval('lease_tokens'), "
            "locked_by = 'older', locked_at = clock_timestamp(), started_at = clock_timestamp() where id = ("
            "select id from jobs where status = 'pending' and available_at <= clock_timestamp() "
            "order by available_at limit 1 for update skip locked) returning id, lease_token"
        )
        return None if row is None else (row["id"], row["lease_token"])

    async def beat(self, job: UUID, token: int) -> bool:
        """Give a sign of life; tell whether the lease holds."""
        return await self._changed(f"update jobs set locked_at = clock_timestamp() where {AUTHORITY}", job, token)

    async def hand_back(self, job: UUID, token: int) -> bool:
        """Give the job back; tell whether the lease held."""
        text = f"update jobs set status = 'pending', attempts = attempts - 1 where {AUTHORITY}"
        return await self._changed(text, job, token)

    async def sweep(self) -> None:
        """Take away every lease, as if all were stale."""
        await self.connection.execute(
            "update jobs set status = 'pending', locked_by = null, locked_at = null, started_at = null "
            "where status = 'running'"
        )

    async def _changed(self, text: str, *values: object) -> bool:
        return str(await self.connection.execute(text, *values)) == "UPDATE 1"


@pytest.fixture
async def store(emptied_postgres: str) -> AsyncIterator[SqlStore]:
    """A store of this version, with one job."""
    store = await open_store(emptied_postgres, migrate=False)
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
    yield store
    await store.close()


@pytest.fixture
async def older(emptied_postgres: str) -> AsyncIterator[Older]:
    """A worker of another version on the same database."""
    connection = await asyncpg.connect(emptied_postgres)
    yield Older(connection)
    await connection.close()


async def test_this_version_takes_over_from_the_other(store: SqlStore, older: Older) -> None:
    """Its tokens are larger, and the other one's writes match nothing any more."""
    held = await older.claim()
    assert held is not None
    async with store.transaction() as work:
        assert [held[1]] == [each.token for each in await work.jobs.release_worker("older")]

    async with store.transaction() as work:
        (lease,) = await work.jobs.claim("newer", limit=1, terms=TERMS)

    assert lease.token > held[1]
    assert not await older.beat(*held)
    assert not await older.hand_back(*held)
    async with store.transaction() as work:
        await work.jobs.complete(lease, build.run_report())
    assert not await older.hand_back(*held)


async def test_the_other_version_takes_over_from_this(store: SqlStore, older: Older) -> None:
    """Everything that is written under the lease that was lost is refused; the other one's lease holds."""
    async with store.transaction() as work:
        (lease,) = await work.jobs.claim("newer", limit=1, terms=TERMS)
    await older.sweep()
    held = await older.claim()
    assert held is not None

    assert held[1] > lease.token
    async with store.transaction() as work:
        (beat,) = await work.jobs.extend([lease], terms=TERMS)
        assert beat.lost
        for refused in (
            work.jobs.fence(lease),
            work.jobs.progress(lease, build.progress()),
            work.jobs.complete(lease, build.run_report()),
            work.jobs.fail(lease, "boom", retry=True, report=None, terms=TERMS),
            work.jobs.hand_back(lease),
        ):
            with pytest.raises(LeaseLost):
                await refused
    assert await older.beat(*held)
