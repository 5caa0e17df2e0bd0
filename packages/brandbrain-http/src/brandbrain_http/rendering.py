"""Bodies round the stored text of a snapshot, which is never parsed for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from brandbrain_core import wire
from brandbrain_core.bodies import Enclosed, id_text, report_parts, time_text
from brandbrain_core.model.reports import EvidenceStatus
from brandbrain_core.model.run import Progress, RunStatus, Stage
from brandbrain_core.model.stored_snapshot import SnapshotHead, StoredSnapshot
from brandbrain_core.model.views import RunView
from brandbrain_core.services.kickoff import KickoffStatus

TERMINAL: Final = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED})

_BEGUN: Final = Progress(stage=Stage.INGESTION, sources_completed=0, sources_total=0)
"""What a run says between the moment that it is taken and the first word of its worker."""

_NO_EVIDENCE: Final = wire.dumps(EvidenceStatus())


def unchanged_body(head: SnapshotHead, document: str) -> Enclosed:
    """Return the answer to a kick-off that would change nothing: the newest version, *document* its JSON text."""
    made_by = "" if head.compile_run_id is None else f'"compile_run_id":{id_text(head.compile_run_id)},'
    ids = f'"snapshot_id":{id_text(head.id)},"brand_id":{id_text(head.brand_id)}'
    return Enclosed(
        before=f'{{{made_by}"status":"{KickoffStatus.UNCHANGED}","snapshot":{{{ids},'
        f'"created_at":{time_text(head.created_at)},"snapshot_json":',
        document=document.encode(),
        after="}}",
    )


def version_body(snapshot: StoredSnapshot) -> Enclosed:
    """Return the body of one version. What may go away later, such as its run, is not in it: it never changes."""
    return Enclosed(
        before=f'{{"snapshot_id":{id_text(snapshot.id)},"brand_id":{id_text(snapshot.brand_id)},"snapshot_json":',
        document=snapshot.document.encode(),
        after=f',"created_at":{time_text(snapshot.created_at)},"version":{snapshot.version},"origin":"{snapshot.origin}"}}',
    )


def status_body(run: RunView) -> Enclosed:
    """Return how a run stands, with the version that it published if it did."""
    head = [("compile_run_id", id_text(run.id)), ("status", f'"{run.status}"')]
    text = ",".join(f'"{name}":{text}' for name, text in [*head, *_MEMBERS[run.status](run)])
    published = run.published if run.status is RunStatus.SUCCEEDED else None
    if published is None:
        return Enclosed(f"{{{text}}}", b"", "")
    return Enclosed(
        before=f'{{{text},"snapshot":{{"snapshot_id":{id_text(published.id)},'
        f'"created_at":{time_text(published.created_at)},"snapshot_json":',
        document=published.document,
        after="}}",
    )


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
    yield "next_attempt_at", time_text(run.available_at)
    if run.last_error is not None:
        yield "last_error", json.dumps(run.last_error, ensure_ascii=False)


def _running(run: RunView) -> Iterable[tuple[str, str]]:
    yield "progress", wire.dumps(run.progress or _BEGUN)


def _succeeded(run: RunView) -> Iterable[tuple[str, str]]:
    yield "evidence_status", _evidence_status(run)


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
