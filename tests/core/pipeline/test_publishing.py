"""Drafting and publishing: stand-ins, overrides of the moment, inputs that are older."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.core.pipeline.conftest import ANSWERS, Quiet, Workshop, never

from brandbrain_core import wire
from brandbrain_core.errors import GatingFailed, SourceFailed, SynthesisFailed
from brandbrain_core.model.draft import Draft
from brandbrain_core.model.job import JobStatus
from brandbrain_core.model.run import RunStatus
from brandbrain_core.model.stored_snapshot import Origin
from brandbrain_core.ports import CollectRequest, ExternalRuns
from brandbrain_core.services.compile_now import carry_out, compile_now
from brandbrain_core.services.kickoff import KickoffStatus, kick_off
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.overrides import patch_overrides

NO_INFERENCE: Any = Draft(fields={"voice.do": "no inference"})  # type: ignore[dict-item]
NO_PILLAR: Any = Draft(pillars=(7,))  # type: ignore[arg-type]


async def test_the_first_snapshot_is_version_one(workshop: Workshop) -> None:
    """It has no version before it to differ from."""
    compiled = await workshop.compile()

    async with workshop.deps.store.reading() as work:
        stored = await work.snapshots.latest(workshop.brand)
    assert (1, Origin.COMPILE, None) == (stored.version, stored.origin, stored.diff_summary)
    assert compiled.kickoff.run_id == stored.compile_run_id


async def test_nothing_changed_is_unchanged(workshop: Workshop) -> None:
    """A second kick-off with the same inputs and fresh sources makes no run."""
    await workshop.compile()

    again = await workshop.compile()

    assert KickoffStatus.UNCHANGED == again.kickoff.status
    async with workshop.deps.store.reading() as work:
        assert 1 == len(await work.runs.page(workshop.brand, after=None, limit=10))


async def test_a_forced_kick_off_compiles_and_collects_again(workshop: Workshop) -> None:
    """Forced means forced, however fresh everything is."""
    await workshop.compile()

    await workshop.compile(force=True)

    assert 2 == (await workshop.snapshot()).version
    assert 2 == len(workshop.collector.calls)


async def test_a_stand_in_marks_the_snapshot_degraded(workshop: Workshop) -> None:
    """When the first synthesizer fails the next one drafts; that never counts as up to date."""
    broken = Quiet(id="broken", result=SynthesisFailed("broken", "no answer"))
    limping = workshop.planned(synthesizers=(broken, Quiet()))

    await limping.compile()

    info = (await limping.snapshot()).meta.synthesizer
    assert ("quiet", True) == (info.id, info.degraded)
    assert KickoffStatus.UNCHANGED != (await kick_off(limping.deps, limping.brand)).status


@pytest.mark.parametrize("nonsense", ["a text", None, NO_INFERENCE, NO_PILLAR])
async def test_a_draft_that_is_none_is_replaced_as_a_failed_one(workshop: Workshop, nonsense: Any) -> None:
    """What a synthesizer returns is never trusted, not even to be a draft."""
    limping = workshop.planned(synthesizers=(Quiet(id="odd", result=lambda _: nonsense), Quiet()))

    run = await limping.run(await limping.compile())

    assert RunStatus.SUCCEEDED == run.status
    info = (await limping.snapshot()).meta.synthesizer
    assert ("quiet", True) == (info.id, info.degraded)


async def test_what_went_wrong_stays_out_of_the_snapshot(workshop: Workshop) -> None:
    """Errors of sources and synthesizers are the run's; a snapshot is shown to anybody."""
    workshop.collector.items["marrowby"] = SourceFailed("broken", "token sk-source was refused")
    broken = Quiet(id="broken", result=SynthesisFailed("broken", "key sk-model was refused"))
    limping = workshop.planned(synthesizers=(broken, Quiet()))

    run = await limping.run(await limping.compile())

    assert "token sk-source was refused" == run.report.evidence_status.failed[0].error
    assert "sk-" not in wire.dumps(await limping.snapshot())


async def test_a_snapshot_is_hashed_with_what_was_really_used(workshop: Workshop) -> None:
    """A worker with another model does not pass for the one that was asked for."""
    kickoff = await kick_off(workshop.deps, workshop.brand)
    assert kickoff.run_id is not None
    other = workshop.planned(synthesizers=(Quiet(model="another"),))
    async with other.deps.store.transaction() as work:
        lease = await work.jobs.claim_run(kickoff.run_id, "there", terms=other.deps.plan.terms)
    assert lease is not None
    await carry_out(other.deps, lease)

    assert KickoffStatus.UNCHANGED == (await kick_off(other.deps, other.brand)).status
    assert KickoffStatus.PENDING == (await kick_off(workshop.deps, workshop.brand)).status


async def test_without_any_synthesizer_that_works_the_run_fails(workshop: Workshop) -> None:
    """The run says why, and nothing is published."""
    broken = workshop.planned(synthesizers=(Quiet(result=SynthesisFailed("quiet", "no answer")),))

    run = await broken.run(await broken.compile())

    assert (RunStatus.FAILED, "Synthesizer quiet failed: no answer") == (run.status, run.error)


