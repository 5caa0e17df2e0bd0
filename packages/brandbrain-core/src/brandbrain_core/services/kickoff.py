"""Kick-off: decide whether a brand must be compiled, freeze its inputs, and put the work in the queue."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.errors import GatingFailed, SourceFailed
from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.run import CompileRun, FrozenInputs, FrozenSource
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import SnapshotHead
from brandbrain_core.model.views import BrandState
from brandbrain_core.pipeline.sourcing import choose
from brandbrain_core.policies import coalescing, gating
from brandbrain_core.policies.coalescing import KickoffChoice
from brandbrain_core.policies.freshness import Action
from brandbrain_core.policies.hashing import input_hash, inputs_hash
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps


class KickoffStatus(StrEnum):
    """What became of a kick-off."""

    UNCHANGED = "UNCHANGED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"


@attrs.frozen(kw_only=True)
class Kickoff:
    """
    What became of a kick-off.

    Attributes:
        run_id: The run that does, or did, the work; None only with UNCHANGED, where the run was pruned.
        head: With UNCHANGED, the snapshot that is up to date.
        document: With UNCHANGED, its JSON text.
    """

    status: KickoffStatus
    run_id: RunId | None
    head: SnapshotHead | None = None
    document: str | None = None


async def kick_off(deps: Deps, brand_id: BrandId, *, force: bool = False) -> Kickoff:
    """
    Start a compile unless one that does the same waits or runs, or nothing would change.

    Everything is decided and written in one transaction; calling again is always safe.

    Raises:
        BrandNotFound: There is no such brand.
        GatingFailed: Answers or sources are missing; nothing was created.
    """
    async with deps.store.transaction() as work:
        active = await work.jobs.active(brand_id)
        may_be_unchanged = not active and not force
        state = await work.views.state(brand_id, document=may_be_unchanged)
        now = deps.clock.now()
        answers = state.onboarding.answers
        problems = gating.check(answers, state.sources, allowed=deps.plan.allowed)
        if problems:
            raise GatingFailed(problems)
        inputs = FrozenInputs(
            captured_at=max([now, *await _inputs_before(work, state, active)]),
            answers=answers,
            sources=frozen_sources(deps, state.sources),
            configuration=deps.plan.configuration(),
        )
        digest = inputs_hash(inputs)
        if may_be_unchanged and (head := await _up_to_date(deps, work, state, inputs, digest)) is not None:
            return Kickoff(
                status=KickoffStatus.UNCHANGED, run_id=head.compile_run_id, head=head, document=state.document
            )
        run = CompileRun(
            id=RunId(deps.ids.new()),
            brand_id=brand_id,
            inputs=inputs,
            inputs_hash=digest,
            force_refresh=force,
            created_at=now,
        )
        return await _enqueue(deps, work, run, active)


async def _inputs_before(work: UnitOfWork, state: BrandState, active: tuple[Job, ...]) -> list[datetime]:
    """
    Return when the inputs that these follow were captured: those of the head, and of what runs now.

    Another machine's clock may be ahead of ours; what follows is newer all the same, and must not give way to them.
    """
    running = [job.compile_run_id for job in active if job.status is JobStatus.RUNNING]
    frozen = [(await work.runs.get(state.brand.id, run)).inputs.captured_at for run in running]
    return [*frozen, state.head.inputs_at] if state.head else frozen


async def _enqueue(deps: Deps, work: UnitOfWork, run: CompileRun, active: tuple[Job, ...]) -> Kickoff:
    found = coalescing.choose(active, inputs_hash=run.inputs_hash, force=run.force_refresh)
    if found.job is None:
        await work.jobs.add(run, _job_of(deps, run))
        return Kickoff(status=KickoffStatus.PENDING, run_id=run.id)
    if found.choice is KickoffChoice.REPLACE_PENDING:
        await work.jobs.replace_pending(found.job.id, run, force=run.force_refresh)
    status = KickoffStatus.RUNNING if found.choice is KickoffChoice.JOIN_RUNNING else KickoffStatus.PENDING
    return Kickoff(status=status, run_id=found.job.compile_run_id)


def _job_of(deps: Deps, run: CompileRun) -> Job:
    return Job(
        id=JobId(deps.ids.new()),
        brand_id=run.brand_id,
        compile_run_id=run.id,
        max_attempts=deps.plan.terms.max_attempts,
        available_at=run.created_at,
        force_refresh=run.force_refresh,
        inputs_hash=run.inputs_hash,
        created_at=run.created_at,
        updated_at=run.created_at,
    )


def frozen_sources(deps: Deps, sources: tuple[Source, ...]) -> tuple[FrozenSource, ...]:
    """Return the enabled sources as a run freezes them: by platform, capability and identifier."""
    wanted = (source for source in sources if source.is_enabled)
    return tuple(
        FrozenSource(
            id=s.id,
            platform=s.platform,
            capability=s.capability,
            identifier=s.identifier,
            is_allowed=(s.platform, s.capability) in deps.plan.allowed,
            settings=s.settings,
        )
        for s in sorted(wanted, key=lambda s: (s.platform, s.capability, s.identifier))
    )


async def _up_to_date(
    deps: Deps, work: UnitOfWork, state: BrandState, inputs: FrozenInputs, digest: str
) -> SnapshotHead | None:
    """Return the newest snapshot if compiling again would change nothing."""
    head = state.head
    if head is None or head.degraded or head.inputs_hash != digest:
        return None
    if head.input_hash != input_hash(digest, state.overrides):
        return None
    runs = await work.collections.latest([source.id for source in inputs.sources])
    for source in inputs.sources:
        try:
            choice = await choose(deps.plan, source, runs.get(source.id, ()), now=inputs.captured_at, force=False)
        except SourceFailed:
            return None
        if choice.decision.action is Action.REFRESH and choice.collector is not None:
            return None
    return head
