"""Views: what a reader asks for most, put together by the store in as few questions to the database as can be."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.run import Progress, RunStatus
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import HistoryEntry, SnapshotHead


@attrs.frozen(kw_only=True)
class LatestView:
    """
    The newest version of a brand: what its readers see of it.

    Attributes:
        compile_run_id: None: the run is gone, or there was none.
        document: Its JSON text in UTF-8, which goes out as it is.
        report: Of the run that it names, as JSON text as `brandbrain_core.wire` writes a `RunReport`; None: the run is
            gone, or has none, or it was not asked for.
    """

    id: SnapshotId
    brand_id: BrandId
    compile_run_id: RunId | None
    document: bytes
    created_at: datetime
    report: str | None


@attrs.frozen(kw_only=True)
class Published:
    """The version that a run published: its JSON text in UTF-8, and when."""

    id: SnapshotId
    document: bytes
    created_at: datetime


@attrs.frozen(kw_only=True)
class RunView:
    """
    A compile run as those see it who wait for it.

    Attributes:
        progress: Of the attempt that runs; None: none does, or it has said nothing yet.
        attempts: How often a worker has taken it, as its job counts.
        available_at: Before this moment nobody takes it.
        last_error: Of the attempt before; None: there was none, or it did not fail.
        report: As JSON text, see `LatestView`; None: it has none yet.
        published: None: it has published nothing.
    """

    id: RunId
    brand_id: BrandId
    status: RunStatus
    progress: Progress | None = None
    error: str | None = None
    cancelled: bool = False
    attempts: int = 0
    available_at: datetime
    last_error: str | None = None
    report: str | None = None
    published: Published | None = None
    created_at: datetime


@attrs.frozen(kw_only=True)
class RunEntry:
    """One line of a brand's list of runs; times are aware, UTC."""

    id: RunId
    status: RunStatus
    force_refresh: bool
    cancelled: bool
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@attrs.frozen(kw_only=True)
class HistoryView:
    """A part of a brand's history, newest first; *total* counts all versions."""

    entries: tuple[HistoryEntry, ...]
    total: int


@attrs.frozen(kw_only=True)
class RunsView:
    """A part of a brand's runs, newest first; *total* counts all that were not pruned."""

    entries: tuple[RunEntry, ...]
    total: int


@attrs.frozen(kw_only=True)
class BrandState:
    """
    Everything about a brand that is small, at one moment.

    Attributes:
        sources: All of them, newest first.
        head: Of the newest version; None: nothing was compiled yet.
        document: The newest version's JSON text, where it was asked for.
    """

    brand: Brand
    onboarding: Onboarding
    sources: tuple[Source, ...]
    overrides: Overrides
    head: SnapshotHead | None
    document: str | None = None
