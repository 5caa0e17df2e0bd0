"""`brandbrain jobs`: what operators do with the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import click

from brandbrain.brand_choice import all_brands, choose_brand
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.planning import plan_of
from brandbrain.views.jobs import job_body, job_lines, job_table
from brandbrain.wiring import opened
from brandbrain.words import counted, moment
from brandbrain_core import wire
from brandbrain_core.ids import BrandId, JobId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.services import jobs as services
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import Kickoff, kick_off

T = TypeVar("T")

_STATUSES = click.Choice([status.value for status in JobStatus])
_JOB = click.argument("job_id", metavar="JOB", type=click.UUID)


@click.group()
def jobs() -> None:
    """Look after the queue: see its jobs, add, retry and cancel them, free stale ones, prune old ones."""


@jobs.command("list")
@click.option("--status", type=_STATUSES, help="Only those.")
@brand_option
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most so many, newest first.")
@click.option("--after", type=click.UUID, metavar="JOB", help="Begin behind this one.")
@invoked()
def list_(call: Invocation, status: str | None, wanted: str | None, limit: int, after: UUID | None) -> None:
    """List jobs, newest first, and how the queue stands."""

    async def act(deps: Deps) -> None:
        found = await services.list_jobs(
            deps,
            status=JobStatus(status) if status else None,
            brand=await _brand(deps, wanted) if wanted else None,
            after=JobId(after) if after else None,
            limit=limit,
        )
        stats = await services.queue_stats(deps)
        if call.as_json:
            click.echo(wire.dumps({"jobs": [job_body(job) for job in found], "queue": wire.unstructure(stats)}))
            return
        if found:
            call.show(job_table(found))
        call.note(f"{stats.pending} pending ({stats.ready} ready), {stats.running} running")

    _run(call, act)


@jobs.command()
@_JOB
@invoked()
def show(call: Invocation, job_id: UUID) -> None:
    """Show all that is known of one job."""
    found = _run(call, lambda deps: services.show_job(deps, JobId(job_id)))
    if call.as_json:
        click.echo(wire.dumps({"job": job_body(found.job), "run": wire.unstructure(found.run)}))
    else:
        call.show(*job_lines(found.job, found.run))


@jobs.command()
@brand_option
@click.option("--all", "every", is_flag=True, help="Every brand.")
@click.option("--force", is_flag=True, help="Collect every source anew.")
@invoked()
def add(call: Invocation, wanted: str | None, every: bool, force: bool) -> None:
    """Put the compile of a brand into the queue, for a worker to do; nothing, if nothing would change."""

    async def act(deps: Deps) -> tuple[Kickoff, ...]:
        chosen = await _every_brand(deps) if every else (await _brand(deps, wanted),)
        return tuple([await kick_off(deps, brand, force=force) for brand in chosen])

    for kickoff in _run(call, act):
        body = {"status": kickoff.status, "compile_run_id": kickoff.run_id}
        click.echo(wire.dumps(body) if call.as_json else f"{kickoff.status} {kickoff.run_id or ''}".rstrip())


@jobs.command()
@_JOB
@invoked()
def retry(call: Invocation, job_id: UUID) -> None:
    """Let a failed job wait again, with no attempts used."""
    _tell(call, _run(call, lambda deps: services.retry_job(deps, JobId(job_id))), "waits again")


@jobs.command()
@_JOB
@invoked()
def cancel(call: Invocation, job_id: UUID) -> None:
    """Cancel a job: at once if it waits, with its worker's next sign of life if it runs."""
    job = _run(call, lambda deps: services.cancel_job(deps, JobId(job_id)))
    _tell(call, job, "was cancelled" if job.status is JobStatus.FAILED else "is going to be stopped by its worker")


@jobs.command("release-stale")
@invoked()
def release_stale(call: Invocation) -> None:
    """Free jobs whose worker shows no sign of life, as every worker does by itself."""

    async def act(deps: Deps) -> None:
        released = [each async for batch in services.release_stale(deps) for each in batch]
        if call.as_json:
            click.echo(wire.dumps({"released": [wire.unstructure(each) for each in released]}))
            return
        for each in released:
            click.echo(f"{each.job_id} was held by {each.worker}, silent since {moment(each.locked_at)}; {each.status}")
        call.note(f"{counted(len(released), 'job', 'jobs')} released")

    _run(call, act)


@jobs.command()
@click.option(
    "--older-than",
    "days",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="DAYS",
    help="Keep what ended or was collected later.",
)
@invoked()
def prune(call: Invocation, days: float) -> None:
    """
    Delete jobs and runs that ended long ago, and raw items that were replaced. Snapshots and evidence stay, and so does
    the run of each brand's newest snapshot.
    """
    age = timedelta(days=days)

    async def act(deps: Deps) -> tuple[int, int]:
        ended = sum([pruned async for pruned in services.prune_jobs(deps, older_than=age)])
        return ended, sum([pruned async for pruned in services.prune_raw_items(deps, older_than=age)])

    ended, raw = _run(call, act)
    if call.as_json:
        click.echo(wire.dumps({"pruned": ended, "raw_items": raw}))
    else:
        click.echo(f"{counted(ended, 'job', 'jobs')} and {counted(raw, 'raw item', 'raw items')} deleted")


def _run(call: Invocation, act: Callable[[Deps], Awaitable[T]]) -> T:
    async def main() -> T:
        around = call.around
        plan = plan_of(call.settings, clock=around.clock, env=around.env)
        async with opened(call.settings, clock=around.clock, ids=around.ids, plan=plan) as deps:
            return await act(deps)

    return asyncio.run(main())


async def _brand(deps: Deps, wanted: str | None) -> BrandId:
    async with deps.store.reading() as work:
        return (await choose_brand(work, wanted)).id


async def _every_brand(deps: Deps) -> tuple[BrandId, ...]:
    async with deps.store.reading() as work:
        return tuple(brand.id for brand in await all_brands(work))


def _tell(call: Invocation, job: Job, what: str) -> None:
    click.echo(wire.dumps({"job": job_body(job)}) if call.as_json else f"{job.id} {what}")
