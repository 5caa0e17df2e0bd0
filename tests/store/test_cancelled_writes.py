"""A write that is cancelled in the midst of a statement lets go of the file, whoever still holds its cursor."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from brandbrain_core.testing.contracts.base import TERMS, running
from brandbrain_store import SqlStore, open_store


@pytest.fixture
def nothing_collected() -> Iterator[None]:
    """No garbage is collected by chance."""
    gc.disable()
    yield
    gc.enable()


def when_a_statement_runs(store: SqlStore, begins: str, act: Any) -> None:
    """Call *act* in the thread of the database while a statement that begins so is carried out."""

    def seen(statement: str) -> None:
        if statement.lower().startswith(begins):
            act()

    def begun(connection: Any) -> None:
        connection.connection.driver_connection._connection.set_trace_callback(seen)

    event.listen(store._writing.sync_engine, "begin", begun)


async def test_a_cancelled_write_frees_the_file(sqlite_url: str, nothing_collected: None) -> None:
    """Its statement has changed rows but not given them out; another program can write at once."""
    store = await open_store(sqlite_url, migrate=False)
    loop = asyncio.get_running_loop()
    lease = await running(store)
    tasks: list[asyncio.Task[None]] = []
    when_a_statement_runs(store, "update jobs", lambda: loop.call_soon_threadsafe(tasks[0].cancel))

    async def beat() -> None:
        async with store.transaction() as work:
            await work.jobs.extend([lease], terms=TERMS)

    tasks.append(asyncio.create_task(beat()))
    with pytest.raises(asyncio.CancelledError) as held:
        await tasks[0]

    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=1, isolation_level=None)
    other.execute("begin immediate")
    other.close()
    assert held.value.__traceback__ is not None
    await store.close()
