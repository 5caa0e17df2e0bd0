"""What a store holds after a step, and what must hold of it whatever has happened before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.stored_snapshot import StoredSnapshot
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing import lease_operations as do
from brandbrain_core.testing.lease_model import MAX_ATTEMPTS, ModelJob, as_model

ENDED = (JobStatus.SUCCEEDED, JobStatus.FAILED)


@attrs.frozen(kw_only=True)
class Stored:
    """
    Everything a store holds of some brands.

    Attributes:
        rows: Jobs with their runs.
        jobs: The same as the model has them.
        snapshots: By brand, oldest first.
    """

    rows: dict[JobId, tuple[Job, CompileRun]]
    jobs: dict[JobId, ModelJob]
    snapshots: dict[BrandId, list[StoredSnapshot]]

    @property
    def versions(self) -> dict[BrandId, list[tuple[datetime, RunId | None]]]:
        """The inputs and the run of every version."""
        return {
            brand: [(snapshot.inputs_at, snapshot.compile_run_id) for snapshot in snapshots]
            for brand, snapshots in self.snapshots.items()
            if snapshots
        }


async def read_all(store: Store, brands: Sequence[int]) -> Stored:
    """Read everything that these brands have; there must be no run without job and no job without run."""
    rows: dict[JobId, tuple[Job, CompileRun]] = {}
    snapshots: dict[BrandId, list[StoredSnapshot]] = {}
    async with store.reading() as work:
        for brand in map(build.brand_id, brands):
            jobs = await work.jobs.page(status=None, brand=brand, after=None, limit=10_000)
            runs = {run.id: run for run in await work.runs.page(brand, after=None, limit=10_000)}
            assert runs.keys() == {job.compile_run_id for job in jobs}, "a run without a job, or a job without a run"
            rows |= {job.id: (job, runs[job.compile_run_id]) for job in jobs}
            entries = await work.snapshots.history(brand, before_version=None, offset=0, limit=10_000)
            snapshots[brand] = [await work.snapshots.get(brand, entry.id) for entry in reversed(entries)]
    return Stored(rows=rows, jobs={job: as_model(*both) for job, both in rows.items()}, snapshots=snapshots)


@attrs.define
class History:
    """What was seen before: it says what may not change any more, and what was asked for."""

    ended: dict[JobId, tuple[Job, CompileRun]] = attrs.field(factory=dict)
    published: dict[BrandId, list[StoredSnapshot]] = attrs.field(factory=dict)
    wanted: dict[BrandId, tuple[RunId, str, bool]] = attrs.field(factory=dict)
    retried: set[JobId] = attrs.field(factory=set)
    pruned: bool = False

    def want(self, brand: BrandId, run: RunId, inputs_hash: str, *, force: bool) -> None:
        """Note the newest kick-off of a brand: which run was answered, and what it is to compile."""
        self.wanted[brand] = run, inputs_hash, force

    def note(self, operation: do.Operation) -> None:
        """Note what may change an ended row: a person's retry, and pruning."""
        if isinstance(operation, do.Retry):
            self.retried.add(operation.job)
        self.pruned = self.pruned or isinstance(operation, do.Prune)

    def check(self, stored: Stored) -> None:
        """Check all that must hold of what is stored now, and remember it."""
        _check_one_of_each(stored)
        _check_runs_follow(stored)
        _check_attempts(stored)
        self._check_ended_rows_stay(stored)
        _check_one_snapshot_per_success(stored)
        self._check_versions_only_grow(stored)
        self._check_nothing_wanted_is_forgotten(stored)
        self.ended = {job: both for job, both in stored.rows.items() if both[0].status in ENDED}
        self.published = stored.snapshots
        self.retried, self.pruned = set(), False

    def _check_ended_rows_stay(self, stored: Stored) -> None:
        for job, both in self.ended.items():
            if job not in stored.rows:
                assert self.pruned, f"{job} has gone"
            elif job not in self.retried:
                assert both == stored.rows[job], "an ended row has changed"

    def _check_versions_only_grow(self, stored: Stored) -> None:
        for brand, snapshots in stored.snapshots.items():
            assert list(range(1, len(snapshots) + 1)) == [snapshot.version for snapshot in snapshots]
            moments = [snapshot.inputs_at for snapshot in snapshots]
            assert sorted(moments) == moments, "inputs went back"
            before = self.published.get(brand, [])
            kept = [_without_run(snapshot) for snapshot in snapshots[: len(before)]]
            assert [_without_run(snapshot) for snapshot in before] == kept, "a version has changed"

    def _check_nothing_wanted_is_forgotten(self, stored: Stored) -> None:
        by_run = {run.id: (job, run) for job, run in stored.rows.values()}
        for run_id, inputs_hash, force in self.wanted.values():
            if run_id not in by_run:
                continue
            job, run = by_run[run_id]
            assert (inputs_hash, inputs_hash) == (run.inputs_hash, job.inputs_hash), "newer inputs were dropped"
            assert job.force_refresh >= force, "a forced kick-off is not forced"
            assert job.status is not JobStatus.FAILED or job.last_error, "a run ended without a reason"


def _check_one_of_each(stored: Stored) -> None:
    active = Counter((job.brand_id, job.status) for job, _ in stored.rows.values() if job.status not in ENDED)
    assert all(count == 1 for count in active.values()), "more than one running or pending job of a brand"


def _check_runs_follow(stored: Stored) -> None:
    for job, run in stored.rows.values():
        assert job.status.value.upper() == run.status.value
        assert job.inputs_hash == run.inputs_hash
        assert job.force_refresh == run.force_refresh
        assert job.finished_at == run.finished_at
        assert (job.last_error if job.status is JobStatus.FAILED else None) == run.error
        assert run.cancelled == (run.error == "Cancelled")
        assert (job.status in ENDED) == (job.finished_at is not None)
        assert run.report is None or job.status in ENDED


def _check_attempts(stored: Stored) -> None:
    for job, _ in stored.rows.values():
        assert 0 <= job.attempts <= MAX_ATTEMPTS
        assert job.attempts >= 1 or job.status is not JobStatus.RUNNING


def _check_one_snapshot_per_success(stored: Stored) -> None:
    published: Counter[Any] = Counter(
        snapshot.compile_run_id for snapshots in stored.snapshots.values() for snapshot in snapshots
    )
    for job, run in stored.rows.values():
        assert (job.status is JobStatus.SUCCEEDED) == published[run.id], "not one snapshot for each run that succeeded"


def _without_run(snapshot: StoredSnapshot) -> StoredSnapshot:
    return attrs.evolve(snapshot, compile_run_id=None)
