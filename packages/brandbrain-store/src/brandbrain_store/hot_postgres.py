"""
The queue's hottest steps on PostgreSQL, each in one statement, in its own words.

A claim changes jobs and runs, and so do a new job and an end: two to four statements through SQLAlchemy. Data-modifying
expressions make it one; SQLite does not know them, and there the steps stay what `claiming` and `job_locks` say.
Written out they also cost no putting together. Values are passed in the order of the numbers. ``offset 0`` keeps a plan
from turning looks at single brands into one at all that runs or waits.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import String, Table
from sqlalchemy.dialects import postgresql

from brandbrain_core.policies.lease import JOB_TYPE
from brandbrain_store.dialects import WAKE_CHANNEL
from brandbrain_store.tables import compile_runs, jobs

_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_CLOCK: Final = "clock_timestamp()"

_CLAIM: Final = """with ready as materialized (
    select available_at, created_at, id from jobs
    where coalesce(jobs.status = 'pending', false) and coalesce(jobs.job_type = '{job_type}', false)
        and available_at <= (select {moment}) {further}
        and not exists (
            select from jobs as other where other.brand_id = jobs.brand_id and other.status = 'running'
            offset 0
        )
    order by available_at, created_at, id limit {limit} for no key update of jobs skip locked
), numbered as materialized (
    select id, nextval('lease_tokens') as token
    from (select * from ready order by available_at, created_at, id offset 0) as in_order
), claimed as (
    update jobs set status = 'running', attempts = attempts + 1, locked_at = {moment}, locked_by = $1,
        started_at = {moment}, lease_token = numbered.token, updated_at = {moment}
    from numbered where jobs.id = numbered.id
    returning jobs.id as job_id, compile_run_id, brand_id, lease_token as token, locked_by as worker,
        attempts as attempt, max_attempts, force_refresh, jobs.started_at as claimed_at, available_at
), started as (
    update compile_runs set status = 'RUNNING', started_at = coalesce(compile_runs.started_at, claimed.claimed_at)
    from claimed where compile_runs.id = claimed.compile_run_id
)
select * from claimed order by token
"""

_HELD: Final = """
    select id, $3::text as report, {moment} as ended_at from (
        select id from jobs where id = $1 and lease_token = $2 and status = 'running' for no key update skip locked
    ) as locked
"""

_HELD_OF_MANY: Final = """
    select locked.id, given.report, {moment} as ended_at
    from unnest($1::uuid[], $2::bigint[], $3::text[]) as given (id, token, report) cross join lateral (
        select id from jobs where jobs.id = given.id and lease_token = given.token and status = 'running'
        for no key update skip locked
    ) as locked
"""

_COMPLETE: Final = """with held as materialized ({held}), ended as (
    update jobs set status = 'succeeded', updated_at = held.ended_at, finished_at = held.ended_at
    from held where jobs.id = held.id
    returning jobs.id as job_id, lease_token as token, brand_id, compile_run_id, force_refresh, started_at,
        finished_at, report
)
update compile_runs set status = 'SUCCEEDED', force_refresh = ended.force_refresh, error = null, cancelled = false,
    report = ended.report, started_at = coalesce(compile_runs.started_at, ended.started_at),
    finished_at = ended.finished_at
from ended where compile_runs.id = ended.compile_run_id
returning ended.job_id, ended.token, exists (
    select from jobs as next where next.brand_id = ended.brand_id and next.status = 'pending' offset 0
) as frees_the_brand
"""


_ADD: Final = """with added as (
    insert into jobs ({job_columns}) select {job_places}
    where (select deleted_at is null {further} from brands where brands.id = {brand})
    on conflict do nothing returning id
), begun as (
    insert into compile_runs ({run_columns}) select {run_places} from added
)
select id {bell} from added
"""


@cache
def add(job: tuple[str, ...], run: tuple[str, ...], *, is_scoped: bool, rings: bool) -> str:
    """
    Return the insert of a job and its run, if the brand is there and no other job of it waits; then it returns a row.

    Its values are those of the columns *job*, then those of the columns *run*, and the tenant if it *is_scoped*; one
    that *rings* wakes workers.
    """
    job_places, run_places = _places(jobs, job, first=1), _places(compile_runs, run, first=1 + len(job))
    tenant = 1 + len(job) + len(run)
    available = job_places["available_at"]
    return _ADD.format(
        job_columns=", ".join(job),
        job_places=", ".join((job_places | {"available_at": f"least({available}, {_CLOCK})"}).values()),
        further=f"and tenant = ${tenant}::text" if is_scoped else "",
        brand=job_places["brand_id"],
        run_columns=", ".join(run),
        run_places=", ".join(run_places.values()),
        bell=f", pg_notify('{WAKE_CHANNEL}', '')" if rings else "",
    )


def _places(table: Table, columns: tuple[str, ...], *, first: int) -> dict[str, str]:
    """
    Return a place for a value of each column, numbered from *first* on.

    A text's length is left to the column: a cast would cut what is too long.
    """
    kinds = {name: table.c[name].type for name in columns}
    types = {name: "text" if isinstance(kind, String) else kind.compile(_DIALECT) for name, kind in kinds.items()}
    return {name: f"${number}::{types[name]}" for number, name in enumerate(columns, first)}


@cache
def claim(limit: int, *, is_told: bool, is_of_run: bool = False, has_floor: bool = False) -> str:
    """
    Return the claim of up to *limit* jobs: worker, then the moment if it *is_told*, the run if it *is_of_run*, and if
    it *has_floor* the `available_at` below which it does not look.

    It returns leases, least token first. The limit is part of the text: a plan for any limit is made for a tenth of
    all rows, and thrown away.
    """
    further = ["and jobs.compile_run_id = "] * is_of_run + ["and available_at >= "] * has_floor
    return _CLAIM.format(
        job_type=JOB_TYPE,
        limit=int(limit),
        moment="$2::timestamptz" if is_told else _CLOCK,
        further=" ".join(f"{words}${number}" for number, words in enumerate(further, 2 + is_told)),
    )


@cache
def complete(*, is_told: bool) -> str:
    """
    Return the end of a lease that holds: job, token, report, then the moment if it *is_told*.

    It returns job, token, and whether another job of the brand waits; no row: the lease does not hold, or another
    transaction has locked the job. Then the long way tells which, and waits: what came while this statement waited it
    would not see.
    """
    return _COMPLETE.format(held=_HELD.format(moment="$4::timestamptz" if is_told else _CLOCK))


@cache
def complete_many() -> str:
    """Return the end of any number of leases, each as `complete` would end it: jobs, tokens, reports."""
    return _COMPLETE.format(held=_HELD_OF_MANY.format(moment=_CLOCK))
