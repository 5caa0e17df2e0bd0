"""Rows of jobs and runs in memory: every write keeps the indexes in step."""

from __future__ import annotations

from brandbrain_core.errors import Conflict
from brandbrain_core.ids import JobId
from brandbrain_core.memory.tables import EndedKey, QueueKey, Tables
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.reports import RunReport
from brandbrain_core.policies.lease import claim_order, run_after
from brandbrain_core.policies.transitions import ENDED


class JobRows:
    """Writes jobs with their runs; at most one job of a brand is pending and one running, or it is a `Conflict`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def insert(self, job: Job) -> None:
        """Store a new job, whose run is stored already."""
        self._index(job)
        self._tables.jobs[job.id] = job
        self._tables.job_of_run[job.compile_run_id] = job.id
        self._tables.jobs_of_brand[job.brand_id] = (*self._tables.jobs_of_brand.get(job.brand_id, ()), job.id)

    def save(self, job: Job, *, report: RunReport | None = None) -> Job:
        """Replace a job; its run follows."""
        self._unindex(self._tables.jobs[job.id])
        self._index(job)
        self._tables.jobs[job.id] = job
        run = self._tables.runs[job.compile_run_id]
        self._tables.runs[run.id] = run_after(run, job, report=report)
        return job

    def touch(self, job: Job) -> None:
        """Replace a running job of which only the sign of life changed; its run is not touched."""
        self._tables.jobs[job.id] = job

    def delete(self, job: Job) -> None:
        """Delete an ended job and its run."""
        self._unindex(job)
        others = tuple(other for other in self._tables.jobs_of_brand[job.brand_id] if other != job.id)
        self._tables.jobs_of_brand[job.brand_id] = others
        del self._tables.job_of_run[job.compile_run_id]
        del self._tables.runs[job.compile_run_id]
        del self._tables.jobs[job.id]

    def _index(self, job: Job) -> None:
        if job.status in ENDED:
            self._tables.ended.add(_ended_key(job))
            return
        active = self._tables.pending if job.status is JobStatus.PENDING else self._tables.running
        if job.brand_id in active:
            raise Conflict(f"brand {job.brand_id} has a {job.status} job already")
        active[job.brand_id] = job.id
        if job.status is JobStatus.PENDING:
            self._tables.queue.add(queue_key(job))

    def _unindex(self, job: Job) -> None:
        if job.status in ENDED:
            self._tables.ended.remove(_ended_key(job))
        elif job.status is JobStatus.PENDING:
            self._tables.queue.remove(queue_key(job))
            del self._tables.pending[job.brand_id]
        else:
            del self._tables.running[job.brand_id]


def queue_key(job: Job) -> QueueKey:
    """Return the key under which a pending job is queued."""
    return *claim_order(job), job.id


def _ended_key(job: Job) -> EndedKey:
    return job.finished_at or job.updated_at, JobId(job.id)
