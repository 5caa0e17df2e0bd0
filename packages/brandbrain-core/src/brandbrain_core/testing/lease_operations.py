"""
What can be done to jobs, twice over: to a store, and to the plain model.

Every operation gives an outcome that can be compared; what the store draws by itself (tokens), the model takes over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import attrs

from brandbrain_core.errors import JobNotFound, LeaseLost, RetryRefused, RunFinished, RunNotFound
from brandbrain_core.ids import JobId, RunId, SnapshotId
from brandbrain_core.model.job import Job, Lease, LeaseTerms
from brandbrain_core.model.run import CompileRun, Progress
from brandbrain_core.policies.coalescing import KickoffChoice, choose
from brandbrain_core.ports import Released, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.lease_model import MAX_ATTEMPTS, WAIT_AFTER_ATTEMPT, Model, ModelJob

TERMS: Final = LeaseTerms()
NOTHING: Final = timedelta(0)


class Operation(Protocol):
    """One call, of which store and model must think the same."""

    async def on_store(self, store: Store, now: datetime) -> Any:
        """Do it to the store and return the outcome."""

    def on_model(self, model: Model, now: datetime, seen: Any) -> Any:
        """Do it to the model and return the outcome that the store must have had; *seen* is the one it had."""


@attrs.frozen(kw_only=True)
class KickOff:
    """A kick-off with these inputs, as the service does it; the outcome is the run that does the work."""

    run: CompileRun
    job: Job

    async def on_store(self, store: Store, now: datetime) -> RunId:
        """Join, replace or add, in one transaction."""
        async with store.transaction() as work:
            active = await work.jobs.active(self.run.brand_id)
            found = choose(active, inputs_hash=self.run.inputs_hash, force=self.run.force_refresh)
            if found.job is None:
                await work.jobs.add(self.run, self.job)
                return self.run.id
            if found.choice is KickoffChoice.REPLACE_PENDING:
                await work.jobs.replace_pending(found.job.id, self.run, force=self.run.force_refresh, now=now)
            return found.job.compile_run_id

    def on_model(self, model: Model, now: datetime, seen: Any) -> RunId:  # noqa: ARG002
        """The same by the rules."""
        new = ModelJob(
            id=self.job.id,
            run_id=self.run.id,
            brand=self.run.brand_id,
            available_at=self.job.available_at,
            created_at=self.job.created_at,
            force=self.run.force_refresh,
            inputs_at=self.run.inputs.captured_at,
            inputs_hash=self.run.inputs_hash,
        )
        return model.kick_off(new, now)


@attrs.frozen(kw_only=True)
class Claim:
    """A claim of up to *limit* jobs; the outcome is the leases."""

    worker: str
    limit: int

    async def on_store(self, store: Store, now: datetime) -> tuple[Lease, ...]:
        """Claim."""
        async with store.step() as work:
            return await work.jobs.claim(self.worker, limit=self.limit, terms=TERMS, now=now)

    def on_model(self, model: Model, now: datetime, seen: tuple[Lease, ...]) -> tuple[Lease, ...]:
        """Exactly the first ready ones, with tokens that grow."""
        first = model.ready(now)[: self.limit]
        return tuple(_taken(model, job, self.worker, token, now) for job, token in _with_tokens(first, seen))


@attrs.frozen(kw_only=True)
class ClaimRun:
    """A claim of one run's job; the outcome is the leases, one or none."""

    worker: str
    run: RunId

    async def on_store(self, store: Store, now: datetime) -> tuple[Lease, ...]:
        """Claim it."""
        async with store.step() as work:
            lease = await work.jobs.claim_run(self.run, self.worker, terms=TERMS, now=now)
        return () if lease is None else (lease,)

    def on_model(self, model: Model, now: datetime, seen: tuple[Lease, ...]) -> tuple[Lease, ...]:
        """It, if it is ready."""
        ready = [job for job in model.ready(now) if job.run_id == self.run]
        return tuple(_taken(model, job, self.worker, token, now) for job, token in _with_tokens(ready, seen))


@attrs.frozen(kw_only=True)
class Beat:
    """A sign of life for several leases; the outcome is one word for each."""

    leases: tuple[Lease, ...]

    async def on_store(self, store: Store, now: datetime) -> list[str]:
        """Extend."""
        async with store.step() as work:
            beats = await work.jobs.extend(self.leases, terms=TERMS, now=now)
        assert [lease.job_id for lease in self.leases] == [beat.job_id for beat in beats]
        return ["lost" if beat.lost else "cancel" if beat.cancel else "well" for beat in beats]

    def on_model(self, model: Model, now: datetime, seen: Any) -> list[str]:  # noqa: ARG002
        """One after the other."""
        return [model.beat(lease, now) for lease in self.leases]


