"""Claiming and working: what is asked for gets done, once, whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.worker.conftest import LONG_AGO, Between, Idling, Lab, publish

from brandbrain_core.errors import CompileFailed, Unavailable
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.testing import build
from brandbrain_store import SqlStore
from brandbrain_worker import Outcome, claimable

HOUR = timedelta(hours=1)
DONE = ("succeeded", "SUCCEEDED", 1, 1, None)


async def test_every_job_is_done_once(lab: Lab) -> None:
    """Seven jobs, three slots, and no look into the queue but those that ends of jobs cause."""
    numbers = range(1, 8)
    await lab.enqueue(*numbers)

    outcome = await lab.done(lab.worker(concurrency=3, max_jobs=7, poll_interval=HOUR))

    assert Outcome(done=7, handed_back=0) == outcome
    assert [DONE] * 7 == [await lab.ended(number) for number in numbers]


async def test_once_ends_on_an_empty_queue(lab: Lab) -> None:
    """Nothing to do is no reason to wait."""
    assert Outcome(done=0, handed_back=0) == await lab.done(lab.worker(once=True, poll_interval=HOUR))


async def test_once_does_one_job_however_many_slots_there_are(lab: Lab) -> None:
    """The second job is left."""
    await lab.enqueue(1, 2)

    outcome = await lab.done(lab.worker(once=True, concurrency=8))

    assert Outcome(done=1, handed_back=0) == outcome
    assert DONE == await lab.ended(1)
    assert ("pending", "PENDING", 0, 0, None) == await lab.ended(2)


async def test_once_takes_over_what_a_dead_worker_left(lab: Lab) -> None:
    """The sweep at the start comes before the first look into the queue."""
    await lab.enqueue(1)
    async with lab.store.transaction() as work:
        await work.jobs.claim("dead-00000009", limit=1, terms=lab.deps.plan.terms, now=LONG_AGO)
    worker = lab.worker(once=True)

    await lab.done(worker)

    assert ("succeeded", "SUCCEEDED", 2, 1, None) == await lab.ended(1)
    assert 1 == worker.counters.count("released")


async def test_a_job_that_kills_its_workers_ends(lab: Lab) -> None:
    """Three workers died of it; the fourth one's sweep fails it and its run, and nobody gets it again."""
    await lab.enqueue(1)
    terms = lab.deps.plan.terms
    for death in range(3):
        at = LONG_AGO + death * HOUR
        async with lab.store.transaction() as work:
            await work.jobs.release_stale(limit=1, terms=terms, now=at)
            assert 1 == len(await work.jobs.claim(f"dead-0000000{death}", limit=1, terms=terms, now=at))

    await lab.done(lab.worker(once=True))

    assert ("failed", "FAILED", 3, 0, "Stale lock after 3 attempts") == await lab.ended(1)


async def test_a_worker_survives_errors_of_the_database(lab: Lab) -> None:
    """The sweep, claims and the end all fail now and then, and the job is done once all the same."""
    await lab.enqueue(1)
    moods = iter("---+--+")

    def moody() -> None:
        if next(moods, "+") == "-":
            raise Unavailable("database", "it is away")

    worker = lab.worker(once=True, store=Between(lab.store, before=moody), stale_check_interval=HOUR)

    assert Outcome(done=1, handed_back=0) == await lab.done(worker)
    assert DONE == await lab.ended(1)
    assert 1 == worker.counters.count("unanswered_sweep")
    assert 2 == worker.counters.count("unanswered_claim")


async def test_an_unforeseen_error_in_a_claim_is_survived_too(sqlite_lab: Lab) -> None:
    """What the store did not translate is logged, and the next try may do better."""
    await sqlite_lab.enqueue(1)
    errors: Iterator[Exception] = iter([RuntimeError("a driver's own"), KeyError("another")])

    def odd() -> None:
        if (error := next(errors, None)) is not None:
            raise error

    await sqlite_lab.done(sqlite_lab.worker(once=True, store=Between(sqlite_lab.store, before=odd)))

    assert DONE == await sqlite_lab.ended(1)


async def test_an_end_whose_answer_was_lost_is_written_once(lab: Lab) -> None:
    """COMMIT happened, the connection broke: the repetition finds its own success."""
    await lab.enqueue(1)
    losses = iter([None, None, "lost", "lost"])

    def lose() -> None:
        if next(losses, None):
            raise Unavailable("database", "the answer was lost")

    worker = lab.worker(once=True, store=Between(lab.store, after=lose))

    assert Outcome(done=1, handed_back=0) == await lab.done(worker)
    assert DONE == await lab.ended(1)
    assert 1 == worker.counters.count("succeeded")


async def test_a_claim_whose_answer_was_lost_is_remembered(lab: Lab) -> None:
    """Two jobs were claimed, and the worker was not told: it finds them, and no attempt is wasted."""
    await lab.enqueue(1, 2, 3)
    losses = iter([None, "lost"])

    def lose() -> None:
        if next(losses, None):
            raise Unavailable("database", "the answer was lost")

    worker = lab.worker(max_jobs=3, concurrency=2, store=Between(lab.store, after=lose))

    assert Outcome(done=3, handed_back=0) == await lab.done(worker)
    assert [DONE] * 3 == [await lab.ended(number) for number in (1, 2, 3)]
    assert 2 == worker.counters.count("claimed_unawares")


