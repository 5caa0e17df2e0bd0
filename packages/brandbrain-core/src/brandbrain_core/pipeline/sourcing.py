"""Which collector serves a source, with what input, and whether it must be asked at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import attrs

from brandbrain_core.model.collection import CollectionRun, CollectionStatus
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.run import FrozenSource
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.policies import freshness
from brandbrain_core.policies.freshness import FreshnessDecision
from brandbrain_core.ports import Collector, CollectRequest


@attrs.frozen(kw_only=True)
class Choice:
    """
    What is to be done with one source.

    Attributes:
        collector: None: none of the plan's can collect such a source; then there is no run to reuse either.
        request: What the collector would be asked; its deadline is set when it is.
        resumable: A collection run that an interrupted attempt with the same input left behind.
    """

    decision: FreshnessDecision
    collector: Collector | None
    request: CollectRequest
    input: JsonObject
    fingerprint: str
    resumable: CollectionRun | None


async def choose(
    plan: Plan, source: FrozenSource, runs: Sequence[CollectionRun], *, now: datetime, force: bool
) -> Choice:
    """
    Decide about one source, given its latest collection runs.

    Raises:
        SourceFailed: The collector cannot even tell its input, e.g. because a file is missing.
    """
    settings = source.settings or {}
    collector = plan.collector_for(source.platform, source.capability, settings)
    request = CollectRequest(
        platform=source.platform,
        capability=source.capability,
        identifier=source.identifier,
        settings=settings,
        cap=plan.cap_of(collector, source.platform, source.capability) if collector else 1,
        deadline=now,
    )
    given = await asyncio.to_thread(collector.input_of, request) if collector else {}
    fingerprint = freshness.fingerprint(collector.name, collector.version, given) if collector else ""
    decision = freshness.decide(
        runs,
        fingerprint=fingerprint,
        allowed=source.is_allowed,
        forced=force,
        now=now,
        ttl_hours=plan.ttl_hours,
    )
    return Choice(
        decision=decision,
        collector=collector,
        request=request,
        input=given,
        fingerprint=fingerprint,
        resumable=_resumable(runs, fingerprint),
    )


def _resumable(runs: Sequence[CollectionRun], fingerprint: str) -> CollectionRun | None:
    unfinished = (run for run in runs if run.status is CollectionStatus.RUNNING and run.fingerprint == fingerprint)
    return next(unfinished, None)
