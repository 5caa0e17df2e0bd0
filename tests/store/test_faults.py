"""What the database cannot do is told as it is: out of reach, busy, full, or our own mistake."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from brandbrain_core.errors import Unavailable
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, migrate, open_store
from brandbrain_store.embedded import EmbeddedPostgres


async def test_a_connection_that_was_cut_is_replaced(emptied_postgres: str) -> None:
    """Before it is used, so that nobody notices; it costs no question to the server."""
    store = await open_store(emptied_postgres, migrate=False)
    try:
        await _add(store)
        await _read(store)
        await _cut_connections(emptied_postgres)
        await _add(store, number=2)
        await _read(store)
    finally:
        await store.close()


async def test_a_connection_cut_within_a_transaction_writes_nothing(emptied_postgres: str) -> None:
    """Neither what came before nor what comes after."""
    store = await open_store(emptied_postgres, migrate=False)

    async def cut_within() -> None:
        async with store.transaction() as work:
            await work.brands.add(build.brand(1))
            await _cut_connections(emptied_postgres)
            await work.brands.add(build.brand(2))

    try:
        with pytest.raises(Unavailable):
            await cut_within()
        async with store.reading() as work:
            assert () == await work.brands.page(after=None, limit=9)
    finally:
        await store.close()


async def test_a_server_that_is_stopped_and_comes_back(tmp_path: Path) -> None:
    """The store says so meanwhile, and goes on by itself."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        store = await open_store(server.url, migrate=True)
        await _add(store)
        url, port = server.url, server.url.rpartition(":")[2].partition("/")[0]
        server.stop()
        with pytest.raises(Unavailable):
            await _read(store)
        with pytest.raises(Unavailable):
            await _read(store)
    with EmbeddedPostgres(tmp_path / "data", settings={"port": port}) as again:
        assert url.partition("@")[0] == again.url.partition("@")[0]
        connection = await asyncpg.connect(url)
        await connection.close()
        await _read(store)
        await store.close()


async def test_a_file_that_others_keep_locked_is_unavailable(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the busy time; afterwards all is well."""
    monkeypatch.setattr("brandbrain_store.engines._BUSY_SECONDS", 0.05)
    store = await open_store(sqlite_url, migrate=False)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        other.execute("begin immediate")
        with pytest.raises(Unavailable, match="locked"):
            await _add(store)
        other.execute("rollback")
        await _add(store)
    finally:
        other.close()
        await store.close()


async def test_a_full_disk_leaves_nothing_half_written(sqlite_url: str) -> None:
    """The transaction is undone as a whole."""
    store = await open_store(sqlite_url, migrate=False)
    try:
        await _add(store)
        async with store._writing.connect() as connection:
            await connection.exec_driver_sql("pragma max_page_count = 1")
        with pytest.raises(Unavailable, match="full"):
            await _add(store, number=2, name="x" * 1_000_000)
        async with store.reading() as work:
            assert 1 == len(await work.brands.page(after=None, limit=9))
    finally:
        await store.close()


@pytest.mark.parametrize(("kept", "why"), [(0, "file is not a database"), (4096, "database disk image is malformed")])
async def test_a_file_that_cannot_be_used_says_so(sqlite_url: str, kept: int, why: str) -> None:
    """Whoever opens it or brings it up to date is told, in the words that tell what to mend."""
    _overwrite(sqlite_url, behind=kept)
    asked: list[Callable[[], Awaitable[object]]] = [
        lambda: open_store(sqlite_url, migrate=False),
        lambda: open_store(sqlite_url, migrate=True),
        lambda: migrate.current(sqlite_url),
    ]
    for ask in asked:
        with pytest.raises(Unavailable, match=why):
            await ask()


async def test_a_file_that_may_not_be_written_can_be_read(sqlite_url: str) -> None:
    """Whoever wants to write is told why that cannot be."""
    store = await open_store(sqlite_url, migrate=False)
    await _add(store)
    await store.close()
    file = sqlite_url.removeprefix("sqlite:///")
    store = await open_store(f"sqlite:///file:{file}?mode=ro&uri=true", migrate=False)
    with pytest.raises(Unavailable, match="attempt to write a readonly database"):
        await _add(store, number=2)
    await _read(store)
    await store.close()


async def test_our_own_mistakes_are_not_called_unavailable(sqlite_url: str) -> None:
    """A second brand of one id is a defect of the caller."""
    store = await open_store(sqlite_url, migrate=False)
    try:
        await _add(store)
        with pytest.raises(IntegrityError):
            await _add(store)
    finally:
        await store.close()


async def test_errors_do_not_tell_what_was_stored(sqlite_url: str) -> None:
    """Parameters are customers' text; no message carries them."""
    store = await open_store(sqlite_url, migrate=False)
    try:
        await _add(store, name="A name that nobody may read in a log")
        with pytest.raises(IntegrityError) as caught:
            await _add(store, name="A name that nobody may read in a log")
        assert "nobody may read" not in str(caught.value)
    finally:
        await store.close()


async def _add(store: SqlStore, *, number: int = 1, **changes: str) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand(number, **changes))


async def _read(store: SqlStore) -> None:
    async with store.reading() as work:
        await work.brands.get(build.BRAND)


def _overwrite(url: str, *, behind: int) -> None:
    """Fill a file with what is no database, behind its first so many bytes."""
    file = Path(url.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    file.write_bytes(whole[:behind] + b"\xab" * (len(whole) - behind))


async def _cut_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'brandbrain'"
    )
    await connection.close()
