"""
The states of a job, as a table; what users see of it, the state of the run, follows.

`FAIL` and `TRY_AGAIN` are the two ways in which an attempt ends without success, whoever ends it: the worker that holds
the lease, or the sweep that takes it away. Which of the two it is, `brandbrain_core.policies.lease` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.job import JobStatus
from brandbrain_core.model.run import RunStatus


class JobEvent(StrEnum):
    """What can happen to a job."""

    CLAIM = "claim"
    REPLACE = "replace"
    EXTEND = "extend"
    COMPLETE = "complete"
    FAIL = "fail"
    TRY_AGAIN = "try_again"
    HAND_BACK = "hand_back"
    CANCEL = "cancel"
    ASK_TO_CANCEL = "ask_to_cancel"
    RETRY = "retry"


TRANSITIONS: Final[Mapping[tuple[JobStatus, JobEvent], JobStatus]] = MappingProxyType(
    {
        (JobStatus.PENDING, JobEvent.CLAIM): JobStatus.RUNNING,
        (JobStatus.PENDING, JobEvent.REPLACE): JobStatus.PENDING,
        (JobStatus.PENDING, JobEvent.CANCEL): JobStatus.FAILED,
        (JobStatus.RUNNING, JobEvent.EXTEND): JobStatus.RUNNING,
        (JobStatus.RUNNING, JobEvent.ASK_TO_CANCEL): JobStatus.RUNNING,
        (JobStatus.RUNNING, JobEvent.COMPLETE): JobStatus.SUCCEEDED,
        (JobStatus.RUNNING, JobEvent.FAIL): JobStatus.FAILED,
        (JobStatus.RUNNING, JobEvent.TRY_AGAIN): JobStatus.PENDING,
        (JobStatus.RUNNING, JobEvent.HAND_BACK): JobStatus.PENDING,
        (JobStatus.FAILED, JobEvent.RETRY): JobStatus.PENDING,
    }
)
"""Where each event leads; a pair that is not here cannot happen."""

ENDED: Final = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED})
"""States that nothing but a person's retry leaves."""

RUN_STATUS: Final[Mapping[JobStatus, RunStatus]] = MappingProxyType(
    {
        JobStatus.PENDING: RunStatus.PENDING,
        JobStatus.RUNNING: RunStatus.RUNNING,
        JobStatus.SUCCEEDED: RunStatus.SUCCEEDED,
        JobStatus.FAILED: RunStatus.FAILED,
    }
)
"""The state of a run, by that of its job."""


class IllegalTransition(ValueError):
    """The table has no such step: a guard was left out."""

    def __init__(self, status: JobStatus, event: JobEvent) -> None:
        super().__init__(status, event)
        self.status = status
        self.event = event

    def __str__(self) -> str:
        return f"A {self.status} job does not know the event {self.event}"


def next_status(status: JobStatus, event: JobEvent) -> JobStatus:
    """
    Return where *event* leads; raise `IllegalTransition` if the table has no such step.

    >>> next_status(JobStatus.PENDING, JobEvent.CLAIM)
    <JobStatus.RUNNING: 'running'>
    """
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalTransition(status, event) from None