async def test_who_loses_the_race_for_a_job_does_not_sleep_while_jobs_wait(postgres_lab: Lab) -> None:
    """
    Another transaction holds the row, so that the first claims skip it; the next look must not be an hour away.

    (On SQLite a claim waits for other writers instead.)
    """
    await postgres_lab.enqueue(1)
    commits, raced = iter(range(100)), asyncio.Event()

    def committed() -> None:
        if next(commits) == 3:
            raced.set()

    worker = postgres_lab.worker(once=True, store=Between(postgres_lab.store, after=committed), poll_interval=HOUR)
    async with postgres_lab.store.transaction() as work:
        await work.jobs.active(build.brand_id(1))
        running = asyncio.create_task(postgres_lab.done(worker))
        await raced.wait()
    await running

    assert DONE == await postgres_lab.ended(1)
    assert worker.counters.count("lost_races") >= 2


async def test_a_wake_up_ends_the_wait(lab: Lab) -> None:
    """A job that is enqueued while the worker idles is done at once, though the next look is an hour away."""
    assert isinstance(lab.store, SqlStore)
    wake_ups = Idling(lab.store.wake_ups())
    worker = lab.worker(max_jobs=1, poll_interval=HOUR, wake_ups=wake_ups)
    running = asyncio.create_task(lab.done(worker))
    await wake_ups.waits.wait()

    await lab.enqueue(1)

    assert Outcome(done=1, handed_back=0) == await running
    await wake_ups.close()


async def test_a_failed_attempt_is_made_again_until_attempts_are_used_up(lab: Lab) -> None:
    """The work breaks each time; the third failure is final, and the neighbour does not notice."""
    await lab.enqueue(1, 2)

    async def breaks(tools: Tools) -> Ended:
        if tools.lease.brand_id == build.brand_id(1):
            raise ZeroDivisionError
        return await publish(tools)

    worker = lab.worker(breaks, max_jobs=4)
    await lab.done(worker)

    assert ("failed", "FAILED", 3, 0, "Unexpected error (ZeroDivisionError)") == await lab.ended(1)
    assert DONE == await lab.ended(2)
    assert (2, 1, 1) == tuple(worker.counters.count(name) for name in ("retried", "failed", "succeeded"))


@pytest.mark.parametrize(
    ("error", "stored"),
    [("a\x00b", "ab"), ("a\ud800b", "ab"), ("x" * 10_000_000, "x" * 8192), ("\x00", "Unknown error")],
    ids=["NUL", "surrogate", "10 MB", "nothing left"],
)
async def test_a_bad_error_text_fails_its_job_and_no_other(lab: Lab, error: str, stored: str) -> None:
    """Bytes that a database refuses do not stop the end of this job, nor of its neighbour."""
    await lab.enqueue(1, 2)

    async def fails(tools: Tools) -> Ended:
        if tools.lease.brand_id == build.brand_id(2):
            return await publish(tools)
        lease, terms = tools.lease, tools.plan.terms
        return await tools.end(lambda work: work.jobs.fail(lease, error, retry=False, report=None, terms=terms))

    await lab.done(lab.worker(fails, max_jobs=2))

    assert ("failed", "FAILED", 1, 0, stored) == await lab.ended(1)
    assert DONE == await lab.ended(2)


async def test_a_dry_run_changes_nothing(lab: Lab) -> None:
    """It shows what a claim would take, and the jobs are as they were."""
    await lab.enqueue(1, 2)
    before = [await lab.job(1), await lab.job(2)]

    would_claim = await claimable(lab.deps, limit=1)

    assert [build.job_id(1)] == [job.id for job in would_claim]
    assert before == [await lab.job(1), await lab.job(2)]


async def test_the_queue_is_measured(lab: Lab) -> None:
    """Depth, age of the oldest ready job, pick-up time and the clock's difference are there to be exported."""
    await lab.enqueue(1, 2, 3)
    worker = lab.worker(once=True)

    await lab.done(worker)

    measured = worker.counters.as_dict()
    assert measured["pick_up_seconds"] > 0
    assert measured["depth"] in (2, 3)
    assert measured["oldest_ready_seconds"] > 0
    assert abs(measured["clock_ahead_seconds"]) < 5
    assert ("postgresql" in lab.url) == ("dead_rows" in measured)


async def test_a_failure_that_cannot_be_mended_is_not_retried(lab: Lab) -> None:
    """Work that raises what it should have told is failed as any broken work; it never escapes the attempt."""
    await lab.enqueue(1, max_attempts=1)

    async def escapes(tools: Tools) -> Ended:
        raise CompileFailed("no evidence")

    await lab.done(lab.worker(escapes, once=True))

    assert ("failed", "FAILED", 1, 0, "Unexpected error (CompileFailed)") == await lab.ended(1)