@attrs.frozen(kw_only=True)
class Advance:
    """Progress under a lease; the outcome is whether it was accepted."""

    lease: Lease
    progress: Progress

    async def on_store(self, store: Store, now: datetime) -> str:  # noqa: ARG002
        """Write it."""
        try:
            async with store.step() as work:
                await work.jobs.progress(self.lease, self.progress)
        except LeaseLost:
            return "lost"
        return "written"

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """Accepted if and only if the lease holds."""
        job = model.holder(self.lease)
        if job is None:
            return "lost"
        job.progress = self.progress
        return "written"


@attrs.frozen(kw_only=True)
class Publish:
    """The end of a compile: fence, snapshot, completion in one transaction; or its failure, where it is outdated."""

    lease: Lease
    snapshot: SnapshotId

    async def on_store(self, store: Store, now: datetime) -> str:
        """Publish as the pipeline does."""
        try:
            outcome = await self._publish(store, now)
            if outcome == "outdated":
                async with store.transaction() as work:
                    await work.jobs.fail(self.lease, "outdated", retry=False, report=None, terms=TERMS, now=now)
        except LeaseLost:
            return "lost"
        return outcome

    async def _publish(self, store: Store, now: datetime) -> str:
        async with store.transaction() as work:
            if await work.snapshots.of_run(self.lease.compile_run_id) is None:
                await work.jobs.fence(self.lease)
                run = await work.runs.get(self.lease.brand_id, self.lease.compile_run_id)
                head = await work.snapshots.head(run.brand_id)
                if head is not None and head.inputs_at > run.inputs.captured_at:
                    return "outdated"
                snapshot = build.stored_snapshot(
                    head.version + 1 if head else 1,
                    id=self.snapshot,
                    brand_id=run.brand_id,
                    compile_run_id=run.id,
                    inputs_at=run.inputs.captured_at,
                    inputs_hash=run.inputs_hash,
                )
                await work.snapshots.append(snapshot)
            ended = await work.jobs.complete(self.lease, build.run_report(), now=now)
        return "repeated" if ended.repeated else "published"

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """Accepted if the lease holds, known again if it has succeeded."""
        known = model.jobs.get(self.lease.job_id)
        if known is not None and (known.status, known.token) == ("succeeded", self.lease.token):
            return "repeated"
        job = model.holder(self.lease)
        if job is None:
            return "lost"
        versions = model.versions.get(job.brand, [])
        if versions and versions[-1][0] > job.inputs_at:
            model.end_attempt(job, None, now, final="outdated", wait=NOTHING, refund=False)
            return "outdated"
        model.succeed(job, now)
        return "published"


@attrs.frozen(kw_only=True)
class Fail:
    """A failed attempt; the outcome is the job's state after it."""

    lease: Lease
    error: str
    retry: bool

    async def on_store(self, store: Store, now: datetime) -> str:
        """Fail."""
        try:
            async with store.step() as work:
                ended = await work.jobs.fail(
                    self.lease, self.error, retry=self.retry, report=None, terms=TERMS, now=now
                )
        except LeaseLost:
            return "lost"
        return ended.status

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """Another attempt, or the end."""
        job = model.holder(self.lease)
        if job is None:
            return "lost"
        final = None if self.retry and job.attempts < MAX_ATTEMPTS else self.error
        wait = WAIT_AFTER_ATTEMPT.get(job.attempts, NOTHING)
        model.end_attempt(job, self.error, now, final=final, wait=wait, refund=False)
        return job.status


@attrs.frozen(kw_only=True)
class HandBack:
    """A job that is handed back; the outcome is its state after it."""

    lease: Lease
    delay: timedelta

    async def on_store(self, store: Store, now: datetime) -> str:
        """Hand it back."""
        try:
            async with store.step() as work:
                ended = await work.jobs.hand_back(self.lease, delay=self.delay, now=now)
        except LeaseLost:
            return "lost"
        return ended.status

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """It waits, and the attempt does not count."""
        job = model.holder(self.lease)
        if job is None:
            return "lost"
        model.end_attempt(job, None, now, final=None, wait=self.delay, refund=True)
        return job.status


