"""Storing a collection's evidence in SQLite, against the least that SQLite can need for it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core.policies.evidence_merge import first_seen
from brandbrain_core.ports import Sighting
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, migrate, open_store
from brandbrain_store.evidence_rows import row_of

ITEMS = 1_000
ROUNDS = 7
CLAIM = 25
"""A merging upsert takes less than so many times as long as a bare ``executemany`` of the same rows."""


@pytest.mark.parametrize("what", ["new items", "the same again", "changed metrics"])
def test_upsert(benchmark: BenchmarkFixture, tmp_path: Path, what: str) -> None:
    """1,000 posts in one transaction, cleaned, merged and counted; beside it, rows that were made beforehand."""
    with asyncio.Runner() as runner:
        url = f"sqlite:///{tmp_path / 'brands.db'}"
        runner.run(migrate.upgrade(url))
        store: SqlStore = runner.run(open_store(url, migrate=False))
        rounds = iter(range(1, ROUNDS + 2))

        def prepare() -> tuple[tuple[int, list[Sighting]], dict[str, Any]]:
            number = next(rounds)
            brand = number if what == "new items" else 1
            return (brand, posts(likes=number if what == "changed metrics" else 1, number=number)), {}

        def upsert(brand: int, sightings: list[Sighting]) -> None:
            runner.run(_upsert(store, brand, sightings))

        for brand in range(1, ROUNDS + 2):
            runner.run(_add_brand(store, brand))
        upsert(*prepare()[0])
        benchmark.pedantic(upsert, setup=prepare, rounds=ROUNDS)  # type: ignore[no-untyped-call]
        runner.run(store.close())
    bare = min(_bare(tmp_path / f"bare{number}.db") for number in range(ROUNDS))
    ratio = benchmark.stats.stats.min / bare if benchmark.stats else 0.0
    benchmark.extra_info["times a bare executemany"] = round(ratio, 1)
    assert ratio < CLAIM


def posts(*, likes: int, number: int) -> list[Sighting]:
    """Return posts of some 250 characters, each seen in a raw item of its own."""
    return [
        build.sighting(
            build.normalised_item(n, external_id=f"post-{n}", text_primary="Sails. " * 35, metrics={"likes": likes}),
            raw_ref=build.raw_ref(number * ITEMS + n),
        )
        for n in range(ITEMS)
    ]


async def _add_brand(store: SqlStore, number: int) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand(number))
        await work.sources.add(build.source(number, brand_id=build.brand_id(number)))


async def _upsert(store: SqlStore, brand: int, sightings: list[Sighting]) -> None:
    at = build.NOON + timedelta(hours=1)
    async with store.transaction() as work:
        counts = await work.evidence.upsert(build.brand_id(brand), sightings, at=at)
    assert ITEMS == counts.created + counts.updated + counts.unchanged


def _bare(path: Path) -> float:
    """Insert the same rows by their key into a table without other indexes, durably; return the seconds it took."""
    rows = _rows()
    names = ", ".join(rows[0])
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute(f"create table evidence ({names}, primary key (id))")
    values = [tuple(row.values()) for row in rows]
    began = time.perf_counter()
    connection.execute("begin immediate")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"insert into evidence values ({marks})", values)
    connection.execute("commit")
    took = time.perf_counter() - began
    connection.close()
    return took


_made: list[dict[str, Any]] = []


def _rows() -> list[dict[str, Any]]:
    if not _made:
        for one in posts(likes=1, number=1):
            item = first_seen(
                one.item, brand_id=build.BRAND, source_id=one.source_id, raw_ref=one.raw_ref, at=build.NOON
            )
            _made.append({name: _plain(value) for name, value in row_of(item).items()})
    return _made


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)
