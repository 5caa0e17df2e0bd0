"""What is reported of each source of a compile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.collection import CollectionRun
from brandbrain_core.model.platform import source_name
from brandbrain_core.model.reports import EvidenceStatus, SourceOutcome
from brandbrain_core.model.run import FrozenSource
from brandbrain_core.policies.freshness import FreshnessDecision
from brandbrain_core.ports import UpsertCounts

SHOWN_REJECTIONS: Final = 20
"""So many reasons are shown with a source; all are counted."""


class Tally:
    """Sorts outcomes into the four lists of the evidence status, each in the order of the sources."""

    def __init__(self) -> None:
        self._outcomes: dict[int, tuple[str, SourceOutcome]] = {}

    def add(self, index: int, kind: str, outcome: SourceOutcome) -> None:
        """Note the outcome of the source at *index*; *kind* is the name of its list."""
        self._outcomes[index] = (kind, outcome)

    def __len__(self) -> int:
        return len(self._outcomes)

    def status(self) -> EvidenceStatus:
        """Return what has been noted so far."""
        lists: dict[str, list[SourceOutcome]] = {a.name: [] for a in attrs.fields(EvidenceStatus)}
        for _, (kind, outcome) in sorted(self._outcomes.items()):
            lists[kind].append(outcome)
        return EvidenceStatus(**{name: tuple(items) for name, items in lists.items()})


def plain(source: FrozenSource, reason: str) -> SourceOutcome:
    """Return the outcome of a source that no collection run belongs to."""
    return SourceOutcome(
        source=source_name(source.platform, source.capability),
        source_connection_id=source.id,
        platform=source.platform,
        capability=source.capability,
        identifier=source.identifier,
        reason=reason,
    )


def of_run(source: FrozenSource, reason: str, run: CollectionRun, *, now: datetime) -> SourceOutcome:
    """Return the outcome of a source with what its collection run tells."""
    return attrs.evolve(
        plain(source, reason),
        error=run.error,
        error_code=run.error_code,
        collector=run.collector,
        apify_run_id=run.id,
        apify_run_status=run.status,
        raw_items_count=run.raw_count,
        normalized_rejected=run.rejected_count,
        item_count=run.normalised_count,
        run_age_hours=round((now - run.started_at).total_seconds() / 3600, 1),
    )


def skipped(source: FrozenSource, decision: FreshnessDecision, *, now: datetime) -> SourceOutcome:
    """Return the outcome of a source that was left alone, with the failure that is the reason, if one is."""
    if decision.run is None:
        return plain(source, decision.reason)
    return of_run(source, decision.reason, decision.run, now=now)


def refreshed(outcome: SourceOutcome, counts: UpsertCounts, problems: Sequence[str]) -> SourceOutcome:
    """Return the outcome of a fresh collection with what it changed and what it had to leave out."""
    return attrs.evolve(
        outcome,
        normalized_created=counts.created,
        normalized_updated=counts.updated,
        rejections=tuple(problems[:SHOWN_REJECTIONS]) or None,
    )


def failed(source: FrozenSource, failure: SourceFailed) -> SourceOutcome:
    """Return the outcome of a source that failed before a collection run was begun."""
    return attrs.evolve(plain(source, failure.why), error=failure.why, error_code=failure.error_code)