@attrs.frozen(kw_only=True)
class Sweep:
    """A sweep without a limit; the outcome is whom it released. *skipped*: a row that somebody else had locked."""

    skipped: JobId | None = None

    async def on_store(self, store: Store, now: datetime) -> list[tuple[Any, ...]]:
        """Sweep."""
        async with store.transaction() as work:
            released = await work.jobs.release_stale(limit=1000, terms=TERMS, now=now)
        return sorted(_facts(each) for each in released)

    def on_model(self, model: Model, now: datetime, seen: Any) -> list[tuple[Any, ...]]:  # noqa: ARG002
        """Every lease that is silent or overdue."""
        return sorted(_release(model, job, now) for job in model.stale(now) if job.id != self.skipped)


@attrs.frozen(kw_only=True)
class Bury:
    """A worker that is known to be dead loses its leases; the outcome is which."""

    worker: str

    async def on_store(self, store: Store, now: datetime) -> list[tuple[Any, ...]]:
        """Release them."""
        async with store.transaction() as work:
            released = await work.jobs.release_worker(self.worker, now=now)
        return sorted(_facts(each) for each in released)

    def on_model(self, model: Model, now: datetime, seen: Any) -> list[tuple[Any, ...]]:  # noqa: ARG002
        """Its own and nobody else's."""
        held = [job for job in model.jobs.values() if job.status == "running" and job.locked_by == self.worker]
        return sorted(_release(model, job, now) for job in held)


@attrs.frozen(kw_only=True)
class Cancel:
    """A cancellation by a person; the outcome is the job's state, or why not."""

    run: RunId

    async def on_store(self, store: Store, now: datetime) -> str:
        """Cancel."""
        try:
            async with store.step() as work:
                return (await work.jobs.cancel(self.run, now=now)).status
        except RunFinished:
            return "finished"
        except RunNotFound:
            return "unknown"

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """At once, or by asking."""
        job = model.of_run(self.run)
        if job is None:
            return "unknown"
        if job.status in ("succeeded", "failed"):
            return "finished"
        model.cancel(job, now)
        return job.status


@attrs.frozen(kw_only=True)
class Retry:
    """A retry by a person; the outcome is the job's state, or why not."""

    job: JobId

    async def on_store(self, store: Store, now: datetime) -> str:
        """Retry."""
        try:
            async with store.transaction() as work:
                return (await work.jobs.retry(self.job, now=now)).status
        except RetryRefused:
            return "refused"
        except JobNotFound:
            return "unknown"

    def on_model(self, model: Model, now: datetime, seen: Any) -> str:  # noqa: ARG002
        """Only what failed, and only if nothing newer is there."""
        job = model.jobs.get(self.job)
        if job is None:
            return "unknown"
        if not model.may_retry(job):
            return "refused"
        model.retry(job, now)
        return job.status


@attrs.frozen(kw_only=True)
class Prune:
    """Old rows are deleted; the outcome is how many."""

    before: datetime

    async def on_store(self, store: Store, now: datetime) -> int:  # noqa: ARG002
        """Prune."""
        async with store.transaction() as work:
            return (await work.jobs.prune(finished_before=self.before, limit=1000)).deleted

    def on_model(self, model: Model, now: datetime, seen: Any) -> int:  # noqa: ARG002
        """All that ended before, but for the newest versions' runs."""
        return len(model.prune(self.before))


def _with_tokens(jobs: list[ModelJob], seen: tuple[Lease, ...]) -> list[tuple[ModelJob, int]]:
    """Return the jobs with the tokens the store gave; there must be as many."""
    assert [job.id for job in jobs] == [lease.job_id for lease in seen], "another claim than that of the first ready"
    return list(zip(jobs, (lease.token for lease in seen), strict=True))


def _taken(model: Model, job: ModelJob, worker: str, token: int, now: datetime) -> Lease:
    model.claim(job, worker, token, now)
    return Lease(
        job_id=job.id,
        compile_run_id=job.run_id,
        brand_id=job.brand,
        token=token,
        worker=worker,
        attempt=job.attempts,
        max_attempts=MAX_ATTEMPTS,
        force_refresh=job.force,
        claimed_at=now,
        available_at=job.available_at,
    )


def _release(model: Model, job: ModelJob, now: datetime) -> tuple[Any, ...]:
    worker, locked_at = job.locked_by, job.locked_at
    final = f"Stale lock after {job.attempts} attempts" if job.attempts >= MAX_ATTEMPTS else None
    error = f"Released from stale lock (was locked by {worker})"
    model.end_attempt(job, error, now, final=final, wait=NOTHING, refund=False)
    return str(job.id), worker, locked_at, job.token, job.attempts, job.status


def _facts(released: Released) -> tuple[Any, ...]:
    job = str(released.job_id)
    return job, released.worker, released.locked_at, released.token, released.attempts, released.status.value
