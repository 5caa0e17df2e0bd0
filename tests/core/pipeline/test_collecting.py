"""Collecting within a compile: isolation, freshness, caps, fences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.core.pipeline.conftest import ANSWERS, Workshop, never, post

from brandbrain_core.errors import LeaseLost, SourceFailed
from brandbrain_core.model.collection import CollectionStatus
from brandbrain_core.model.platform import Platform
from brandbrain_core.model.run import RunStatus
from brandbrain_core.pipeline.collect import DISCONNECTED
from brandbrain_core.ports import CollectRequest, ExternalRuns
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source, disconnect_source, update_source


async def test_what_was_collected_is_bundled(workshop: Workshop) -> None:
    """Two raw posts become two items of evidence in the summary."""
    await workshop.compile()

    assert 2 == (await workshop.snapshot()).meta.evidence_summary.total_count


async def test_a_broken_source_does_not_touch_the_others(workshop: Workshop) -> None:
    """One source raises; the other is collected, and the run succeeds with the failure reported."""
    await connect_source(
        workshop.deps, workshop.brand, platform="tiktok", capability="profile_videos", identifier="@marrowby.tt"
    )
    workshop.collector.items["marrowby.tt"] = ZeroDivisionError("boom")

    run = await workshop.run(await workshop.compile())

    assert RunStatus.SUCCEEDED == run.status
    assert ["tiktok.profile_videos"] == [o.source for o in run.report.evidence_status.failed]
    assert "unexpected" == run.report.evidence_status.failed[0].error_code
    assert ["instagram.posts"] == [o.source for o in run.report.evidence_status.refreshed]
    assert "source_failed:tiktok.profile_videos" in (await workshop.snapshot()).meta.missing_input_codes


@pytest.mark.parametrize("settings", [{"malformed": True}, {"unserved": True}])
async def test_a_malformed_setting_is_that_sources_failure(workshop: Workshop, settings: dict[str, bool]) -> None:
    """A setting that breaks the collector, or that none serves, fails the one source only."""
    await connect_source(
        workshop.deps,
        workshop.brand,
        platform="youtube",
        capability="channel_videos",
        identifier="@marrowbytube",
        settings=settings,
    )

    run = await workshop.run(await workshop.compile())

    assert RunStatus.SUCCEEDED == run.status
    assert ["youtube.channel_videos"] == [o.source for o in run.report.evidence_status.failed]


async def test_one_odd_item_is_rejected_alone(workshop: Workshop) -> None:
    """An item that breaks the normaliser is counted and named; its neighbours are kept."""
    workshop.collector.items["marrowby"] = (post(1), {"id": "post-2"}, post(3))

    run = await workshop.run(await workshop.compile())

    outcome = run.report.evidence_status.refreshed[0]
    assert (2, 1) == (outcome.normalized_created, outcome.normalized_rejected)
    assert outcome.rejections is not None
    assert outcome.rejections[0].startswith("item 2: ")


async def test_a_cap_holds_whatever_the_collector_brings(workshop: Workshop) -> None:
    """A collector that ignores its cap of 8 is cut to it."""
    workshop.collector.items["marrowby"] = tuple(post(n) for n in range(20))

    run = await workshop.run(await workshop.compile())

    assert 8 == workshop.collector.calls[0].cap
    assert 8 == run.report.evidence_status.refreshed[0].raw_items_count


async def test_a_fresh_source_is_reused(workshop: Workshop) -> None:
    """Within the TTL a changed answer compiles again without collecting again."""
    await workshop.compile()
    workshop.clock.advance(timedelta(hours=23))
    await save_answers(workshop.deps, workshop.brand, tier=0, answers={**ANSWERS, "tier0.edge": ["By hand"]})

    run = await workshop.run(await workshop.compile())

    assert 1 == len(workshop.collector.calls)
    assert ["Cached run is fresh (23.0h old, TTL=24h)"] == [o.reason for o in run.report.evidence_status.reused]
    assert 2 == (await workshop.snapshot()).meta.evidence_summary.total_count


async def test_a_changed_identifier_is_not_fresh(workshop: Workshop) -> None:
    """After an account was renamed it is collected anew, and the old account's items are not bundled."""
    await workshop.compile()
    async with workshop.deps.store.reading() as work:
        (source,) = await work.sources.of_brand(workshop.brand)
    await update_source(workshop.deps, source.id, identifier="@marrowby.new")
    workshop.collector.items["marrowby.new"] = (post(9),)

    await workshop.compile()

    assert ["marrowby", "marrowby.new"] == [call.identifier for call in workshop.collector.calls]
    assert 1 == (await workshop.snapshot()).meta.evidence_summary.total_count


