"""Bodies round the stored text of a snapshot, which is never parsed for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from brandbrain_core import wire
from brandbrain_core.bodies import report_parts
from brandbrain_core.model.reports import EvidenceStatus
from brandbrain_core.model.run import Progress, RunStatus, Stage
from brandbrain_core.model.stored_snapshot import SnapshotHead, StoredSnapshot
from brandbrain_core.model.views import RunView
from brandbrain_core.services.kickoff import KickoffStatus

TERMINAL: Final = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED})

_BEGUN: Final = Progress(stage=Stage.INGESTION, sources_completed=0, sources_total=0)
"""What a run says between the moment that it is taken and the first word of its worker."""

_NO_EVIDENCE: Final = wire.dumps(EvidenceStatus())


def unchanged_body(head: SnapshotHead, document: str) -> str:
    """Return the answer to a kick-off that would change nothing: the newest version, *document* its JSON text."""
    inner = _object(
        [
            ("snapshot_id", wire.dumps(head.id)),
            ("brand_id", wire.dumps(head.brand_id)),
            ("created_at", wire.dumps(head.created_at)),
            ("snapshot_json", document),
        ]
    )
    made_by = [] if head.compile_run_id is None else [("compile_run_id", wire.dumps(head.compile_run_id))]
    return _object([*made_by, ("status", wire.dumps(KickoffStatus.UNCHANGED)), ("snapshot", inner)])


def version_body(snapshot: StoredSnapshot) -> str:
    """Return the body of one version. What may go away later, such as its run, is not in it: it never changes."""
    return _object(
        [
            ("snapshot_id", wire.dumps(snapshot.id)),
            ("brand_id", wire.dumps(snapshot.brand_id)),
            ("snapshot_json", snapshot.document),
            ("created_at", wire.dumps(snapshot.created_at)),
            ("version", str(snapshot.version)),
            ("origin", wire.dumps(snapshot.origin)),
        ]
    )


def status_body(run: RunView) -> str:
    """Return how a run stands."""
    head = [("compile_run_id", wire.dumps(run.id)), ("status", wire.dumps(run.status))]
    return _object([*head, *_MEMBERS[run.status](run)])


def retry_after(run: RunView, now: datetime) -> int:
    """
    Return in how many seconds to ask again about a run that has not ended: 2, 5 or 10, by its age.
    """
    age = now - run.created_at
    if age < timedelta(seconds=30):
        return 2
    return 5 if age < timedelta(minutes=2) else 10


def _pending(run: RunView) -> Iterable[tuple[str, str]]:
    if run.attempts == 0:
        return
    yield "attempt", str(run.attempts + 1)
    yield "next_attempt_at", wire.dumps(run.available_at)
    if run.last_error is not None:
        yield "last_error", json.dumps(run.last_error, ensure_ascii=False)


def _running(run: RunView) -> Iterable[tuple[str, str]]:
    yield "progress", wire.dumps(run.progress or _BEGUN)


def _succeeded(run: RunView) -> Iterable[tuple[str, str]]:
    yield "evidence_status", _evidence_status(run)
    if run.published is not None:
        members = [
            ("snapshot_id", wire.dumps(run.published.id)),
            ("created_at", wire.dumps(run.published.created_at)),
            ("snapshot_json", run.published.document),
        ]
        yield "snapshot", _object(members)


def _failed(run: RunView) -> Iterable[tuple[str, str]]:
    yield "error", json.dumps(run.error or "", ensure_ascii=False)
    yield "evidence_status", _evidence_status(run)
    if run.cancelled:
        yield "cancelled", "true"


_MEMBERS: Final = {
    RunStatus.PENDING: _pending,
    RunStatus.RUNNING: _running,
    RunStatus.SUCCEEDED: _succeeded,
    RunStatus.FAILED: _failed,
}


def _evidence_status(run: RunView) -> str:
    if run.report is None:
        return _NO_EVIDENCE
    return report_parts(run.report, ["evidence_status"]).get("evidence_status", _NO_EVIDENCE)


def _object(members: Sequence[tuple[str, str]]) -> str:
    return "{" + ",".join(f'"{name}":{text}' for name, text in members) + "}"
