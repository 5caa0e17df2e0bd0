"""How a job stands in its row."""

from __future__ import annotations

from typing import Any, Final

import attrs

from brandbrain_core.model.job import Job, JobStatus
from brandbrain_store.tables import jobs

_FIXED: Final = frozenset({"id", "brand_id", "compile_run_id", "job_type", "max_attempts", "created_at"})
_NAMES: Final = tuple(field.name for field in attrs.fields(Job))

JOB_COLUMNS: Final = tuple(jobs.c[name] for name in _NAMES)
"""What a job is read from."""

CHANGEABLE: Final = tuple(name for name in _NAMES if name not in _FIXED)
"""The columns in which two states of a job can differ."""


def row_of(job: Job) -> dict[str, Any]:
    """Return the row that holds a job."""
    return {name: getattr(job, name) for name in _NAMES}


def changeable_of(job: Job) -> dict[str, Any]:
    """Return the part of its row in which a job can change."""
    return {name: getattr(job, name) for name in CHANGEABLE}


def job_of(row: Any) -> Job:
    """Return the job that a row holds."""
    members = {name: getattr(row, name) for name in _NAMES}
    return Job(**members | {"status": JobStatus(row.status)})
