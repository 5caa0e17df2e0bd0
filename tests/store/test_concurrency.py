"""Many at once: kick-offs, claims, overrides, sweeps; and a process that dies in the middle."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.clock import SystemIds
from brandbrain_core.errors import LeaseLost, SynthesisFailed
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.job import JobStatus, LeaseTerms
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import Kickoff, kick_off
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import SqlStore, open_store

TERMS = LeaseTerms()
SOON = 10.0

ANSWERS = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "People who sail far.",
    "tier0.edge": ["By hand"],
    "tier0.tone_words": ["calm", "dry"],
    "tier0.taboos": ["politics"],
    "tier0.primary_goal": "awareness",
    "tier0.cta_posture": "soft",
}


class Idle:
    """A synthesizer that is never asked: here is no worker."""

    id = "idle"
    model = None
    prompt_version = "1"

    async def draft(self, brief: Brief) -> Draft:  # noqa: ARG002
        """Refuse."""
        raise SynthesisFailed(self.id, "there is no worker here")


DIES = """
import asyncio, os, signal, sys
from brandbrain_core.testing import build
from brandbrain_store import open_store

async def main():
    store = await open_store(sys.argv[1], migrate=False)
    async with store.transaction() as work:
        await work.brands.add(build.brand(1, name="Kept"))
    async with store.transaction() as work:
        await work.brands.add(build.brand(2, name="Lost"))
        await work.jobs.add(build.compile_run(), build.job())
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite_url", "emptied_postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def stores(url: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    """Two stores on one database, as two processes have them."""
    both = (await open_store(url, migrate=False), await open_store(url, migrate=False))
    yield both
    for store in both:
        await store.close()


async def test_kick_offs_at_once_make_one_run(stores: tuple[SqlStore, SqlStore]) -> None:
    """Ten at once through two processes: one pending job, and each is told of the same run."""
    await _ready_to_compile(stores[0])

    started = await asyncio.gather(*(_kick_off(stores[n % 2]) for n in range(10)))

    assert 1 == len({kickoff.run_id for kickoff in started})
    async with stores[0].reading() as work:
        assert 1 == len(await work.jobs.page(status=None, brand=None, after=None, limit=9))
        assert 1 == len(await work.runs.page(build.BRAND, after=None, limit=9))


async def test_kick_offs_beside_a_running_one_make_one_follow_up(stores: tuple[SqlStore, SqlStore]) -> None:
    """Forced ones wait behind it, together."""
    await _ready_to_compile(stores[0])
    first = await _kick_off(stores[0])
    async with stores[0].transaction() as work:
        assert 1 == len(await work.jobs.claim("w", limit=1, terms=TERMS))

    started = await asyncio.gather(*(_kick_off(stores[n % 2], force=True) for n in range(10)))

    assert 1 == len({kickoff.run_id for kickoff in started} - {first.run_id})
    async with stores[0].reading() as work:
        statuses = sorted(job.status for job in await work.jobs.active(build.BRAND))
    assert [JobStatus.PENDING, JobStatus.RUNNING] == statuses


async def test_publishing_and_kicking_off_never_wait_for_each_other_in_a_circle(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    """A worker holds its job and wants the overrides; a kick-off holds the brand and wants the job."""
    await _ready_to_compile(stores[0])
    await _kick_off(stores[0])
    async with stores[0].transaction() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS)
    fenced = asyncio.Event()

    async def publish() -> None:
        async with stores[0].transaction() as work:
            await work.jobs.fence(lease)
            fenced.set()
            await asyncio.sleep(0.1)
            await work.overrides.get(build.BRAND, for_update=True)
            await work.snapshots.append(build.stored_snapshot(compile_run_id=lease.compile_run_id))
            await work.jobs.complete(lease, build.run_report())

    async def kick_off_and_answer() -> Kickoff:
        await fenced.wait()
        started, _ = await asyncio.gather(_kick_off(stores[1], force=True), _answer(stores[1]))
        return started

    async with asyncio.timeout(SOON):
        _, started = await asyncio.gather(publish(), kick_off_and_answer())

    assert lease.compile_run_id != started.run_id


async def test_claims_at_once_share_the_jobs(stores: tuple[SqlStore, SqlStore]) -> None:
    """Each job goes to exactly one, and every token is given once."""
    async with stores[0].transaction() as work:
        for number in range(1, 41):
            brand = build.brand(number)
            await work.brands.add(brand)
            await work.jobs.add(build.compile_run(number, brand_id=brand.id), build.job(number, brand_id=brand.id))

    async def claim(worker: int) -> list[tuple[object, int]]:
        taken: list[tuple[object, int]] = []
        for _ in range(4):
            async with stores[worker % 2].transaction() as work:
                leases = await work.jobs.claim(f"w{worker}", limit=3, terms=TERMS)
            taken += [(lease.job_id, lease.token) for lease in leases]
        return taken

    shares = await asyncio.gather(*(claim(worker) for worker in range(6)))
    taken = [each for share in shares for each in share]
    async with stores[0].transaction() as work:
        taken += [(lease.job_id, lease.token) for lease in await work.jobs.claim("last", limit=40, terms=TERMS)]

    assert {build.job_id(number) for number in range(1, 41)} == {job for job, _ in taken}
    assert 40 == len(taken) == len({token for _, token in taken})


async def test_patches_of_overrides_at_once_all_take_effect(stores: tuple[SqlStore, SqlStore]) -> None:
    """Whoever asks for the record to change it waits for the one before, also for the first record."""
    async with stores[0].transaction() as work:
        await work.brands.add(build.brand())

    async def patch(number: int) -> None:
        async with stores[number % 2].transaction() as work:
            before = await work.overrides.get(build.BRAND, for_update=True)
            values = {**before.values, f"voice.field{number}": number}
            await work.overrides.save(Overrides(brand_id=build.BRAND, values=values, updated_at=build.NOON))

    await asyncio.gather(*(patch(number) for number in range(8)))

    async with stores[0].reading() as work:
        assert {f"voice.field{number}": number for number in range(8)} == (await work.overrides.get(build.BRAND)).values


async def test_a_sweep_leaves_alone_what_is_being_finished(stores: tuple[SqlStore, SqlStore]) -> None:
    """Between the fence and the commit the row is locked: the sweep skips it, or waits and finds it finished."""
    await _one_job(stores[0])
    async with stores[0].transaction() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS, now=build.NOON)
    late = build.NOON + timedelta(days=1)
    fenced = asyncio.Event()

    async def finish() -> None:
        async with stores[0].transaction() as work:
            await work.jobs.fence(lease)
            fenced.set()
            await asyncio.sleep(0.05)
            await work.jobs.complete(lease, build.run_report(), now=late)

    async def sweep() -> int:
        await fenced.wait()
        async with stores[1].transaction() as work:
            return len(await work.jobs.release_stale(limit=100, terms=TERMS, now=late))

    async with asyncio.timeout(SOON):
        _, released = await asyncio.gather(finish(), sweep())

    assert 0 == released
    async with stores[0].reading() as work:
        assert JobStatus.SUCCEEDED == (await work.jobs.get(lease.job_id)).status