async def test_a_failed_source_is_left_alone_for_a_while(workshop: Workshop) -> None:
    """A permanently broken source does not make every kick-off a compile."""
    workshop.collector.items["marrowby"] = SourceFailed("unreachable", "The site did not answer")
    await workshop.compile()

    again = await workshop.compile()

    assert "UNCHANGED" == again.kickoff.status
    assert 1 == len(workshop.collector.calls)


async def test_an_interrupted_external_run_is_resumed(workshop: Workshop) -> None:
    """The provider's run is noted before waiting; the next attempt goes on with it instead of paying for another."""

    async def interrupted(request: CollectRequest, runs: ExternalRuns) -> None:
        await runs.started("external-7")
        raise LeaseLost(job=None, token=0)  # type: ignore[arg-type]  # any lost lease

    workshop.collector.before = interrupted
    with pytest.raises(LeaseLost):
        await workshop.compile()
    workshop.collector.before = None
    async with workshop.deps.store.transaction() as work:
        await work.jobs.release_worker("here")

    await workshop.compile()

    assert [None, "external-7"] == [call.resume for call in workshop.collector.calls]


async def test_a_source_that_never_answers_times_out(workshop: Workshop) -> None:
    """The wait for one source is bounded; its collection run says so."""

    async def hang(request: CollectRequest, runs: ExternalRuns) -> None:
        await never()

    workshop.collector.before = hang
    impatient = workshop.planned(collect_timeout=timedelta(milliseconds=10))

    run = await impatient.run(await impatient.compile())

    outcome = run.report.evidence_status.failed[0]
    assert ("timeout", CollectionStatus.TIMED_OUT) == (outcome.error_code, outcome.apify_run_status)


async def test_a_lost_lease_writes_no_evidence(workshop: Workshop) -> None:
    """A worker whose lease was taken while it collected stores neither items nor a snapshot."""

    async def lose(request: CollectRequest, runs: ExternalRuns) -> None:
        async with workshop.deps.store.transaction() as work:
            await work.jobs.release_worker("here")

    workshop.collector.before = lose
    with pytest.raises(LeaseLost):
        await workshop.compile()

    async with workshop.deps.store.reading() as work:
        assert 0 == await work.evidence.count(workshop.brand)
        assert 0 == await work.snapshots.count(workshop.brand)

    workshop.collector.before = None
    (again,) = (await workshop.run(await workshop.compile())).report.evidence_status.refreshed
    assert ("No successful run exists for this source", 2) == (again.reason, again.normalized_created)


async def test_items_of_a_source_that_is_off_or_gone_are_not_bundled(workshop: Workshop) -> None:
    """Nor are those of a capability that is not allowed any more, though all of them stay stored."""
    for platform, capability in (("tiktok", "profile_videos"), ("linkedin", "company_posts")):
        name = f"marrowby-{platform}"
        identifier = name if platform == "linkedin" else "marrowbytok"
        await connect_source(
            workshop.deps, workshop.brand, platform=platform, capability=capability, identifier=identifier
        )
        workshop.collector.items[identifier] = (post(len(platform)),)
    await workshop.compile()
    assert 4 == (await workshop.snapshot()).meta.evidence_summary.total_count
    async with workshop.deps.store.reading() as work:
        by_platform = {source.platform: source for source in await work.sources.of_brand(workshop.brand)}

    await update_source(workshop.deps, by_platform[Platform.TIKTOK].id, is_enabled=False)
    await workshop.compile()
    assert 3 == (await workshop.snapshot()).meta.evidence_summary.total_count

    await disconnect_source(workshop.deps, by_platform[Platform.LINKEDIN].id)
    await workshop.compile()
    assert 2 == (await workshop.snapshot()).meta.evidence_summary.total_count