async def test_an_override_made_while_a_compile_runs_is_in_its_snapshot(workshop: Workshop) -> None:
    """Overrides are read when the snapshot is published, in that transaction."""

    async def override(request: CollectRequest, runs: ExternalRuns) -> None:
        await patch_overrides(workshop.deps, workshop.brand, values={"voice.emoji_policy": "never"})

    workshop.collector.before = override
    await workshop.compile()

    assert "never" == (await workshop.snapshot()).voice.emoji_policy.value


async def test_overrides_show_at_once_and_survive(workshop: Workshop) -> None:
    """A patch publishes a snapshot; the next compile keeps the override and the pin."""
    await workshop.compile()
    pinned = (await workshop.snapshot()).positioning.who_for.value
    patched = await patch_overrides(
        workshop.deps,
        workshop.brand,
        values={"voice.emoji_policy": "never"},
        pinned_paths=["positioning.who_for"],
    )
    assert patched.snapshot is not None
    assert (2, Origin.OVERRIDE) == (patched.snapshot.version, patched.snapshot.origin)
    await save_answers(workshop.deps, workshop.brand, tier=0, answers={**ANSWERS, "tier0.who_for": "Everybody"})

    await workshop.compile()

    after = await workshop.snapshot()
    assert (3, "never", pinned, "Everybody") == (
        after.version,
        after.voice.emoji_policy.value,
        after.positioning.who_for.value,
        after.positioning.who_for.inferred_value,
    )


async def test_a_patch_that_changes_nothing_publishes_nothing(workshop: Workshop) -> None:
    """The same override again makes no version."""
    await workshop.compile()
    await patch_overrides(workshop.deps, workshop.brand, values={"voice.emoji_policy": "never"})

    again = await patch_overrides(workshop.deps, workshop.brand, values={"voice.emoji_policy": "never"})

    assert again.snapshot is None
    assert 2 == (await workshop.snapshot()).version


async def test_gating_creates_nothing(workshop: Workshop) -> None:
    """A brand without its required answers gets no run."""
    await save_answers(workshop.deps, workshop.brand, tier=0, answers={})

    with pytest.raises(GatingFailed) as caught:
        await workshop.compile()

    assert ["MISSING_TIER0_FIELDS"] == [problem.code for problem in caught.value.problems]
    async with workshop.deps.store.reading() as work:
        assert () == await work.runs.page(workshop.brand, after=None, limit=10)


async def test_parallel_kick_offs_make_one_run(workshop: Workshop) -> None:
    """Ten at once: one run, which all of them return."""
    kickoffs = await asyncio.gather(*(kick_off(workshop.deps, workshop.brand) for _ in range(10)))

    assert 1 == len({kickoff.run_id for kickoff in kickoffs})


async def test_new_input_while_running_makes_one_follow_up(workshop: Workshop) -> None:
    """Input that is newer than the running compile is compiled after it, once."""
    followed = []

    async def change(request: CollectRequest, runs: ExternalRuns) -> None:
        await save_answers(workshop.deps, workshop.brand, tier=0, answers={**ANSWERS, "tier0.who_for": "Everybody"})
        followed.extend([await kick_off(workshop.deps, workshop.brand) for _ in range(2)])

    workshop.collector.before = change
    first = await workshop.compile()
    workshop.collector.before = None
    assert "Weekend sailors" == (await workshop.snapshot()).positioning.who_for.value

    second = await workshop.compile()

    assert {second.kickoff.run_id} == {kickoff.run_id for kickoff in followed} != {first.kickoff.run_id}
    assert "Everybody" == (await workshop.snapshot()).positioning.who_for.value


async def test_a_stopped_compile_is_handed_back(workshop: Workshop) -> None:
    """Stopping gives the attempt back; the next compile does the same run."""
    reached = asyncio.Event()

    async def hang(request: CollectRequest, runs: ExternalRuns) -> None:
        reached.set()
        await never()

    workshop.collector.before = hang
    task = asyncio.create_task(compile_now(workshop.deps, workshop.brand))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with workshop.deps.store.reading() as work:
        (job,) = await work.jobs.page(status=None, brand=workshop.brand, after=None, limit=10)
    assert (JobStatus.PENDING, 0) == (job.status, job.attempts)
    workshop.collector.before = None

    assert job.compile_run_id == (await workshop.compile()).kickoff.run_id


async def test_a_dead_workers_lease_is_taken_over_at_once(workshop: Workshop) -> None:
    """Where the holder is known to be gone nobody waits for its lease to lapse."""
    kickoff = await kick_off(workshop.deps, workshop.brand)
    assert kickoff.run_id is not None
    async with workshop.deps.store.transaction() as work:
        await work.jobs.claim_run(kickoff.run_id, "dead", terms=workshop.deps.plan.terms)

    compiled = await compile_now(workshop.deps, workshop.brand, is_dead=lambda worker: worker == "dead")

    assert compiled.ended is not None
    assert (JobStatus.SUCCEEDED, kickoff.run_id) == (compiled.ended.status, compiled.kickoff.run_id)
