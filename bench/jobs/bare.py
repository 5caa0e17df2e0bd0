"""
What a queue in PostgreSQL costs at the least: one table, a statement to claim and one to finish, through asyncpg.

No lease, no run, no retries: a job whose worker dies is lost. Nobody should use this; everybody should come near it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from bench.jobs.contender import Picked
from bench.jobs.measured import Order

_SCHEMA: Final = """
create table jobs (
    id bigint generated always as identity primary key, status text not null, payload text not null,
    available_at timestamptz not null default clock_timestamp(), locked_at timestamptz, finished_at timestamptz
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index ready on jobs (available_at, id) where status = 'pending';
"""
_ENQUEUE: Final = """
with made as (insert into jobs (status, payload) values ('pending', $1) returning id)
select pg_notify('bare', '') from made
"""
_CLAIM: Final = """
update jobs set status = 'running', locked_at = clock_timestamp() where id = (
    select id from jobs where status = 'pending' and available_at <= (select clock_timestamp())
    order by available_at, id limit 1 for no key update skip locked
) returning id
"""
_FINISH: Final = """
update jobs set status = 'succeeded', finished_at = clock_timestamp() where id = $1 and status = 'running'
"""
_FILL: Final = "insert into jobs (status, payload) select $1, '{}' from generate_series(1, $2)"


class Bare:
    """See `bench.jobs.contender.Contender`; each slot has a connection and a loop."""

    versions = f"asyncpg {asyncpg.__version__}"

    async def prepare(self, order: Order) -> None:
        """Lay out the table."""
        self._dsn = order.dsn
        self._connection: Any = await asyncpg.connect(order.dsn)
        await self._connection.execute(_SCHEMA)
        await self._connection.execute(_FILL, "succeeded", order.finished)
        await self._connection.execute("vacuum analyze jobs")
        self._filled = order.finished

    async def fill(self, jobs: int) -> None:
        """Add pending jobs."""
        await self._connection.execute(_FILL, "pending", jobs)

    async def enqueue(self) -> None:
        """Add one job."""
        await self._connection.execute(_ENQUEUE, "{}")

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Claim and finish in *slots* loops."""
        self._stopping = False
        listener = await asyncpg.connect(self._dsn)
        bells = [asyncio.Event() for _ in range(slots)]
        await listener.add_listener("bare", lambda *_: _ring(bells))
        loops = [asyncio.create_task(self._work(picked, bell)) for bell in bells]
        try:
            yield
        finally:
            self._stopping = True
            _ring(bells)
            await asyncio.gather(*loops)
            await listener.close()

    async def finished(self) -> int:
        """Return how many succeeded."""
        counted = await self._connection.fetchval("select count(*) from jobs where status = 'succeeded'")
        return int(counted) - self._filled

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _work(self, picked: Picked, bell: asyncio.Event) -> None:
        connection = await asyncpg.connect(self._dsn)
        claim, finish = await connection.prepare(_CLAIM), await connection.prepare(_FINISH)
        while not self._stopping:
            job = await claim.fetchval()
            if job is None:
                await bell.wait()
                bell.clear()
                continue
            picked(job)
            await finish.fetch(job)
        await connection.close()


def _ring(bells: list[asyncio.Event]) -> None:
    for bell in bells:
        bell.set()
