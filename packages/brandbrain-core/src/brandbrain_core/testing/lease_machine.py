"""
A state machine that does to a store whatever can be done to jobs, and checks it against a plain model after every step.

Workers die, wake up, speak twice, and write with any lease that was ever given; people cancel and retry; the clock
jumps to and over every boundary, forwards and back; replies are lost after the commit; the sweep races a worker. The
store is yours:

    TestLeases = lease_machine(open_my_store).TestCase
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brandbrain_core.ids import JobId, RunId
from brandbrain_core.model.job import Lease
from brandbrain_core.model.run import Stage
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing import lease_operations as do
from brandbrain_core.testing.clock import NOON, ManualClock
from brandbrain_core.testing.lease_history import History, read_all
from brandbrain_core.testing.lease_model import DEADLINE, MAX_ATTEMPTS, STALE_AFTER, Model

T = TypeVar("T")
MakeStore = Callable[[ManualClock], Awaitable[Store]]

BRANDS: Final = (1, 2)
WORKERS: Final = ("loft-0000000a", "loft-0000000b")
TICK: Final = timedelta(microseconds=1)
JUMPS: Final = tuple(timedelta(seconds=each) for each in (1, 1, 30, 61, 121, 601, 3601, -1, -3600))
LONGEST_WAIT: Final = timedelta(hours=1)
SETTLED_AFTER: Final = 2 * MAX_ATTEMPTS * (STALE_AFTER + LONGEST_WAIT + DEADLINE) + 2 * timedelta(hours=1)


brands = st.sampled_from([1, 1, 1, 2])
workers = st.sampled_from(WORKERS)
ago = st.sampled_from([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 13])
"""How many newer ones there are: mostly the newest lease or kick-off is meant, now and then an old one."""


def lease_machine(make_store: MakeStore) -> type[RuleBasedStateMachine]:
    """
    Return a state machine over stores that *make_store* makes.

    Args:
        make_store: Gives an empty store; it is awaited on an event loop that lives as long as the machine, and the
            store is closed on it. Every moment is given explicitly; the clock is the one these moments come from.
    """

    class Leases(_LeaseMachine):
        """The machine over this store."""

        open_store = staticmethod(make_store)

    return Leases


class _LeaseMachine(RuleBasedStateMachine):
    open_store: MakeStore

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock()
        self.store = self.wait_for(self.open_store(self.clock))
        self.model = Model()
        self.history = History()
        self.leases: list[Lease] = []
        self.kickoffs: list[tuple[JobId, RunId]] = []
        self.numbers = count(1)
        self.latest = NOON
        self.agree = True

    def teardown(self) -> None:
        """Let everything settle if nothing is wrong yet, then close the store."""
        try:
            if self.agree:
                self.settle()
        finally:
            self.wait_for(self.store.close())
            self.runner.close()

    def wait_for(self, awaitable: Awaitable[T]) -> T:
        """Run something on the machine's own event loop."""
        return self.runner.run(_as_coroutine(awaitable))

    def step(self, operation: do.Operation, *, twice: bool = False) -> Any:
        """Do it to the store and the model, which must agree on the outcome; return that of the first time."""
        now, self.agree = self.clock.now(), False
        seen = self.wait_for(operation.on_store(self.store, now))
        assert operation.on_model(self.model, now, seen) == seen, operation
        self.history.note(operation)
        if twice:
            again = self.wait_for(operation.on_store(self.store, now))
            assert operation.on_model(self.model, now, again) == again, f"the second time: {operation}"
        return seen

    @initialize()
    def add_brands(self) -> None:
        """Some brands to compile."""

        async def add() -> None:
            async with self.store.transaction() as work:
                for number in BRANDS:
                    await work.brands.add(build.brand(number))

        self.wait_for(add())

    @rule(brand=brands, inputs=st.sampled_from("ab"), force=st.sampled_from([False, False, True]))
    def kick_off(self, brand: int, inputs: str, force: bool) -> None:
        """Somebody wants a brand compiled; later kick-offs always have newer inputs, whatever the clock says."""
        number, now = next(self.numbers), self.clock.now()
        run = build.compile_run(
            number,
            brand_id=build.brand_id(brand),
            inputs=build.frozen_inputs(captured_at=NOON + timedelta(seconds=number)),
            inputs_hash=inputs * 64,
            force_refresh=force,
            created_at=now,
        )
        job = build.job(
            number,
            brand_id=run.brand_id,
            available_at=now,
            force_refresh=force,
            inputs_hash=run.inputs_hash,
            created_at=now,
            updated_at=now,
        )
        answered = self.step(do.KickOff(run=run, job=job))
        self.history.want(run.brand_id, answered, run.inputs_hash, force=force)
        self.kickoffs.append((job.id, run.id))

    @rule(worker=workers, limit=st.integers(1, 3), reply_is_lost=st.sampled_from([False, False, False, True]))
    def claim(self, worker: str, limit: int, reply_is_lost: bool) -> None:
        """A worker takes what is ready; sometimes it never hears of it."""
        claimed = self.step(do.Claim(worker=worker, limit=limit))
        self.leases += () if reply_is_lost else claimed

    @rule(brand=brands, inputs=st.sampled_from("ab"), worker=workers)
    def kick_off_and_claim(self, brand: int, inputs: str, worker: str) -> None:
        """A worker was waiting for it."""
        self.kick_off(brand, inputs, force=False)
        self.claim(worker, 1, reply_is_lost=False)

    @precondition(lambda self: self.kickoffs)
    @rule(worker=workers, ago=ago)
    def claim_run(self, worker: str, ago: int) -> None:
        """Somebody works on this very run."""
        self.leases += self.step(do.ClaimRun(worker=worker, run=self.kickoff(ago)[1]))

    @precondition(lambda self: self.leases)
    @rule(first=ago, second=ago, twice=st.booleans())
    def beat(self, first: int, second: int, twice: bool) -> None:
        """A sign of life, of zombies as of others."""
        leases = {lease.job_id: lease for lease in (self.lease(first), self.lease(second))}
        self.step(do.Beat(leases=tuple(leases.values())), twice=twice)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, stage=st.sampled_from(Stage), twice=st.booleans())
    def progress(self, ago: int, stage: Stage, twice: bool) -> None:
        """Work goes on."""
        self.step(do.Advance(lease=self.lease(ago), progress=build.progress(stage)), twice=twice)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, twice=st.booleans())
    def publish(self, ago: int, twice: bool) -> None:
        """Work is done; after a lost reply it is reported again."""
        self.step(self.publication(self.lease(ago)), twice=twice)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, retry=st.booleans(), twice=st.booleans())
    def fail(self, ago: int, retry: bool, twice: bool) -> None:
        """Work went wrong."""
        self.step(do.Fail(lease=self.lease(ago), error="boom", retry=retry), twice=twice)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, delay=st.sampled_from([0, 0, 60, 3600]), twice=st.booleans())
    def hand_back(self, ago: int, delay: int, twice: bool) -> None:
        """A worker is asked to stop."""
        self.step(do.HandBack(lease=self.lease(ago), delay=timedelta(seconds=delay)), twice=twice)

    @rule(twice=st.booleans())
    def sweep(self, twice: bool) -> None:
        """Somebody looks for dead workers."""
        self.step(do.Sweep(), twice=twice)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, worker=workers)
    def lose(self, ago: int, worker: str) -> None:
        """A worker falls silent, is swept, and somebody, maybe itself, takes the job again: now it is a zombie."""
        self.approach_end_of(self.held(ago))
        self.step(do.Sweep())
        self.claim(worker, len(BRANDS), reply_is_lost=False)

    @precondition(lambda self: self.leases)
    @rule(ago=ago, sweeps=st.booleans())
    def hang(self, ago: int, sweeps: bool) -> None:
        """A worker beats up to its deadline, at it, and after it; somebody may look for the dead meanwhile."""
        lease = self.held(ago)
        for offset in (-STALE_AFTER, -TICK, timedelta(0), TICK):
            if self.model.holder(lease) is not None:
                self.move_to(lease.claimed_at + DEADLINE + offset)
            self.step(do.Beat(leases=(lease,)))
            if sweeps:
                self.step(do.Sweep())

    @precondition(lambda self: self.leases)
    @rule(
        ago=ago,
        how=st.sampled_from(["beat", "publish", "fail", "hand_back", "progress"]),
        sweep_first=st.booleans(),
    )
    def race_the_sweep(self, ago: int, how: str, sweep_first: bool) -> None:
        """The sweep and a silent worker come at once: one was first, or the sweep passed a locked row over."""
        lease, self.agree = self.held(ago), False
        self.approach_end_of(lease)
        other, now = self.call_under(lease, how), self.clock.now()
        swept, called = self.wait_for(_both(self.store, do.Sweep(), other, now, in_order=sweep_first))
        stored = self.wait_for(read_all(self.store, BRANDS))
        for order in ([do.Sweep(), other], [other, do.Sweep()], [do.Sweep(skipped=lease.job_id), other]):
            imagined = deepcopy(self.model)
            results = [operation.on_model(imagined, now, None) for operation in order]
            if results == [called if operation is other else swept for operation in order] and (
                stored.jobs == imagined.jobs
            ):
                self.model = imagined
                return
        raise AssertionError(f"no order explains {swept} and {called} of {other}")

    @rule(worker=workers)
    def bury(self, worker: str) -> None:
        """A worker is known to be dead."""
        self.step(do.Bury(worker=worker))

    @precondition(lambda self: self.kickoffs)
    @rule(ago=ago, twice=st.booleans())
    def cancel(self, ago: int, twice: bool) -> None:
        """A person does not want it any more."""
        self.step(do.Cancel(run=self.kickoff(ago)[1]), twice=twice)

    @precondition(lambda self: self.kickoffs)
    @rule(ago=ago, failed=st.booleans(), twice=st.booleans())
    def retry(self, ago: int, failed: bool, twice: bool) -> None:
        """A person wants it again: mostly what has failed, or whatever."""
        jobs = [job.id for job in self.model.jobs.values() if job.status == "failed"] if failed else []
        job = jobs[-1 - min(ago, len(jobs) - 1)] if jobs else self.kickoff(ago)[0]
        self.step(do.Retry(job=job), twice=twice)

    @rule(age=st.sampled_from([-TICK, timedelta(0), timedelta(hours=1)]))
    def prune(self, age: timedelta) -> None:
        """Old rows are deleted."""
        self.step(do.Prune(before=self.clock.now() - age))

    @precondition(lambda self: self.leases)
    @rule(ago=ago, worker=workers)
    def overtake(self, ago: int, worker: str) -> None:
        """A run gets newer inputs than one that was made later and cancelled; then a person wants that one again."""
        lease = self.held(ago)
        if (running := self.model.holder(lease)) is None:
            return
        brand = next(number for number in BRANDS if build.brand_id(number) == lease.brand_id)
        self.kick_off(brand, "a", force=True)
        later = self.model.of_brand(lease.brand_id, "pending") or running
        self.step(do.Cancel(run=later.run_id))
        self.step(do.Fail(lease=lease, error="boom", retry=True))
        self.kick_off(brand, "b" if running.inputs_hash.startswith("a") else "a", force=False)
        self.claim(worker, len(BRANDS), reply_is_lost=False)
        self.step(do.Retry(job=later.id))

    @rule(by=st.sampled_from(JUMPS))
    def jump(self, by: timedelta) -> None:
        """The clock moves, also back."""
        self.move_to(self.clock.now() + by)

    @precondition(lambda self: self.kickoffs)
    @rule(
        ago=ago,
        boundary=st.sampled_from(["available", "available", "stale", "deadline"]),
        offset=st.sampled_from([-TICK, timedelta(0), TICK]),
    )
    def approach(self, ago: int, boundary: str, offset: timedelta) -> None:
        """The clock moves to the moment at which something becomes possible, just before it, or just after it."""
        if (moment := self.boundary_of(self.kickoff(ago)[0], boundary)) is not None:
            self.move_to(moment + offset)

    @invariant()
    def store_and_model_agree(self) -> None:
        """Every row is as the model has it, and what must always hold does."""
        stored = self.wait_for(read_all(self.store, BRANDS))
        assert self.model.jobs == stored.jobs
        assert _model_versions(self.model) == stored.versions
        self.history.check(stored)
        self.agree = True

    def publication(self, lease: Lease) -> do.Publish:
        """Return the publication of what was worked on under this lease."""
        return do.Publish(lease=lease, snapshot=build.snapshot_id(next(self.numbers)))

    def call_under(self, lease: Lease, how: str) -> do.Operation:
        """Return one of the calls that a worker makes."""
        calls: dict[str, do.Operation] = {
            "beat": do.Beat(leases=(lease,)),
            "publish": self.publication(lease),
            "fail": do.Fail(lease=lease, error="boom", retry=True),
            "hand_back": do.HandBack(lease=lease, delay=timedelta(0)),
            "progress": do.Advance(lease=lease, progress=build.progress()),
        }
        return calls[how]

    def lease(self, ago: int) -> Lease:
        """Return the newest lease, or an older one."""
        return self.leases[-1 - min(ago, len(self.leases) - 1)]

    def held(self, ago: int) -> Lease:
        """Return the newest lease that holds, or an older one; any lease if none does."""
        held = [lease for lease in self.leases if self.model.holder(lease) is not None]
        return held[-1 - min(ago, len(held) - 1)] if held else self.lease(ago)

    def kickoff(self, ago: int) -> tuple[JobId, RunId]:
        """Return the newest kick-off's job and run, or an older one's; it may have joined another."""
        return self.kickoffs[-1 - min(ago, len(self.kickoffs) - 1)]

    def approach_end_of(self, lease: Lease) -> None:
        """Move to just after the stale time of a lease that holds."""
        if (held := self.model.holder(lease)) is not None and held.locked_at is not None:
            self.move_to(held.locked_at + STALE_AFTER + TICK)

    def move_to(self, moment: datetime) -> None:
        """Set the clock."""
        self.latest = max(self.latest, self.clock.set(moment))

    def boundary_of(self, job: JobId, boundary: str) -> datetime | None:
        """Return the moment of this boundary of a job, if it has one now."""
        known = self.model.jobs.get(job)
        if known is None:
            return None
        if boundary == "available":
            return known.available_at
        since, lasts = (known.locked_at, STALE_AFTER) if boundary == "stale" else (known.started_at, DEADLINE)
        return None if since is None else since + lasts

    def settle(self) -> None:
        """When input stops and every worker is dead, no active row is left in due time."""
        began = self.clock.set(self.latest)
        while any(job.status in ("pending", "running") for job in self.model.jobs.values()):
            assert self.clock.now() <= began + SETTLED_AFTER, "an active row is left"
            self.step(do.Sweep())
            self.step(do.Claim(worker=WORKERS[0], limit=len(BRANDS)))
            self.store_and_model_agree()
            self.clock.advance(timedelta(minutes=5))


async def _both(
    store: Store, sweep: do.Sweep, other: do.Operation, now: datetime, *, in_order: bool
) -> tuple[Any, Any]:
    """Do both at once, begun in this order or the other; return the outcome of the sweep and of the other."""
    if in_order:
        swept, called = await asyncio.gather(sweep.on_store(store, now), other.on_store(store, now))
    else:
        called, swept = await asyncio.gather(other.on_store(store, now), sweep.on_store(store, now))
    return swept, called


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable


def _model_versions(model: Model) -> dict[Any, list[Any]]:
    return {brand: versions for brand, versions in model.versions.items() if versions}
