"""Collection runs on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import CollectionRunId, SourceId
from brandbrain_core.model.collection import CollectionRun, CollectionStatus


@attrs.frozen(kw_only=True)
class CollectionRunShape:
    """
    One time that a source was collected.

    Attributes:
        collector: Its name, e.g. `web` or `file`.
        raw_items_count, normalized_count, rejected_count: Items that came, became evidence, and did not.
        error, error_code: Why it failed, for people and for programs.
    """

    run_id: CollectionRunId
    status: CollectionStatus
    collector: str
    started_at: datetime
    finished_at: datetime | None = None
    raw_items_count: int
    normalized_count: int
    rejected_count: int
    error: str | None = None
    error_code: str | None = None

    @classmethod
    def of(cls, run: CollectionRun) -> CollectionRunShape:
        """Return a collection run as the wire has it."""
        return cls(
            run_id=run.id,
            status=run.status,
            collector=run.collector,
            started_at=run.started_at,
            finished_at=run.finished_at,
            raw_items_count=run.raw_count,
            normalized_count=run.normalised_count,
            rejected_count=run.rejected_count,
            error=run.error,
            error_code=run.error_code,
        )


@attrs.frozen(kw_only=True)
class SourceStatusShape:
    """How a source stands; *latest_run* absent: it was never collected."""

    source_connection_id: SourceId
    latest_run: CollectionRunShape | None = None
