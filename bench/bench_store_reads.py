"""The read that is asked for most, against what the bare drivers need for the same row."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store
from brandbrain_store.embedded import EmbeddedPostgres

DOCUMENT = "x" * 16_000
BARE = "select document from snapshots where id = {place}"
CALLS = 200
CLAIMS = {"sqlite": 60, "postgresql": 12}
"""The store takes less than so many times as long as its bare driver; SQLite itself needs a few microseconds."""


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the kind that the test names."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'brands.db'}"
        return
    with EmbeddedPostgres() as server:
        yield server.url


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_latest(benchmark: BenchmarkFixture, url: str) -> None:
    """The newest snapshot of a brand, 16 KB, with the report of its run: 200 times, one after the other."""
    with asyncio.Runner() as runner:
        store = runner.run(_filled(url))

        async def read() -> None:
            async with store.reading() as work:
                assert DOCUMENT.encode() == (await work.views.latest(build.BRAND, report=True)).document

        runner.run(_often(read))
        benchmark.pedantic(lambda: runner.run(_often(read)), rounds=7)  # type: ignore[no-untyped-call]
        bare = min(runner.run(_bare(url)) for _ in range(7))
        runner.run(store.close())
    kind = url.partition(":")[0]
    ratio = benchmark.stats.stats.min / bare if benchmark.stats else 0.0
    benchmark.extra_info["times the bare driver"] = round(ratio, 1)
    assert ratio < CLAIMS[kind]


async def _filled(url: str) -> SqlStore:
    store = await open_store(url, migrate=True)
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
        await work.snapshots.append(build.stored_snapshot(document=DOCUMENT))
    return store


async def _often(read: Callable[[], Awaitable[None]]) -> None:
    for _ in range(CALLS):
        await read()


async def _bare(url: str) -> float:
    """Return the seconds that the driver needs, on a connection that it holds."""
    snapshot = build.snapshot_id(1)
    if url.startswith("sqlite"):
        held = sqlite3.connect(url.removeprefix("sqlite:///"))
        began = time.perf_counter()
        for _ in range(CALLS):
            held.execute(BARE.format(place="?"), [snapshot.hex]).fetchone()
        took = time.perf_counter() - began
        held.close()
        return took
    connection = await asyncpg.connect(url)
    began = time.perf_counter()
    for _ in range(CALLS):
        await connection.fetchrow(BARE.format(place="$1"), snapshot)
    took = time.perf_counter() - began
    await connection.close()
    return took
