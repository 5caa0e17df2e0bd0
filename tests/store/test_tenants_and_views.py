"""What the API asks of a store beside the brands themselves: views, tenants, keys, requests that may be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import (
    BrandNotFound,
    Conflict,
    EvidenceNotFound,
    KeyNotFound,
    RunNotFound,
    SnapshotNotFound,
    SourceNotFound,
)
from brandbrain_core.ids import KeyId, TenantId, evidence_id
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.model.key import ApiKey, Scope
from brandbrain_core.model.stored_snapshot import Origin
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import open_store

LOFT = TenantId("loft")
QUAY = TenantId("quay")
HOUR = timedelta(hours=1)
CLAIM = Claim(owner="loft", key="k", fingerprint="f", token=build.BRAND, claimed_at=build.NOON)
ANSWER = Answered(status=202, headers={"location": "/x"}, body='{"a":1}')
KEY = ApiKey(
    id=KeyId(build.BRAND),
    tenant=LOFT,
    name="Laptop",
    prefix="bb_0123456789ab",
    digest="0" * 64,
    scopes=(Scope.READ, Scope.WRITE),
    created_at=build.NOON,
)


@pytest.fixture(params=["memory", "sqlite_url", "emptied_postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty store of each kind: they must agree."""
    if request.param == "memory":
        yield MemoryStore(ManualClock())
        return
    opened = await open_store(request.getfixturevalue(request.param), migrate=False)
    yield opened
    await opened.close()


async def test_the_views_say_what_the_repositories_say(store: Store) -> None:
    """Each put together in one call."""
    await _compiled(store)
    async with store.reading() as work:
        latest = await work.views.latest(build.BRAND)
        run = await work.views.run(build.BRAND, build.run_id(1))
        history = await work.views.history(build.BRAND, before_version=None, offset=0, limit=1)
        runs = await work.views.runs(build.BRAND, after=None, offset=0, limit=9)
        state = await work.views.state(build.BRAND)

        assert await work.snapshots.latest(build.BRAND) == latest.snapshot
        assert latest.report == run.report
        assert latest.report is not None
        assert run.published is not None
        assert (build.snapshot_id(1), 1) == (run.published.id, run.attempts)
        assert (2, [2]) == (history.total, [entry.version for entry in history.entries])
        assert (1, [build.run_id(1)]) == (runs.total, [entry.id for entry in runs.entries])
        assert await work.brands.get(build.BRAND) == state.brand
        assert await work.brands.onboarding(build.BRAND) == state.onboarding
        assert await work.sources.of_brand(build.BRAND) == state.sources
        assert await work.overrides.get(build.BRAND) == state.overrides
        assert await work.snapshots.head(build.BRAND) == state.head


async def test_views_of_a_brand_with_nothing(store: Store) -> None:
    """It has a state, and no versions or runs."""
    async with store.transaction() as work:
        await work.brands.add(build.brand())
    async with store.reading() as work:
        state = await work.views.state(build.BRAND)
        assert (build.brand(), (), None) == (state.brand, state.sources, state.head)
        assert {} == state.onboarding.answers == state.overrides.values
        assert 0 == (await work.views.history(build.BRAND, before_version=None, offset=1 << 70, limit=9)).total
        assert 0 == (await work.views.runs(build.BRAND, after=None, offset=1 << 70, limit=9)).total
        with pytest.raises(SnapshotNotFound):
            await work.views.latest(build.BRAND)
        with pytest.raises(RunNotFound):
            await work.views.run(build.BRAND, build.run_id(1))


async def test_views_of_no_brand(store: Store) -> None:
    """Each says that it is not there."""
    async with store.reading() as work:
        for view in (
            work.views.latest(build.BRAND),
            work.views.state(build.BRAND),
            work.views.history(build.BRAND, before_version=None, offset=0, limit=9),
            work.views.runs(build.BRAND, after=None, offset=0, limit=9),
        ):
            with pytest.raises(BrandNotFound):
                await view


async def test_a_tenant_sees_nothing_of_another(store: Store) -> None:
    """Not by the brand's id, nor by that of anything that is its."""
    mine, other = store.scoped(LOFT), store.scoped(QUAY)
    await _compiled(mine)
    item = evidence_id(build.BRAND, "instagram", "post-1")
    async with other.reading() as work:
        for call in (work.brands.get, work.brands.onboarding, work.overrides.get, work.views.state, work.views.latest):
            with pytest.raises(BrandNotFound):
                await call(build.BRAND)
        with pytest.raises(SourceNotFound):
            await work.sources.get(build.SOURCE)
        with pytest.raises(EvidenceNotFound):
            await work.evidence.get(item)
        with pytest.raises(RunNotFound):
            await work.runs.get(build.BRAND, build.run_id(1))
        with pytest.raises(SnapshotNotFound):
            await work.snapshots.get(build.BRAND, build.snapshot_id(1))
        assert () == await work.brands.page(after=None, limit=9)
        assert () == await work.evidence.batch([item])
        assert () == await work.sources.of_brand(build.BRAND)
        assert await work.brands.find_by_name(build.brand().name) is None
    async with mine.reading() as work:
        assert build.brand() == await work.brands.get(build.BRAND)
    async with store.reading() as work:
        assert build.brand() == await work.brands.get(build.BRAND)


