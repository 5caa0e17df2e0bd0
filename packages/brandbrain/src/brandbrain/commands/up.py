"""`brandbrain up`."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from brandbrain import logs
from brandbrain.api_options import http_options
from brandbrain.api_service import api_of
from brandbrain.commands.serve import LISTENING, listening_options
from brandbrain.exits import Exit
from brandbrain.invocation import Invocation, invoked
from brandbrain.listening import listen, refuse_to_be_open
from brandbrain.together import Service, run_and_exit, run_together
from brandbrain.wiring import BUILT_IN_STORES
from brandbrain.worker_service import options_of, worker_of, working_deps
from brandbrain_store import migrate as migrations
from brandbrain_worker import WorkerOptions


@click.command()
@listening_options
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="Jobs at a time; otherwise the setting, 8.")
@click.option(
    "--drain-timeout",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long running jobs may take to end after a signal.",
)
@invoked(set_by=LISTENING)
def up(call: Invocation, insecure: bool, concurrency: int | None, drain_timeout: float) -> None:
    """
    Run all that brandbrain needs on one machine, in one process: the API and a worker.

    Brings the database to this version's schema first. Stop it with Ctrl-C: requests and jobs that are under way end
    first. Once more stops it at once.
    """
    logs.set_up(verbose=call.verbose, style=call.settings.log_format)
    http_options(call.settings)
    options = options_of(call.settings, concurrency=concurrency, drain_timeout=drain_timeout)
    run_and_exit(_up(call, options, insecure=insecure))


async def _up(call: Invocation, options: WorkerOptions, *, insecure: bool) -> Exit:
    settings = call.settings
    if urlsplit(settings.database_url).scheme.partition("+")[0] in BUILT_IN_STORES:
        await migrations.upgrade(settings.database_url)
    async with working_deps(call, patient=False) as deps:
        await refuse_to_be_open(deps, settings.host, insecure=insecure)
        api = api_of(settings, deps, listen(settings.host, settings.port))
        services: list[Service] = [api, worker_of(call, deps, options)]
        for service in services:
            call.note(f"{service.name}: {service.about}")
        call.note("Ctrl-C stops it", style="dim")
        return await run_together(services)
