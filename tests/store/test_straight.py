"""Reads that go straight to the driver say what SQLAlchemy would have said, and get over what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
from sqlalchemy import event

from brandbrain_core.errors import Unavailable
from brandbrain_core.model.stored_snapshot import Origin
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, SqlUnitOfWork, open_store

READS: dict[str, Callable[[SqlUnitOfWork], Awaitable[object]]] = {
    "latest": lambda work: work.views.latest(build.BRAND),
    "latest, with the report": lambda work: work.views.latest(build.BRAND, report=True),
    "status": lambda work: work.views.run(build.BRAND, build.run_id(1)),
    "history": lambda work: work.views.history(build.BRAND, before_version=None, offset=0, limit=9),
    "state": lambda work: work.views.state(build.BRAND, document=True),
    "overrides": lambda work: work.overrides.get(build.BRAND),
    "onboarding": lambda work: work.brands.onboarding(build.BRAND),
    "sources": lambda work: work.sources.of_brand(build.BRAND),
}
HOLDERS = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


@pytest.fixture(params=["sqlite_url", "emptied_postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SqlStore]:
    """A store on either database with a brand that has one of everything."""
    opened = await open_store(request.getfixturevalue(request.param), migrate=False)
    async with opened.transaction() as work:
        await work.brands.add(build.brand())
        await work.brands.save_onboarding(build.onboarding())
        await work.sources.add(build.source())
        await work.jobs.add(build.compile_run(), build.job())
        await work.snapshots.append(build.stored_snapshot())
        await work.overrides.save(build.overrides())
    yield opened
    await opened.close()


@pytest.mark.parametrize("what", READS)
async def test_both_ways_say_the_same(store: SqlStore, what: str) -> None:
    """With a listener, SQLAlchemy executes; without one, the driver does."""
    heard: list[str] = []
    engine = getattr(store._reading, "sync_engine", store._reading)

    def hear(_c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
        heard.append(statement)

    async with store.reading() as work:
        straight = await READS[what](work)
    event.listen(engine, "before_cursor_execute", hear)
    async with store.reading() as work:
        usual = await READS[what](work)

    assert usual == straight
    assert heard


@pytest.mark.parametrize("is_heard", [False, True])
async def test_a_snapshot_is_handed_through_in_utf_8(store: SqlStore, is_heard: bool) -> None:
    """Whatever its characters, on either way."""
    document = '{"a":"Käse \U0001f9c0 \\\\x41 \\u0041 \'"}'
    async with store.transaction() as work:
        await work.snapshots.append(
            build.stored_snapshot(2, origin=Origin.OVERRIDE, compile_run_id=None, document=document)
        )
    if is_heard:
        event.listen(getattr(store._reading, "sync_engine", store._reading), "before_cursor_execute", lambda *_: None)
    async with store.reading() as work:
        assert document.encode() == (await work.views.latest(build.BRAND)).document


async def test_many_at_once_share_few_connections(emptied_postgres: str) -> None:
    """They queue; none is refused."""
    store = await open_store(emptied_postgres, migrate=False)
    async with store.transaction() as work:
        await work.brands.add(build.brand())

    async def read() -> object:
        async with store.reading() as work:
            return await work.overrides.get(build.BRAND)

    assert 1 == len(set(map(repr, await asyncio.gather(*(read() for _ in range(50))))))
    connection = await asyncpg.connect(emptied_postgres)
    assert 8 >= len(await connection.fetch(HOLDERS))
    await connection.close()
    await store.close()


async def test_a_read_that_is_cut_or_cancelled_spoils_no_other(emptied_postgres: str) -> None:
    """The connection is given up, and the next read has another."""
    store = await open_store(emptied_postgres, migrate=False)
    async with store.transaction() as work:
        await work.brands.add(build.brand())
    locking = await asyncpg.connect(emptied_postgres)

    async def read() -> object:
        async with store.reading() as work:
            return await work.overrides.get(build.BRAND)

    async with locking.transaction():
        await locking.execute("lock table overrides")
        waiting = asyncio.create_task(read())
        await _until_it_waits(locking)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        waiting = asyncio.create_task(read())
        await _until_it_waits(locking)
        await locking.fetch(HOLDERS.replace("select pid", "select pg_terminate_backend(pid)"))
        with pytest.raises(Unavailable):
            await waiting
    await read()
    await locking.close()
    await store.close()


async def _until_it_waits(connection: asyncpg.Connection) -> None:
    while not await connection.fetch(f"{HOLDERS} and wait_event_type = 'Lock'"):
        pass
