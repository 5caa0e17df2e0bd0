"""How fresh the evidence of sources is, and what the next compile would do with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.collection import CollectionRun, CollectionStatus
from brandbrain_core.model.run import FrozenSource
from brandbrain_core.model.source import Source
from brandbrain_core.pipeline.sourcing import choose
from brandbrain_core.policies.freshness import Action, age_hours
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps


@attrs.frozen(kw_only=True)
class SourceStatus:
    """
    What is known of one source's evidence.

    Attributes:
        has_evidence: A collection brought at least one item.
        next_action: What a compile that began now would do.
        latest: The newest collection run, however it ended; None: there was none.
        latest_age_hours: Of *latest*, from its start; hours.
    """

    source: Source
    has_evidence: bool
    next_action: Action
    latest: CollectionRun | None
    latest_age_hours: float | None


async def source_statuses(deps: Deps, work: UnitOfWork, sources: Sequence[Source]) -> tuple[SourceStatus, ...]:
    """Return the status of each source, in their order; one query for all of them."""
    now = deps.clock.now()
    runs = await work.collections.latest([source.id for source in sources])
    return tuple([await _status(deps, source, runs.get(source.id, ()), now) for source in sources])


async def _status(deps: Deps, source: Source, runs: Sequence[CollectionRun], now: datetime) -> SourceStatus:
    latest = runs[0] if runs else None
    return SourceStatus(
        source=source,
        has_evidence=any(run.status is CollectionStatus.SUCCEEDED and run.normalised_count > 0 for run in runs),
        next_action=await _next_action(deps, source, runs, now),
        latest=latest,
        latest_age_hours=None if latest is None else age_hours(latest, now),
    )


async def _next_action(deps: Deps, source: Source, runs: Sequence[CollectionRun], now: datetime) -> Action:
    """Return what the compile's own decision is; it leaves sources that are switched off alone."""
    if not source.is_enabled:
        return Action.SKIP
    frozen = FrozenSource(
        id=source.id,
        platform=source.platform,
        capability=source.capability,
        identifier=source.identifier,
        is_allowed=(source.platform, source.capability) in deps.plan.allowed,
        settings=source.settings,
    )
    try:
        return (await choose(deps.plan, frozen, runs, now=now, force=False)).decision.action
    except SourceFailed:
        return Action.REFRESH
