"""Workers are woken when a job becomes ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.ports import WakeUps
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store
from brandbrain_store.addresses import parse
from brandbrain_store.dialects import WAKE_CHANNEL
from brandbrain_store.wakeup import ChannelWakeUps

LONG = 20.0
SOON = 5.0


@pytest.fixture(params=["sqlite_url", "emptied_postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def here(url: str) -> AsyncIterator[SqlStore]:
    """The store of the process that waits."""
    opened = await open_store(url, migrate=False)
    yield opened
    await opened.close()


@pytest.fixture
async def elsewhere(url: str) -> AsyncIterator[SqlStore]:
    """The store of another process, in which jobs are added."""
    opened = await open_store(url, migrate=False)
    yield opened
    await opened.close()


async def test_a_kick_off_elsewhere_ends_the_wait(here: SqlStore, elsewhere: SqlStore) -> None:
    """At once, not at the next poll."""
    waking = await _listening(here)
    waiting = asyncio.create_task(waking.wait(LONG))
    await asyncio.sleep(0)

    await _add(elsewhere)

    async with asyncio.timeout(SOON):
        await waiting


async def test_a_kick_off_here_ends_the_wait(here: SqlStore) -> None:
    """Also where the API and the worker are one process."""
    waking = await _listening(here)
    waiting = asyncio.create_task(waking.wait(LONG))
    await asyncio.sleep(0)

    await _add(here)

    async with asyncio.timeout(SOON):
        await waiting


async def test_what_comes_between_two_waits_is_not_lost(here: SqlStore, elsewhere: SqlStore) -> None:
    """The next wait ends at once."""
    waking = await _listening(here)
    await _add(elsewhere)

    async with asyncio.timeout(SOON):
        await waking.wait(LONG)


async def test_without_news_the_wait_ends_after_its_time(here: SqlStore) -> None:
    """Nothing rings twice for one job."""
    waking = await _listening(here)
    await _add(here)
    async with asyncio.timeout(SOON):
        await waking.wait(LONG)
    async with here.transaction() as work:
        await work.jobs.claim("w", limit=1, terms=LeaseTerms())
    await waking.wait(0.0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await waking.wait(LONG)


async def test_an_undone_kick_off_wakes_nobody(here: SqlStore, elsewhere: SqlStore) -> None:
    """A job that was never committed is not ready."""
    waking = await _listening(here)
    with pytest.raises(RuntimeError):
        await _add(elsewhere, undo=True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await waking.wait(LONG)


async def test_a_listener_whose_connection_ends_comes_back(emptied_postgres: str) -> None:
    """And rings once, for it may have missed something."""
    waking = ChannelWakeUps(parse(emptied_postgres), new_id=lambda: build.BRAND, probe=0.05)
    try:
        await waking.listening()
        await waking.wait(0.0)
        await _end_listeners(emptied_postgres)
        async with asyncio.timeout(SOON):
            await waking.wait(LONG)
        await _notify(emptied_postgres)
        async with asyncio.timeout(SOON):
            await waking.wait(LONG)
    finally:
        await waking.close()


async def test_a_listener_starts_without_a_database(emptied_postgres: str) -> None:
    """It goes on trying; the wait ends after its time."""
    waking = ChannelWakeUps(parse("postgresql://u@127.0.0.1:9/x"), new_id=lambda: build.BRAND)
    try:
        async with asyncio.timeout(SOON):
            await waking.wait(0.05)
    finally:
        await waking.close()


async def _listening(store: SqlStore) -> WakeUps:
    """Return wake-ups that have rung out what there was to ring."""
    waking = store.wake_ups()
    if isinstance(waking, ChannelWakeUps):
        await waking.listening()
    await waking.wait(0.0)
    return waking


async def _add(store: SqlStore, *, undo: bool = False) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
        if undo:
            raise RuntimeError


async def _end_listeners(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
        "where pid <> pg_backend_pid() and query ~ 'pg_notify'"
    )
    await connection.close()


async def _notify(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"notify {WAKE_CHANNEL}")
    await connection.close()
