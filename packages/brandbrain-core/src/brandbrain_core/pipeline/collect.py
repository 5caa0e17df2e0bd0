"""
Collecting: the sources of a brand side by side, each isolated: fresh → reuse, else collect → raw items → evidence.

A collection run has succeeded only in the transaction that stored its items and normalised them; the provider's run is
noted before it is waited for, so that a retry resumes it. Whatever goes wrong with one source is that source's failure
and no other's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.errors import LeaseLost, SourceFailed, SourceNotFound, Unavailable
from brandbrain_core.ids import CollectionRunId, RawItemId
from brandbrain_core.model.collection import CollectionRun, CollectionStatus, RawItem
from brandbrain_core.model.platform import source_name
from brandbrain_core.model.reports import SourceOutcome
from brandbrain_core.model.run import FrozenSource
from brandbrain_core.pipeline import outcomes
from brandbrain_core.pipeline.normalise import normalise
from brandbrain_core.pipeline.outcomes import Tally
from brandbrain_core.pipeline.sourcing import Choice, choose
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.policies.freshness import Action, retry_at
from brandbrain_core.policies.storable import storable, storable_json
from brandbrain_core.ports import Collected, Collector, UnitOfWork, UpsertCounts

log = logging.getLogger(__name__)

DISCONNECTED: Final = "The source was disconnected after this compile was kicked off"
"""Why a source is skipped that is not there any more: nothing of it could be stored."""

_NOT_THE_SOURCES_FAULT: Final = (LeaseLost, Unavailable)

Outcome = tuple[str, SourceOutcome]


async def collect_all(
    tools: Tools, sources: Sequence[FrozenSource], *, force: bool, tally: Tally, done: Callable[[], Awaitable[None]]
) -> None:
    """
    Collect every source that needs it, noting each outcome in *tally*; call *done* after each.

    Raises:
        LeaseLost: The lease is gone; nothing more was written.
        Unavailable: The database is.
    """
    runs = await tools.read(lambda work: work.collections.latest([source.id for source in sources]))
    bound = asyncio.Semaphore(tools.plan.sources_at_once)

    async def one(index: int, source: FrozenSource, run_id: CollectionRunId) -> None:
        async with bound:
            tally.add(index, *await _isolated(tools, source, run_id, runs.get(source.id, ()), force=force))
        await done()

    try:
        async with asyncio.TaskGroup() as group:
            for index, source in enumerate(sources):
                group.create_task(one(index, source, CollectionRunId(tools.ids.new())))
    except* _NOT_THE_SOURCES_FAULT as several:
        raise several.exceptions[0] from None


async def _isolated(
    tools: Tools, source: FrozenSource, run_id: CollectionRunId, runs: Sequence[CollectionRun], *, force: bool
) -> Outcome:
    """Return the outcome of one source; *run_id* was made beforehand, so that it depends on no other source's pace."""
    now = tools.clock.now()
    try:
        choice = await choose(tools.plan, source, runs, now=now, force=force)
    except Exception as error:  # noqa: BLE001  a fault of an adapter or a setting is this source's failure alone
        return "failed", outcomes.failed(source, _as_failure(source, error))
    if choice.decision.action is Action.SKIP:
        return "skipped", outcomes.skipped(source, choice.decision, now=now)
    if choice.decision.action is Action.REUSE and choice.decision.run is not None:
        return "reused", outcomes.of_run(source, choice.decision.reason, choice.decision.run, now=now)
    if choice.collector is None:
        return "failed", outcomes.failed(source, _nothing_collects(source))
    return await _refresh(tools, source, choice, choice.collector, run_id)


def _nothing_collects(source: FrozenSource) -> SourceFailed:
    name = source_name(source.platform, source.capability)
    return SourceFailed(
        "no_collector", f"Nothing here can collect {name}: configure a collector for it, or import an exported file"
    )


def _as_failure(source: FrozenSource, error: Exception) -> SourceFailed:
    if isinstance(error, SourceFailed):
        return SourceFailed(error.error_code, storable(error.why), error.retry_after)
    name = source_name(source.platform, source.capability)
    log.error("a collector broke", exc_info=error, extra={"source": name})
    return SourceFailed("unexpected", f"The collector broke ({type(error).__name__}); this is a fault to report")


