"""Calls and transactions, as the store sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from brandbrain_core.ids import BrandId, JobId
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.stored_snapshot import StoredSnapshot

UNDER_A_LEASE: Final = frozenset({"progress", "complete", "fail", "hand_back", "fence"})
"""Calls of which a lease is the first argument, and which a fence refuses."""


@attrs.frozen(kw_only=True)
class Call:
    """One call of a repository."""

    repository: str
    name: str
    args: tuple[Any, ...]
    more: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Wanted:
    """
    What a kick-off, or a person's retry, asked for.

    Attributes:
        job: The job that is to do it; None: the head was up to date.
        answers: Those that were read; the run must have frozen them. None: a retry reads none.
    """

    job: JobId | None
    answers: Mapping[str, Any] | None = None
    force: bool = False


@attrs.define
class Transaction:
    """
    What one transaction did, as far as it was carried out.

    Attributes:
        who: In the trace.
        brands: Those it may have touched, in order.
        claims: Leases that it gave.
        causes: Calls that may change a job's row, by job.
        is_fenced: Whether a fence has let it pass.
        asked: The brand that a kick-off or a retry was about; None: it was neither.
    """

    who: str
    calls: list[Call] = attrs.field(factory=list)
    brands: dict[BrandId, None] = attrs.field(factory=dict)
    claims: list[Lease] = attrs.field(factory=list)
    causes: dict[JobId, list[str]] = attrs.field(factory=dict)
    is_fenced: bool = False
    asked: BrandId | None = None
    _joined: JobId | None = None
    _answers: Mapping[str, Any] | None = None
    _frozen: Wanted | None = None

    @property
    def wanted(self) -> Wanted | None:
        """What it asked for, if it was a kick-off or a retry."""
        if self._frozen is not None or self._answers is None or self.asked is None:
            return self._frozen
        return Wanted(job=self._joined, answers=self._answers)

    def touch(self, brand: BrandId) -> None:
        """Note that something of this brand may have changed."""
        self.brands[brand] = None

    def caused(self, name: str, job: Job | Lease) -> None:
        """Note that a call may have changed a job."""
        self.touch(job.brand_id)
        key = job.job_id if isinstance(job, Lease) else job.id
        self.causes.setdefault(key, []).append(name)

    def note(self, call: Call, result: Any) -> None:
        """Note what a call has brought, and whose rows it touched."""
        self.calls.append(call)
        match call.repository, call.name:
            case "jobs", name:
                self._note_jobs(name, call, result)
            case "views", "state":
                self._answers = result.onboarding.answers
            case "snapshots", "append":
                self.touch(_first(call, StoredSnapshot).brand_id)
            case "overrides", "save":
                self.touch(call.args[0].brand_id)

    def _note_jobs(self, name: str, call: Call, result: Any) -> None:
        match name:
            case "claim":
                self.claims += result
                for lease in result:
                    self.caused(name, lease)
            case "extend":
                for lease in call.args[0]:
                    self.caused(name, lease)
            case "release_stale" | "release_worker":
                for each in result:
                    self.causes.setdefault(each.job_id, []).append(name)
            case _ if name in UNDER_A_LEASE:
                self.is_fenced = True
                self.caused(name, _first(call, Lease))
            case _:
                self._note_wishes(name, call, result)

    def _note_wishes(self, name: str, call: Call, result: Any) -> None:
        match name:
            case "active":
                self.asked = call.args[0]
                self._joined = max(result, key=_is_pending).id if result else None
            case "add":
                run: CompileRun = call.args[0]
                job: Job = call.args[1]
                self.caused(name, job)
                self._frozen = Wanted(job=job.id, answers=run.inputs.answers, force=run.force_refresh)
            case "replace_pending":
                self._note_replaced(call)
            case "retry":
                self.caused(name, result)
                self.asked, self._frozen = result.brand_id, Wanted(job=result.id)
            case "cancel":
                self.caused(name, result)

    def _note_replaced(self, call: Call) -> None:
        run: CompileRun = call.args[1]
        self.touch(run.brand_id)
        self.causes.setdefault(call.args[0], []).append(call.name)
        self._frozen = Wanted(job=call.args[0], answers=run.inputs.answers, force=call.more["force"])


def _is_pending(job: Job) -> bool:
    return job.status is JobStatus.PENDING


def _first(call: Call, kind: type[Any]) -> Any:
    """Return the first argument, which must be of that kind."""
    given = call.args[0]
    if not isinstance(given, kind):
        raise TypeError(f"{call.name} was called with {type(given).__name__}")
    return given
