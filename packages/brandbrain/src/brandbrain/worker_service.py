"""The worker, as the settings and the command line want it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import attrs

from brandbrain.exits import Exit
from brandbrain.invocation import Invocation
from brandbrain.planning import plan_of
from brandbrain.settings import Settings
from brandbrain.wiring import open_settings_store
from brandbrain_core.errors import Unavailable
from brandbrain_core.ports import Store, WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_store import SqlStore
from brandbrain_worker import Worker, WorkerOptions, worker_name

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries to reach a database that is away."""


@attrs.frozen(kw_only=True)
class WorkerService:
    """A worker that runs beside other services; see `brandbrain.together.Service`."""

    worker: Worker
    options: WorkerOptions
    name: str = "worker"

    @property
    def about(self) -> str:
        """Its name on leases, and how much it does at a time."""
        return f"{self.worker.name}, {self.options.concurrency} at a time"

    async def run(self) -> Exit:
        """Work; INTERRUPTED if work was left unfinished."""
        outcome = await self.worker.run()
        return Exit.OK if outcome.is_drained else Exit.INTERRUPTED

    def stop(self) -> None:
        """Drain; called again, hand back."""
        self.worker.stop()


def options_of(
    settings: Settings,
    *,
    concurrency: int | None = None,
    poll_interval: float | None = None,
    stale_check_interval: float | None = None,
    drain_timeout: float,
    max_jobs: int = 0,
    once: bool = False,
) -> WorkerOptions:
    """Return the options of a worker; what a flag does not say, the settings say. Durations are seconds."""
    return WorkerOptions(
        concurrency=concurrency or settings.concurrency,
        poll_interval=timedelta(seconds=poll_interval or settings.poll_seconds),
        stale_check_interval=timedelta(seconds=stale_check_interval or settings.stale_check_seconds),
        drain_timeout=timedelta(seconds=drain_timeout),
        max_jobs=max_jobs,
        once=once,
    )


def worker_of(call: Invocation, deps: Deps, options: WorkerOptions) -> WorkerService:
    """Return a worker over these services, with a name of its own."""

    async def open_store() -> Store:
        return await open_settings_store(call.settings, clock=call.around.clock)

    worker = Worker(
        deps, name=worker_name(), options=options, open_store=open_store, wake_ups=wake_ups_of(deps, call.settings)
    )
    return WorkerService(worker=worker, options=options)


def wake_ups_of(deps: Deps, settings: Settings) -> WakeUps | None:
    """Return what tells of ready jobs; None: the queue is polled, by choice or for want of anything better."""
    if settings.listen_url == "" or not isinstance(deps.store, SqlStore):
        return None
    return deps.store.wake_ups(settings.listen_url)


@asynccontextmanager
async def working_deps(call: Invocation, *, patient: bool) -> AsyncIterator[Deps]:
    """
    Open what a worker needs, and close it afterwards.

    Args:
        call: Of the command.
        patient: Whether a database that is away is waited for; else `Unavailable` is raised.

    Raises:
        InvalidSettings, SchemaMismatch: Waiting would not help.
    """
    around = call.around
    plan = plan_of(call.settings, clock=around.clock, env=around.env)
    store = await _opened(call, patient=patient)
    try:
        yield Deps(store=store, clock=around.clock, ids=around.ids, plan=plan)
    finally:
        await store.close()


async def _opened(call: Invocation, *, patient: bool) -> Store:
    pause = 0.2
    while True:
        try:
            return await open_settings_store(call.settings, clock=call.around.clock)
        except Unavailable as error:
            if not patient:
                raise
            log.warning("waiting for the database", extra={"error": str(error), "retry_in": pause})
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