async def _refresh(
    tools: Tools, source: FrozenSource, choice: Choice, collector: Collector, run_id: CollectionRunId
) -> Outcome:
    try:
        run = choice.resumable or await _begin(tools, source, choice, collector, run_id)
        return await _collect(tools, source, choice, collector, run)
    except SourceNotFound:
        return "skipped", outcomes.plain(source, DISCONNECTED)


async def _collect(
    tools: Tools, source: FrozenSource, choice: Choice, collector: Collector, run: CollectionRun
) -> Outcome:
    try:
        collected = await _wait(tools, choice, collector, run)
        return "refreshed", await _store(tools, source, choice, run, collected)
    except (*_NOT_THE_SOURCES_FAULT, SourceNotFound):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, it is this source's failure alone
        failure = _as_failure(source, error)
        broken = _broken(run, failure, tools.clock.now())
        await _update(tools, broken)
        return "failed", outcomes.of_run(source, failure.why, broken, now=tools.clock.now())


async def _begin(
    tools: Tools, source: FrozenSource, choice: Choice, collector: Collector, run_id: CollectionRunId
) -> CollectionRun:
    run = CollectionRun(
        id=run_id,
        brand_id=tools.lease.brand_id,
        source_id=source.id,
        collector=collector.name,
        fingerprint=choice.fingerprint,
        status=CollectionStatus.RUNNING,
        input=choice.input,
        started_at=tools.clock.now(),
    )

    async def add(work: UnitOfWork) -> None:
        await work.sources.get(source.id)
        await work.collections.add(run)

    await tools.write(add)
    return run


async def _update(tools: Tools, run: CollectionRun) -> None:
    await tools.write(lambda work: work.collections.update(run))


class _Noted:
    """Notes the provider's run on ours, under the lease."""

    def __init__(self, tools: Tools, run: CollectionRun) -> None:
        self._tools = tools
        self._run = run

    async def started(self, external_run_id: str) -> None:
        await _update(self._tools, attrs.evolve(self._run, external_run_id=external_run_id))


async def _wait(tools: Tools, choice: Choice, collector: Collector, run: CollectionRun) -> Collected:
    allowed = tools.plan.collect_timeout
    request = attrs.evolve(choice.request, deadline=tools.clock.now() + allowed, resume=run.external_run_id)
    try:
        async with asyncio.timeout(allowed.total_seconds()):
            return await collector.collect(request, _Noted(tools, run))
    except TimeoutError:
        why = f"The source did not answer within {allowed.total_seconds():.0f} seconds"
        raise SourceFailed("timeout", why) from None


async def _store(
    tools: Tools, source: FrozenSource, choice: Choice, run: CollectionRun, collected: Collected
) -> SourceOutcome:
    """Store raw items and evidence and mark the run succeeded, in one fenced transaction."""
    raw = tuple(
        RawItem(
            id=RawItemId(tools.ids.new()),
            run_id=run.id,
            index=index,
            shape=item.shape,
            payload=storable_json(item.payload),
        )
        for index, item in enumerate(collected.items[: choice.request.cap])
    )
    made = await asyncio.to_thread(normalise, tools.plan.normalisers, source, raw)
    problems = tuple(map(storable, (*collected.problems, *made.rejections)))
    unread = len(collected.problems) if collected.rejected is None else collected.rejected
    now = tools.clock.now()
    finished = attrs.evolve(
        run,
        status=CollectionStatus.SUCCEEDED,
        dataset_id=collected.dataset_id,
        finished_at=now,
        raw_count=len(raw),
        normalised_count=len(made.sightings),
        rejected_count=unread + len(made.rejections),
    )

    async def store(work: UnitOfWork) -> UpsertCounts:
        await work.sources.get(source.id)
        await work.collections.add_raw_items(raw)
        counts = await work.evidence.upsert(tools.lease.brand_id, made.sightings, at=now)
        await work.collections.update(finished)
        return counts

    counts = await tools.write(store)
    outcome = outcomes.of_run(source, choice.decision.reason, finished, now=now)
    return outcomes.refreshed(outcome, counts, problems)


def _broken(run: CollectionRun, failure: SourceFailed, now: datetime) -> CollectionRun:
    status = CollectionStatus.TIMED_OUT if failure.error_code == "timeout" else CollectionStatus.FAILED
    return attrs.evolve(
        run,
        status=status,
        finished_at=now,
        error=failure.why,
        error_code=failure.error_code,
        retry_at=retry_at(now, failure.retry_after),
    )