async def test_a_source_that_goes_after_the_kick_off_does_not_touch_the_others(workshop: Workshop) -> None:
    """Whether it goes before it is collected or meanwhile, it is skipped, and nothing of it is stored."""
    for number in range(2):
        await connect_source(
            workshop.deps,
            workshop.brand,
            platform="tiktok",
            capability="profile_videos",
            identifier=f"marrowby{number}",
        )
        workshop.collector.items[f"marrowby{number}"] = (post(3 + number),)
    async with workshop.deps.store.reading() as work:
        gone = [each for each in await work.sources.of_brand(workshop.brand) if each.platform is Platform.TIKTOK]
    workshop = workshop.planned(sources_at_once=1)

    async def leave(request: CollectRequest, runs: ExternalRuns) -> None:
        while gone and request.identifier.startswith("marrowby"):
            await disconnect_source(workshop.deps, gone.pop().id)

    workshop.collector.before = leave
    compiled = await workshop.compile()

    status = (await workshop.run(compiled)).report.evidence_status
    assert (2, 1) == (len(status.skipped), len(status.refreshed))
    assert {DISCONNECTED} == {outcome.reason for outcome in status.skipped}
    async with workshop.deps.store.reading() as work:
        assert 2 == await work.evidence.count(workshop.brand)


async def test_required_evidence_fails_the_run(workshop: Workshop) -> None:
    """Where evidence is required, a run without any fails; elsewhere it succeeds on the answers alone."""
    workshop.collector.items["marrowby"] = ()
    strict = workshop.planned(require_evidence=True)

    run = await strict.run(await strict.compile())

    assert RunStatus.FAILED == run.status
    assert "No evidence" in run.error


async def test_nul_characters_do_not_break_the_batch(workshop: Workshop) -> None:
    """A raw item with NUL in it is stored without."""
    workshop.collector.items["marrowby"] = (post(1, "mended\x00 a sail"), post(2))

    run = await workshop.run(await workshop.compile())

    assert 2 == run.report.evidence_status.refreshed[0].normalized_created


async def test_nul_characters_do_not_break_the_report_of_a_failure(workshop: Workshop) -> None:
    """What a source answers may hold anything; its collection run is stored all the same."""
    workshop.collector.items["marrowby"] = SourceFailed("broken", "answered \x00 and \ud800")

    run = await workshop.run(await workshop.compile())

    assert "answered  and " == run.report.evidence_status.failed[0].error


async def test_what_is_odd_and_usable_is_not_counted_as_rejected(workshop: Workshop) -> None:
    """A collector says how many items it could not read, if that is not the number of its problems."""
    workshop.collector.problems = ("line 1: repl\ud800aced", "line 3: no JSON")
    workshop.collector.rejected = 1

    run = await workshop.run(await workshop.compile())

    outcome = run.report.evidence_status.refreshed[0]
    assert (2, 1) == (outcome.item_count, outcome.normalized_rejected)
    assert ("line 1: replaced", "line 3: no JSON") == outcome.rejections


async def test_a_disabled_capability_is_reported_and_nothing_more(workshop: Workshop) -> None:
    """A source whose capability is off is skipped with the reason; it is neither collected nor counted as stale."""
    await connect_source(
        workshop.deps, workshop.brand, platform="linkedin", capability="profile_posts", identifier="in/marrowby"
    )

    run = await workshop.run(await workshop.compile())

    assert ["Capability disabled (feature flag)"] == [o.reason for o in run.report.evidence_status.skipped]
    assert ["marrowby"] == [call.identifier for call in workshop.collector.calls]
    assert "UNCHANGED" == (await workshop.compile()).kickoff.status


async def test_a_source_left_alone_still_tells_why_it_failed(workshop: Workshop) -> None:
    """While a broken source is not tried again, its failure stays in the report and the missing inputs."""
    await connect_source(
        workshop.deps, workshop.brand, platform="tiktok", capability="profile_videos", identifier="@marrowby.tt"
    )
    workshop.collector.items["marrowby.tt"] = SourceFailed("unreachable", "The account did not answer")
    await workshop.compile()
    await save_answers(workshop.deps, workshop.brand, tier=0, answers={**ANSWERS, "tier0.edge": ["By hand"]})

    run = await workshop.run(await workshop.compile())

    assert ["unreachable"] == [o.error_code for o in run.report.evidence_status.skipped]
    assert "source_failed:tiktok.profile_videos" in (await workshop.snapshot()).meta.missing_input_codes


async def test_a_source_that_nothing_can_collect_does_not_make_every_kick_off_a_compile(workshop: Workshop) -> None:
    """It is reported as failed each time something is compiled, but is itself no reason to compile."""
    await connect_source(
        workshop.deps,
        workshop.brand,
        platform="youtube",
        capability="channel_videos",
        identifier="@marrowbytube",
        settings={"unserved": True},
    )
    await workshop.compile()

    assert "UNCHANGED" == (await workshop.compile()).kickoff.status
