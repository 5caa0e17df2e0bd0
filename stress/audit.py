"""
What watches from inside PostgreSQL while everything else is being broken, and what must hold when all is over.

Triggers look at every write of jobs, runs and snapshots. The cheap work of the stress workers writes its lease's token
into what it writes (progress, errors, snapshots), so a write that was accepted under a token that does not hold is
seen here, whatever the code above believes. For what leaves no token behind, the moment at which each token's time was
over is noted here, and compared at the end with what the workers say that was accepted of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import attrs
from stress.witness import REPETITION, Write

TRIGGERS = """
create table stress_violations (at timestamptz default clock_timestamp(), what text, job uuid, detail text);
create table stress_claims (place bigserial, token bigint, job uuid, worker text);
create table stress_ends (at timestamptz default clock_timestamp(), token bigint, job uuid, status text);
create table stress_writes (began timestamptz, kind text, job uuid, token bigint);

create function stress_job() returns trigger language plpgsql as $$
declare
    written bigint := substring(new.last_error from '^token (\\d+):')::bigint;
begin
    if old.status = 'pending' and new.status = 'running' then
        insert into stress_claims (token, job, worker) values (new.lease_token, new.id, new.locked_by);
        if new.lease_token <= coalesce(old.lease_token, 0) then
            insert into stress_violations (what, job, detail) values ('token did not grow', new.id, new.lease_token);
        end if;
        if new.attempts <> old.attempts + 1 then
            insert into stress_violations (what, job, detail) values ('claim miscounted', new.id, new.attempts);
        end if;
    elsif old.status in ('succeeded', 'failed') and new.status is distinct from old.status then
        insert into stress_violations (what, job, detail) values ('terminal row changed', new.id, new.status);
    elsif old.status = 'running' and new.status <> 'running' then
        insert into stress_ends (token, job, status) values (old.lease_token, new.id, new.status);
        if new.last_error is distinct from old.last_error and written is not null and written <> old.lease_token then
            insert into stress_violations (what, job, detail) values ('stale failure accepted', new.id, written);
        end if;
        if new.status <> 'succeeded' and new.attempts = old.attempts
           and (new.last_error like 'Released from stale lock%%' or new.last_error like 'Stale lock%%')
           and old.locked_at > clock_timestamp() - interval '%(stale)s' then
            insert into stress_violations (what, job, detail) values ('released early', new.id, old.locked_at);
        end if;
        if new.attempts not in (old.attempts, old.attempts - 1) then
            insert into stress_violations (what, job, detail) values ('end miscounted', new.id, new.attempts);
        end if;
    end if;
    return new;
end $$;
create trigger stress_job after update on jobs for each row execute function stress_job();

create function stress_progress() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from jobs where compile_run_id = new.id and status = 'running'
                   and lease_token = (new.progress::jsonb ->> 'sources_completed')::bigint) then
        insert into stress_violations (what, job, detail) values ('stale progress accepted', new.id, new.progress);
    end if;
    return new;
end $$;
create trigger stress_progress after update of progress on compile_runs for each row
    when (new.progress is distinct from old.progress and new.progress is not null) execute function stress_progress();

create function stress_snapshot() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from jobs where compile_run_id = new.compile_run_id and status = 'running'
                   and lease_token = new.input_hash::bigint) then
        insert into stress_violations (what, job, detail)
            values ('stale snapshot accepted', new.compile_run_id, new.input_hash);
    end if;
    return new;
end $$;
create trigger stress_snapshot after insert on snapshots for each row execute function stress_snapshot();
"""

CHECKS = {
    "jobs that have not ended": "select count(*) from jobs where status in ('pending', 'running')",
    "runs that say something else than their job": """
        select count(*) from compile_runs r full join jobs j on j.compile_run_id = r.id
        where r.id is null or j.id is null or r.status <> upper(j.status)""",
    "successes without exactly one snapshot": """
        select count(*) from jobs j where j.status = 'succeeded'
        and (select count(*) from snapshots s where s.compile_run_id = j.compile_run_id) <> 1""",
    "snapshots of runs that did not succeed": """
        select count(*) from snapshots s join jobs j on j.compile_run_id = s.compile_run_id
        where j.status <> 'succeeded'""",
    "snapshots under another token than the one that completed": """
        select count(*) from snapshots s join jobs j on j.compile_run_id = s.compile_run_id
        where s.input_hash::bigint is distinct from j.lease_token""",
    "tokens given twice": "select count(*) - count(distinct token) from stress_claims",
    "jobs with impossible attempts": "select count(*) from jobs where attempts < 0 or attempts > max_attempts",
    "failures without a reason": "select count(*) from jobs where status = 'failed' and last_error is null",
}
"""What is counted at the end; every count must be 0."""

AFTER_THE_END = f"""
    select w.kind, count(*) as n, min(w.job::text) as job
    from stress_writes w
    left join stress_claims c on (c.job, c.token) = (w.job, w.token)
    left join stress_ends e on (e.job, e.token) = (w.job, w.token)
    where c.token is null
        or (w.kind <> '{REPETITION}' and e.at < w.began)
        or (w.kind = '{REPETITION}' and e.status is distinct from 'succeeded')
    group by w.kind order by w.kind"""
"""Writes that were accepted though they were begun after their token's time was over, or under no token at all."""


@attrs.frozen(kw_only=True)
class Verdict:
    """
    What was found when all was over.

    Attributes:
        ended: Jobs by how they ended.
        claims: How many claims were made.
        met: How often an attempt ended while a later one of the same job was to come: what is left of it are zombies.
        accepted: How many writes were accepted, by kind.
        wrong: What does not hold, in words; empty: all is well.
    """

    ended: dict[str, int]
    claims: int
    met: int
    accepted: dict[str, int]
    wrong: tuple[str, ...]


async def watch(url: str, *, stale_after: timedelta) -> None:
    """Put the triggers into a database with our schema."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TRIGGERS % {"stale": f"{stale_after.total_seconds()} seconds"})
    finally:
        await connection.close()


async def judge(url: str, writes: Sequence[Write]) -> Verdict:
    """Count what must not be there; *writes* are those that the workers say were accepted."""
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table("stress_writes", records=[attrs.astuple(write) for write in writes])
        late = await connection.fetch(AFTER_THE_END)
        counts = {what: await connection.fetchval(query) for what, query in CHECKS.items()}
        seen = await connection.fetch("select what, count(*) as n, min(detail) as d from stress_violations group by 1")
        ended = await connection.fetch("select status, count(*) as n from jobs group by 1 order by 1")
        claims = await connection.fetchval("select count(*) from stress_claims")
        met = await connection.fetchval("select count(*) from stress_ends where status = 'pending'")
    finally:
        await connection.close()
    wrong = [f"{count} {what}" for what, count in counts.items() if count]
    wrong += [f"{row['n']} × {row['what']} (e.g. {row['d']})" for row in seen]
    wrong += [f"{row['n']} × {row['kind']} accepted after the token's time (e.g. {row['job']})" for row in late]
    return Verdict(
        ended={row["status"]: row["n"] for row in ended},
        claims=claims,
        met=met,
        accepted=dict(sorted(Counter(write.kind for write in writes).items())),
        wrong=tuple(wrong),
    )
