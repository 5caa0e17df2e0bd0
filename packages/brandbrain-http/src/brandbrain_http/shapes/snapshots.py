"""Snapshots on the wire. Bodies that carry one are rendered as text; their classes here describe them."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.bundle import BundleSummary
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.reports import Change, DiffSummary, EvidenceStatus, QaReport
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.stored_snapshot import HistoryEntry, Origin


@attrs.frozen(kw_only=True)
class LatestShape:
    """
    The newest snapshot of a brand.

    Attributes:
        compile_run_id: Absent: the run is gone.
        evidence_status, qa_report, bundle_summary: Where they were asked for, and are there.
    """

    snapshot_id: SnapshotId
    brand_id: BrandId
    snapshot_json: Snapshot
    created_at: datetime
    compile_run_id: RunId | None = None
    evidence_status: EvidenceStatus | None = None
    qa_report: QaReport | None = None
    bundle_summary: BundleSummary | None = None


@attrs.frozen(kw_only=True)
class VersionShape:
    """One version of a brand; it never changes."""

    snapshot_id: SnapshotId
    brand_id: BrandId
    snapshot_json: Snapshot
    created_at: datetime
    version: int
    origin: Origin


@attrs.frozen(kw_only=True)
class HistoryEntryShape:
    """
    One line of a brand's history.

    Attributes:
        diff_summary: `fields_changed`, `fields_added` and `fields_removed`; empty for the first version.
        origin: `compile`, or `override` for an edit.
    """

    snapshot_id: SnapshotId
    created_at: datetime
    diff_summary: JsonObject
    version: int
    origin: Origin

    @classmethod
    def of(cls, entry: HistoryEntry) -> HistoryEntryShape:
        """Return an entry as the wire has it."""
        return cls(
            snapshot_id=entry.id,
            created_at=entry.created_at,
            diff_summary={} if entry.diff_summary is None else attrs.asdict(entry.diff_summary),
            version=entry.version,
            origin=entry.origin,
        )


@attrs.frozen(kw_only=True)
class HistoryShape:
    """
    A page of a brand's history, newest first.

    Attributes:
        total: All versions of the brand.
        next_cursor: Where the next page begins; absent: there is none.
    """

    snapshots: tuple[HistoryEntryShape, ...]
    page: int
    page_size: int
    total: int
    next_cursor: str | None = None


@attrs.frozen(kw_only=True)
class DiffShape:
    """What changed from one version to another, by path."""

    snapshot_id: SnapshotId
    against: SnapshotId
    summary: DiffSummary
    changes: tuple[Change, ...]
