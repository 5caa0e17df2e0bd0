"""Where claims begin to look, and what they find all the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from brandbrain_core.clock import SystemClock
from brandbrain_core.ids import JobId
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, hot_postgres, open_store
from brandbrain_store.floor import LASTS_SECONDS, Floor

TERMS = LeaseTerms()
LONG_AGO = SystemClock().now() - timedelta(hours=1)
"""By the clock of the database, which is this machine's."""


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The clock of the floor."""
    return Seconds()


@pytest.fixture
async def store(emptied_postgres: str, seconds: Seconds) -> AsyncIterator[SqlStore]:
    """A store in which jobs 1 to 6 wait, in that order."""
    opened = await open_store(emptied_postgres, migrate=False)
    opened._floor = Floor(monotonic=seconds)
    for number in range(1, 7):
        await _add(opened, number)
    opened._floor.forget()
    yield opened
    await opened.close()


async def test_jobs_come_in_their_order(store: SqlStore) -> None:
    """With a floor as without."""
    assert [build.job_id(number) for number in range(1, 7)] == [await _claim(store) for _ in range(6)]


async def test_below_the_floor_nothing_is_seen_for_a_while(store: SqlStore, seconds: Seconds) -> None:
    """Then it comes first."""
    assert build.job_id(1) == await _claim(store)
    await _add_elsewhere(store, 9, minutes=-1)

    assert build.job_id(2) == await _claim(store)
    seconds.now += LASTS_SECONDS
    assert build.job_id(9) == await _claim(store)
    assert build.job_id(3) == await _claim(store)


async def test_what_is_below_comes_when_nothing_is_above(store: SqlStore) -> None:
    """In the same call: nobody goes to sleep while a job waits."""
    for _ in range(6):
        await _claim(store)
    await _add_elsewhere(store, 9, minutes=-1)

    assert build.job_id(9) == await _claim(store)


async def test_finding_less_than_wanted_ends_the_floor(store: SqlStore) -> None:
    """The next claim looks from the beginning."""
    await _claim(store)
    async with store.step() as work:
        assert 5 == len(await work.jobs.claim("w", limit=9, terms=TERMS))
    await _add(store, 8, minutes=8)
    await _add_elsewhere(store, 9, minutes=-1)

    assert build.job_id(9) == await _claim(store)


async def test_what_became_ready_here_is_seen_at_once(store: SqlStore) -> None:
    """A job that this process adds or hands back."""
    await _claim(store)
    await _add(store, 9, minutes=-1)

    assert build.job_id(9) == await _claim(store)


async def test_a_moment_that_is_told_knows_no_floor(store: SqlStore) -> None:
    """Whoever says when it is gets exactly the first that are ready then."""
    await _claim(store)
    await _add_elsewhere(store, 9, minutes=-1)
    async with store.step() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS, now=SystemClock().now())

    assert build.job_id(9) == lease.job_id


async def test_the_index_is_entered_at_the_floor(store: SqlStore, emptied_postgres: str) -> None:
    """What lies below is not passed by row by row."""
    connection: Any = await asyncpg.connect(emptied_postgres)
    text = hot_postgres.claim(1, is_told=False, has_floor=True)
    await connection.execute("set enable_seqscan = off")
    plan = await connection.fetchval(f"explain (format json) {text}", "w", LONG_AGO)
    await connection.close()
    (condition,) = [
        node["Index Cond"] for node in _nodes(json.loads(plan)[0]["Plan"]) if node.get("Index Name") == "ix_jobs_claim"
    ]

    assert "available_at >=" in condition


async def _add(store: SqlStore, number: int, *, minutes: int | None = None) -> None:
    available = LONG_AGO + timedelta(minutes=number if minutes is None else minutes)
    brand = build.brand(number)
    job = build.job(number, brand_id=brand.id, available_at=available)
    async with store.transaction() as work:
        await work.brands.add(brand)
        await work.jobs.add(build.compile_run(number, brand_id=brand.id), job)


async def _add_elsewhere(store: SqlStore, number: int, *, minutes: int) -> None:
    """Add a job as another process does, of which the store's floor hears nothing."""
    elsewhere = await open_store(store._url.render_as_string(hide_password=False), migrate=False)
    await _add(elsewhere, number, minutes=minutes)
    await elsewhere.close()


async def _claim(store: SqlStore) -> JobId:
    async with store.step() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS)
    return lease.job_id


def _nodes(plan: Any) -> list[Any]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]
