"""Compile runs on the wire. Bodies that carry a snapshot are rendered as text; their classes here describe them."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.reports import EvidenceStatus
from brandbrain_core.model.run import Progress, RunStatus
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.views import RunEntry
from brandbrain_core.services.kickoff import KickoffStatus
from brandbrain_http.shapes.members import optional_flag


@attrs.frozen(kw_only=True)
class CompileBody:
    """
    How to compile.

    Attributes:
        force_refresh: Collect every source anew, and compile even if nothing has changed.
    """

    force_refresh: bool | None = None

    @classmethod
    def read(cls, body: JsonObject) -> CompileBody:
        """Return the body read; raise a 400."""
        return cls(force_refresh=optional_flag(body, "force_refresh"))


@attrs.frozen(kw_only=True)
class AcceptedShape:
    """
    A compile that will be done.

    Attributes:
        status: PENDING, or RUNNING where a run with the same inputs was joined.
        poll_url: Where to ask how it stands.
    """

    compile_run_id: RunId
    status: KickoffStatus
    poll_url: str


@attrs.frozen(kw_only=True)
class CompiledSnapshot:
    """A snapshot with what must be known beside it."""

    snapshot_id: SnapshotId
    brand_id: BrandId
    created_at: datetime
    snapshot_json: Snapshot


@attrs.frozen(kw_only=True)
class UnchangedShape:
    """
    A compile that would change nothing.

    Attributes:
        compile_run_id: The run that made the snapshot; absent: it is gone.
        status: UNCHANGED.
    """

    compile_run_id: RunId | None = None
    status: KickoffStatus
    snapshot: CompiledSnapshot


@attrs.frozen(kw_only=True)
class PublishedSnapshot:
    """The snapshot that a run made."""

    snapshot_id: SnapshotId
    created_at: datetime
    snapshot_json: Snapshot


@attrs.frozen(kw_only=True)
class StatusShape:
    """
    How a compile run stands.

    Attributes:
        attempt: Which attempt comes next, where one has failed.
        next_attempt_at: When it may begin.
        last_error: Why the attempt before failed.
        progress: Of a run that is RUNNING.
        evidence_status: Of a run that has ended: what happened to each source.
        snapshot: Of a run that has SUCCEEDED.
        error: Of a run that has FAILED.
        cancelled: True where a person stopped it.
    """

    compile_run_id: RunId
    status: RunStatus
    attempt: int | None = None
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    progress: Progress | None = None
    evidence_status: EvidenceStatus | None = None
    snapshot: PublishedSnapshot | None = None
    error: str | None = None
    cancelled: bool | None = None


@attrs.frozen(kw_only=True)
class RunEntryShape:
    """One line of a brand's list of runs; a time is absent until it has come."""

    compile_run_id: RunId
    status: RunStatus
    force_refresh: bool
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str | None = None
    cancelled: bool | None = None

    @classmethod
    def of(cls, run: RunEntry) -> RunEntryShape:
        """Return a run as the wire has it."""
        return cls(
            compile_run_id=run.id,
            status=run.status,
            force_refresh=run.force_refresh,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            error=run.error,
            cancelled=run.cancelled or None,
        )


@attrs.frozen(kw_only=True)
class RunsShape:
    """
    A page of a brand's runs, newest first.

    Attributes:
        total: All of the brand's runs.
        next_cursor: Where the next page begins; absent: there is none.
    """

    runs: tuple[RunEntryShape, ...]
    page: int
    page_size: int
    total: int
    next_cursor: str | None = None
