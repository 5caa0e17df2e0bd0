"""Neither claim nor end reads all that waits: PostgreSQL's plans with the statistics of an idle queue."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event, insert

from brandbrain_core.clock import SystemClock
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, hot_postgres, open_store, tables
from brandbrain_store.job_rows import row_of as job_rows
from brandbrain_store.runs import row_of as run_rows

WAITING = 2000
NOW = SystemClock().now()


@pytest.fixture
async def surprised_store(emptied_postgres: str) -> AsyncIterator[SqlStore]:
    """A store in which thousands of jobs wait, and whose statistics are from when none did."""
    connection = await asyncpg.connect(emptied_postgres)
    await connection.execute("alter table jobs set (autovacuum_enabled = off)")
    await connection.execute("vacuum analyze jobs")
    store = await open_store(emptied_postgres, migrate=False)
    async with store.transaction() as work:
        numbers = range(1, WAITING + 1)
        for table, rows in (
            (tables.brands, [{"id": build.brand_id(n), "name": "x", "created_at": NOW} for n in numbers]),
            (tables.compile_runs, [run_rows(build.compile_run(n, brand_id=build.brand_id(n))) for n in numbers]),
            (tables.jobs, [job_rows(build.job(n, brand_id=build.brand_id(n))) for n in numbers]),
        ):
            await work._work.run(insert(table), rows)
    yield store
    await store.close()
    await connection.execute("alter table jobs reset (autovacuum_enabled)")
    await connection.close()


@pytest.mark.parametrize("limit", [1, 10])
async def test_a_claim_reads_the_index_made_for_it(
    surprised_store: SqlStore, emptied_postgres: str, limit: int
) -> None:
    """In its order, so that nothing is sorted before the limit."""
    statement, parameters = await _claim(surprised_store, limit)
    connection = await asyncpg.connect(emptied_postgres)
    plan = json.loads(await connection.fetchval(f"explain (format json) {statement}", *parameters))[0]["Plan"]
    await connection.close()
    (locked,) = [node for node in _nodes(plan) if node["Node Type"] == "LockRows"]
    below = list(_nodes(locked))

    assert "ix_jobs_claim" in {node.get("Index Name") for node in below}
    assert [] == [node["Node Type"] for node in below if "Sort" in node["Node Type"]]


@pytest.mark.parametrize("ends", [1, 10])
async def test_an_end_reads_one_brand(surprised_store: SqlStore, emptied_postgres: str, ends: int) -> None:
    """Whether its brand waits is not looked for among all that waits; nor are jobs and runs of several read through."""
    async with surprised_store.transaction() as work:
        leases = await work.jobs.claim("w", limit=ends, terms=LeaseTerms())
    values = [[str(lease.job_id) for lease in leases], [str(lease.token) for lease in leases], ["{}"] * ends]
    texts = [column[0] if ends == 1 else json.dumps(column).replace("[", "{").replace("]", "}") for column in values]
    connection = await asyncpg.connect(emptied_postgres, server_settings={"plan_cache_mode": "force_generic_plan"})
    await connection.execute(
        f"prepare ending as {hot_postgres.complete(is_told=False) if ends == 1 else hot_postgres.complete_many()}"
    )
    quoted = ", ".join(f"'{text}'" for text in texts)
    found = await connection.fetchval(f"explain (analyze, format json) execute ending ({quoted})")
    await connection.close()

    assert max(_rows_read(node) for node in _nodes(json.loads(found)[0]["Plan"])) <= 2 * ends


async def _claim(store: SqlStore, limit: int) -> tuple[str, Any]:
    """Claim; return the statement that did it, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, _m: object) -> None:
        sent.append((statement, parameters))

    event.listen(store._writing.sync_engine, "before_cursor_execute", note)
    async with store.transaction() as work:
        assert limit == len(await work.jobs.claim("w", limit=limit, terms=LeaseTerms()))
    (claim,) = [(statement, parameters) for statement, parameters in sent if "skip locked" in statement.lower()]
    return claim


def _rows_read(node: Any) -> float:
    return float(node["Actual Rows"] + node.get("Rows Removed by Filter", 0))


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
