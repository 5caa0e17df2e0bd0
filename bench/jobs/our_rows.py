"""Rows for our tables by the thousand, made by the database itself; what is measured goes through the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from brandbrain_core import wire
from brandbrain_core.testing import build

COUNT_SUCCEEDED: Final = """
select count(*) from jobs join compile_runs on compile_runs.id = jobs.compile_run_id
where jobs.status = 'succeeded' and compile_runs.status = 'SUCCEEDED'
"""
_BUSY_BRANDS: Final = 1_000
"""Brands among which finished jobs are spread."""

_ID: Final = "('0199' || lpad(to_hex({number}), 8, '0') || '70008000' || lpad('{kind}', 12, '0'))::uuid"
_BRANDS: Final = f"""
insert into brands (id, name, created_at) select {_ID.format(number="n", kind="b")}, 'Brand ' || n, clock_timestamp()
from generate_series(0, $1::int - 1) as n
"""
_RUNS: Final = """
insert into compile_runs (id, brand_id, status, inputs_hash, force_refresh, cancelled, created_at, inputs, finished_at)
select run, brand, $1::text, repeat('0', 64), false, false, clock_timestamp(), $2, case when $1::text = 'SUCCEEDED'
then clock_timestamp() end from rows_to_add
"""
_JOBS: Final = """
insert into jobs (id, brand_id, compile_run_id, job_type, status, attempts, max_attempts, available_at,
    cancel_requested, force_refresh, inputs_hash, created_at, updated_at, finished_at)
select job, brand, run, 'compile', $1::text, case when $1::text = 'succeeded' then 1 else 0 end, 3, clock_timestamp(),
    false, false, repeat('0', 64), clock_timestamp(), clock_timestamp(),
    case when $1::text = 'succeeded' then clock_timestamp() end
from rows_to_add
"""


def brand_ids(count: int) -> Iterator[UUID]:
    """Return the ids that `add_brands` gives, in order."""
    return (UUID(f"0199{number:08x}70008000{'b':0>12}") for number in range(count))


async def add_brands(connection: Any, count: int) -> None:
    """Add so many brands, and those that finished jobs belong to."""
    await connection.execute(_BRANDS, max(count, _BUSY_BRANDS))


async def add_finished(connection: Any, count: int) -> None:
    """Add jobs that succeeded, with their runs."""
    brand = _ID.format(number=f"n % {_BUSY_BRANDS}", kind="b")
    rows = f"select n, {brand} as brand from generate_series(1, {count:d}) as n"
    await _add(connection, rows, kind="f", job_status="succeeded", run_status="SUCCEEDED")


async def add_pending(connection: Any, brands: Sequence[UUID]) -> None:
    """Add a pending job with its run for each of these brands."""
    await connection.execute("create temp table given (n bigint generated always as identity, brand uuid)")
    await connection.execute("insert into given (brand) select unnest($1::uuid[])", brands)
    await _add(connection, "select n, brand from given", kind="e", job_status="pending", run_status="PENDING")
    await connection.execute("drop table given")


async def _add(connection: Any, rows: str, *, kind: str, job_status: str, run_status: str) -> None:
    run, job = (_ID.format(number="n", kind=kind + suffix) for suffix in ("a", "d"))
    await connection.execute(f"create temp table rows_to_add as select brand, {run} as run, {job} as job from ({rows})")
    await connection.execute(_RUNS, run_status, wire.dumps(build.frozen_inputs()))
    await connection.execute(_JOBS, job_status)
    await connection.execute("drop table rows_to_add")