async def test_progress_that_meets_a_sweep_is_refused(stores: tuple[SqlStore, SqlStore]) -> None:
    """It waits for the sweep to commit, and then writes nothing."""
    await _one_job(stores[0])
    async with stores[0].transaction() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS, now=build.NOON)
    swept = asyncio.Event()

    async def sweep() -> None:
        async with stores[1].transaction() as work:
            await work.jobs.release_stale(limit=9, terms=TERMS, now=build.NOON + timedelta(days=1))
            swept.set()
            await asyncio.sleep(0.05)

    async def progress() -> None:
        await swept.wait()
        async with stores[0].transaction() as work:
            await work.jobs.progress(lease, build.progress())

    async with asyncio.timeout(SOON):
        results = await asyncio.gather(sweep(), progress(), return_exceptions=True)

    assert isinstance(results[1], LeaseLost)
    async with stores[0].reading() as work:
        assert (await work.runs.get(build.BRAND, build.run_id(1))).progress is None


async def test_a_process_killed_in_a_transaction_leaves_a_usable_database(url: str) -> None:
    """What was committed is there, what was not is not, and nothing is locked."""
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIES, url], check=False)
    assert -signal.SIGKILL == killed.returncode

    store = await open_store(url, migrate=False)
    try:
        async with asyncio.timeout(SOON), store.transaction() as work:
            assert ["Kept"] == [brand.name for brand in await work.brands.page(after=None, limit=9)]
            assert () == await work.jobs.page(status=None, brand=None, after=None, limit=9)
            await work.brands.add(build.brand(2))
    finally:
        await store.close()


async def _answer(store: SqlStore) -> None:
    """Change the answers as the API does: under the brand's lock."""
    async with store.transaction() as work:
        await work.overrides.get(build.BRAND, for_update=True)
        saved = await work.brands.onboarding(build.BRAND)
        await work.brands.save_onboarding(attrs.evolve(saved, updated_at=build.NOON))


async def _one_job(store: SqlStore) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())


async def _ready_to_compile(store: SqlStore) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.brands.save_onboarding(build.onboarding(tier=2, answers=ANSWERS))
        await work.sources.add(build.source())


async def _kick_off(store: SqlStore, *, force: bool = False) -> Kickoff:
    plan = Plan(synthesizers=(Idle(),))
    deps = Deps(store=store, clock=ManualClock(), ids=SystemIds(), plan=plan)
    return await kick_off(deps, build.BRAND, force=force)
