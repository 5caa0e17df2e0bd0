"""A snapshot as it is stored: its JSON text, beside what must be known without reading it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.reports import DiffSummary


class Origin(StrEnum):
    """What made a snapshot: a compile, or an edit of overrides and pins."""

    COMPILE = "compile"
    OVERRIDE = "override"


@attrs.frozen(kw_only=True)
class StoredSnapshot:
    """
    One version of a brand.

    Attributes:
        version: Of the brand: 1, 2, 3 ... without a gap.
        compile_run_id: The run that made it, or whose draft it re-merges; None: that run was pruned.
        inputs_at: When the inputs it rests on were captured; never goes back from version to version.
        inputs_hash: Of those inputs alone.
        input_hash: Of those inputs with the overrides and pins that were merged.
        degraded: A lesser synthesizer stood in; it never counts as up to date.
        diff_summary: Against the version before; None for the first.
        document: The snapshot as canonical JSON text, exactly as it is served.
        created_at: Aware, UTC.
    """

    id: SnapshotId
    brand_id: BrandId
    version: int
    origin: Origin
    compile_run_id: RunId | None
    inputs_at: datetime
    inputs_hash: str
    input_hash: str
    degraded: bool
    diff_summary: DiffSummary | None
    document: str
    created_at: datetime


@attrs.frozen(kw_only=True)
class SnapshotHead:
    """The newest snapshot without its document: enough to decide what is up to date. See `StoredSnapshot`."""

    id: SnapshotId
    brand_id: BrandId
    version: int
    compile_run_id: RunId | None
    inputs_at: datetime
    inputs_hash: str
    input_hash: str
    degraded: bool
    created_at: datetime


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """One line of a brand's history; *diff_summary* None for the first."""

    id: SnapshotId
    version: int
    origin: Origin
    diff_summary: DiffSummary | None
    created_at: datetime
