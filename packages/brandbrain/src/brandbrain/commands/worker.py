"""`brandbrain worker`."""

from __future__ import annotations

import asyncio

import click

from brandbrain import logs
from brandbrain.exits import Exit
from brandbrain.invocation import Invocation, invoked
from brandbrain.together import run_and_exit, run_together
from brandbrain.views.jobs import job_body, job_table
from brandbrain.wiring import opened
from brandbrain.worker_service import options_of, worker_of, working_deps
from brandbrain_core import wire
from brandbrain_worker import WorkerOptions, claimable

_SECONDS = click.FloatRange(0, min_open=True)


@click.command()
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="Jobs at a time; otherwise the setting, 8.")
@click.option("--poll-interval", type=_SECONDS, metavar="SECONDS", help="Between looks into the queue; else 5.")
@click.option("--stale-check-interval", type=_SECONDS, metavar="SECONDS", help="Between sweeps; else 60.")
@click.option(
    "--drain-timeout",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long running jobs may take to end after a signal.",
)
@click.option("--max-jobs", type=click.IntRange(0), default=0, metavar="N", help="Stop after so many; 0: no limit.")
@click.option("--once", is_flag=True, help="Do one job, or none if none is ready, then stop.")
@click.option("--dry-run", is_flag=True, help="Show what would be claimed, and change nothing.")
@invoked()
def worker(
    call: Invocation,
    concurrency: int | None,
    poll_interval: float | None,
    stale_check_interval: float | None,
    drain_timeout: float,
    max_jobs: int,
    once: bool,
    dry_run: bool,
) -> None:
    """
    Compile what waits in the queue, until stopped.

    The first SIGTERM or Ctrl-C lets running jobs end, the second one hands them back; then the exit code is 130. Run
    as many workers as you like, on as many machines as reach the database.
    """
    options = options_of(
        call.settings,
        concurrency=concurrency,
        poll_interval=poll_interval,
        stale_check_interval=stale_check_interval,
        drain_timeout=drain_timeout,
        max_jobs=max_jobs,
        once=once,
    )
    if dry_run:
        asyncio.run(_show_claimable(call, options))
    else:
        logs.set_up(verbose=call.verbose + 1, style=call.settings.log_format)
        run_and_exit(_work(call, options))


async def _work(call: Invocation, options: WorkerOptions) -> Exit:
    async with working_deps(call, patient=not options.once) as deps:
        return await run_together([worker_of(call, deps, options)])


async def _show_claimable(call: Invocation, options: WorkerOptions) -> None:
    limit = min(options.concurrency, options.limit or options.concurrency)
    async with opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps:
        jobs = await claimable(deps, limit=limit)
    if call.as_json:
        click.echo(wire.dumps({"would_claim": [job_body(job) for job in jobs]}))
    elif jobs:
        call.show(job_table(jobs))
    else:
        call.note("nothing is ready to be claimed")
