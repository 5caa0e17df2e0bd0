"""Jobs, as people and as scripts read them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from brandbrain.words import moment
from brandbrain_core import wire
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.run import CompileRun

_STYLE = {JobStatus.RUNNING: "cyan", JobStatus.SUCCEEDED: "green", JobStatus.FAILED: "red"}


def job_table(jobs: Sequence[Job]) -> Table:
    """Return jobs, one a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("job", "status", "attempts", "when", "what"):
        table.add_column(name, no_wrap=name not in ("when", "what"), overflow="fold")
    for job in jobs:
        attempts = f"{job.attempts} of {job.max_attempts}"
        table.add_row(str(job.id), job.status, attempts, _when(job), _what(job), style=_STYLE.get(job.status))
    return table


def job_lines(job: Job, run: CompileRun) -> tuple[str, ...]:
    """Return all that is to be known of one job."""
    facts = {
        "job": str(job.id),
        "brand": str(job.brand_id),
        "compile run": f"{run.id} ({run.status})",
        "status": job.status,
        "attempts": f"{job.attempts} of {job.max_attempts}",
        "created": moment(job.created_at),
        "available": moment(job.available_at) if job.status is JobStatus.PENDING else None,
        "held by": job.locked_by if job.status is JobStatus.RUNNING else None,
        "since": moment(job.started_at) if job.status is JobStatus.RUNNING and job.started_at else None,
        "sign of life": moment(job.locked_at) if job.status is JobStatus.RUNNING and job.locked_at else None,
        "last token": str(job.lease_token) if job.lease_token is not None else None,
        "forced": "yes" if job.force_refresh else None,
        "to be cancelled": "yes" if job.cancel_requested and job.status is JobStatus.RUNNING else None,
        "stage": f"{run.progress.stage} ({run.progress.sources_completed} of {run.progress.sources_total} sources)"
        if run.progress
        else None,
        "ended": moment(job.finished_at) if job.finished_at else None,
        "last error": job.last_error,
    }
    return tuple(f"{name:<16}{value}" for name, value in facts.items() if value is not None)


def job_body(job: Job) -> JsonObject:
    """Return a job as JSON-ready data; absent members are omitted."""
    body: JsonObject = wire.unstructure(job)
    return body


def _when(job: Job) -> str:
    if job.status is JobStatus.PENDING:
        return f"from {moment(job.available_at)}"
    if job.status is JobStatus.RUNNING and job.started_at:
        return f"since {moment(job.started_at)}"
    return moment(job.finished_at or job.updated_at)


def _what(job: Job) -> str:
    if job.status is JobStatus.RUNNING:
        return f"{job.locked_by}{', to be cancelled' if job.cancel_requested else ''}"
    return job.last_error or ""
