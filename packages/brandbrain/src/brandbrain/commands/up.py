"""`brandbrain up`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import click

from brandbrain import logs
from brandbrain.exits import Exit
from brandbrain.invocation import Invocation, invoked
from brandbrain.together import Service, run_and_exit, run_together
from brandbrain.wiring import BUILT_IN_STORES
from brandbrain.worker_service import options_of, worker_of, working_deps
from brandbrain_core.services.deps import Deps
from brandbrain_store import migrate as migrations
from brandbrain_worker import WorkerOptions

Make = Callable[[Invocation, Deps, WorkerOptions], Service]

SERVICES: Final[tuple[Make, ...]] = (worker_of,)
"""What runs, in the order in which it is told."""


@click.command()
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="Jobs at a time; otherwise the setting, 8.")
@click.option(
    "--drain-timeout",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long running jobs may take to end after a signal.",
)
@invoked()
def up(call: Invocation, concurrency: int | None, drain_timeout: float) -> None:
    """
    Run all that brandbrain needs on one machine, in one process.

    Brings the database to this version's schema first. Stop it with Ctrl-C; once more stops it at once.
    """
    logs.set_up(verbose=call.verbose, style=call.settings.log_format)
    run_and_exit(_up(call, options_of(call.settings, concurrency=concurrency, drain_timeout=drain_timeout)))


async def _up(call: Invocation, options: WorkerOptions) -> Exit:
    if urlsplit(call.settings.database_url).scheme.partition("+")[0] in BUILT_IN_STORES:
        await migrations.upgrade(call.settings.database_url)
    async with working_deps(call, patient=False) as deps:
        services = [make(call, deps, options) for make in SERVICES]
        for service in services:
            call.note(f"{service.name}: {service.about}")
        call.note("Ctrl-C stops it", style="dim")
        return await run_together(services)