async def test_a_tenant_changes_nothing_of_another(store: Store) -> None:
    """Brands and sources of others cannot be changed, deleted or compiled."""
    await _compiled(store.scoped(LOFT))
    async with store.scoped(QUAY).transaction() as work:
        with pytest.raises(BrandNotFound):
            await work.brands.update(build.brand(name="Taken"))
        with pytest.raises(BrandNotFound):
            await work.brands.delete(build.BRAND, at=build.NOON)
        with pytest.raises(SourceNotFound):
            await work.sources.delete(build.SOURCE)
        with pytest.raises(BrandNotFound):
            await work.jobs.add(build.compile_run(9), build.job(9))
        with pytest.raises(BrandNotFound):
            await work.overrides.get(build.BRAND, for_update=True)
    async with store.reading() as work:
        assert build.brand() == await work.brands.get(build.BRAND)


async def test_a_key_is_found_by_its_prefix(store: Store) -> None:
    """With all that is known of it; only its tenant sees it in a scoped store."""
    async with store.transaction() as work:
        assert not await work.keys.any()
        await work.keys.add(KEY)
    async with store.reading() as work:
        assert KEY == await work.keys.by_prefix(KEY.prefix)
        assert await work.keys.by_prefix("bb_other") is None
        assert await work.keys.any()
    async with store.scoped(QUAY).reading() as work:
        assert () == await work.keys.all()
    async with store.scoped(LOFT).reading() as work:
        assert (KEY,) == await work.keys.all()


async def test_a_prefix_is_given_once(store: Store) -> None:
    """Whoever asks for it."""
    async with store.transaction() as work:
        await work.keys.add(KEY)
        with pytest.raises(Conflict):
            await work.keys.add(attrs.evolve(KEY, id=KeyId(build.SOURCE)))


async def test_a_revoked_key_keeps_its_moment(store: Store) -> None:
    """Revoking again changes nothing; another tenant cannot."""
    async with store.transaction() as work:
        await work.keys.add(KEY)
        await work.keys.revoke(KEY.id, at=build.NOON)
        await work.keys.revoke(KEY.id, at=build.NOON + HOUR)
    async with store.scoped(QUAY).transaction() as work:
        with pytest.raises(KeyNotFound):
            await work.keys.revoke(KEY.id, at=build.NOON)
    async with store.reading() as work:
        assert (attrs.evolve(KEY, revoked_at=build.NOON),) == await work.keys.all()


async def test_a_repeated_request_gets_the_first_answer(store: Store) -> None:
    """And while there is none yet, it is told that one is under way."""
    again = attrs.evolve(CLAIM, token=build.SOURCE, claimed_at=build.NOON + HOUR)
    async with store.transaction() as work:
        assert await _claim(work.idempotency, CLAIM) is None
        assert IdempotencyRecord(claim=CLAIM) == await _claim(work.idempotency, again)
        await work.idempotency.finish(CLAIM, ANSWER)
        assert IdempotencyRecord(claim=CLAIM, answer=ANSWER) == await _claim(work.idempotency, again)


async def test_a_dead_attempt_is_taken_over(store: Store) -> None:
    """And can then neither finish nor release what is not its own any more."""
    later = attrs.evolve(CLAIM, token=build.SOURCE, claimed_at=build.NOON + HOUR)
    async with store.transaction() as work:
        assert await _claim(work.idempotency, CLAIM) is None
        assert await _claim(work.idempotency, later, stale_before=build.NOON + HOUR / 2) is None
        with pytest.raises(Conflict):
            await work.idempotency.finish(CLAIM, ANSWER)
        await work.idempotency.release(CLAIM)
        await work.idempotency.finish(later, ANSWER)


async def test_a_released_claim_is_free_again(store: Store) -> None:
    """As if nobody had asked."""
    async with store.transaction() as work:
        assert await _claim(work.idempotency, CLAIM) is None
        await work.idempotency.release(CLAIM)
        assert await _claim(work.idempotency, attrs.evolve(CLAIM, token=build.SOURCE)) is None


async def test_old_records_are_pruned(store: Store) -> None:
    """So many at a time, and no newer ones."""
    async with store.transaction() as work:
        for number in range(3):
            await _claim(work.idempotency, attrs.evolve(CLAIM, key=str(number)))
        assert 2 == await work.idempotency.prune(expired_before=build.NOON + HOUR, limit=2)
        assert 1 == await work.idempotency.prune(expired_before=build.NOON + HOUR, limit=2)
        await _claim(work.idempotency, CLAIM)
        assert 0 == await work.idempotency.prune(expired_before=build.NOON, limit=2)


async def test_of_claims_at_once_one_wins(store: Store) -> None:
    """The others get its record."""

    async def claim(number: int) -> IdempotencyRecord | None:
        async with store.transaction() as work:
            return await _claim(work.idempotency, attrs.evolve(CLAIM, token=build.brand_id(number)))

    outcomes = await asyncio.gather(*(claim(number) for number in range(6)))

    assert 1 == outcomes.count(None)


async def _claim(repository: object, claim: Claim, **when: object) -> IdempotencyRecord | None:
    moments = {"stale_before": build.NOON, "expired_before": build.NOON, **when}
    found: IdempotencyRecord | None = await repository.claim(claim, **moments)  # type: ignore[attr-defined]
    return found


async def _compiled(store: Store) -> None:
    """Store a brand with one of everything, whose compile has succeeded and whose snapshot was then edited."""
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.brands.save_onboarding(build.onboarding())
        await work.sources.add(build.source())
        await work.overrides.save(build.overrides())
        await work.evidence.upsert(build.BRAND, [build.sighting()], at=build.NOON)
        await work.jobs.add(build.compile_run(), build.job())
        (lease,) = await work.jobs.claim("w", limit=1, terms=LeaseTerms(), now=build.NOON)
        await work.snapshots.append(build.stored_snapshot())
        await work.jobs.complete(lease, build.run_report(), now=build.NOON)
        await work.snapshots.append(build.stored_snapshot(2, compile_run_id=build.run_id(1), origin=Origin.OVERRIDE))
