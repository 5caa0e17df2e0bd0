"""
Break everything while workers do many jobs, then see whether each job ended once and rightly.

    python -m stress.faults --jobs 10000 --workers 4 --kills 20 --restarts 5

Real processes on a real PostgreSQL: workers are killed, put to sleep past their leases and robbed of them, the server
is stopped hard and started again, connections are cut, also between COMMIT and its answer, or fall silent; a third of
the workers live an hour ahead, a third an hour behind. Faults are spread over the jobs, so that all happen under load.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import asyncpg
from stress.audit import Verdict, judge, watch
from stress.crew import Crew
from stress.filling import fill, spread
from stress.proxy import Proxy

from brandbrain_core.model.job import LeaseTerms
from brandbrain_store import migrate, open_store
from brandbrain_store.embedded import EmbeddedPostgres

SERVER_SETTINGS = {"fsync": "off", "max_connections": "200"}
"""Hard stops must lose nothing that was committed; power cuts are not tried, so the disk need not be waited for."""


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--kills", type=int, default=20, help="workers killed with SIGKILL")
    parser.add_argument("--sleeps", type=int, default=12, help="workers stopped for 1.5 stale times, then continued")
    parser.add_argument("--thefts", type=int, default=60, help="all leases of a worker taken away while it lives")
    parser.add_argument("--restarts", type=int, default=5, help="hard stops of PostgreSQL")
    parser.add_argument("--cuts", type=int, default=30, help="connections cut at any moment")
    parser.add_argument("--lost-answers", type=int, default=30, help="connections cut between COMMIT and its answer")
    parser.add_argument("--lost-replies", type=int, default=30, help="connections cut between any call and its answer")
    parser.add_argument("--silences", type=int, default=2, help="times at which all connections fall silent")
    parser.add_argument("--longest", type=float, default=0.8, help="seconds of one piece of work")
    parser.add_argument("--pace", type=float, default=40.0, help="jobs that become ready in a second")
    parser.add_argument("--stale", type=float, default=3.0, help="seconds until a lease is stale")
    parser.add_argument("--within", type=float, default=600.0, help="seconds until it must be over")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(given)


AGE = """
update jobs set locked_at = locked_at - $1::interval where status = 'running'
and locked_by = (select locked_by from jobs where status = 'running' order by random() limit 1)"""
"""Makes all leases of some worker look as if it had not given a sign of life for a time."""

ALL_KINDS = frozenset(
    f"refused_{kind}" for kind in ("heartbeat", "progress", "evidence", "complete", "fail", "hand_back")
)
WHOLE = 5_000
"""Jobs from which on a trial is large enough for zombies to have tried each kind of write."""

Fault = tuple[str, Callable[[], Awaitable[object]]]


class Trial:
    """One run of everything."""

    def __init__(self, wanted: argparse.Namespace, folder: Path, server: EmbeddedPostgres) -> None:
        self._wanted = wanted
        self._server = server
        self._random = Random(wanted.seed)
        self._proxy = Proxy(server.url, self._random)
        self._crew = Crew(orders={}, folder=folder, random=self._random, size=wanted.workers)
        self._lasting: set[asyncio.Task[object]] = set()
        self.done: dict[str, int] = {}
        self.planned = 0

    async def run(self) -> tuple[Verdict, list[int]]:
        """Fill the queue, let the workers and the faults loose on it, wait for the end, and judge."""
        stale = self._wanted.stale
        await migrate.upgrade(self._server.url)
        await watch(self._server.url, stale_after=timedelta(seconds=stale))
        await fill(self._server.url, self._wanted.jobs)
        await spread(self._server.url, self._wanted.pace)
        self._crew.orders = {
            "url": await self._proxy.start(),
            "heartbeat": stale / 4,
            "stale_after": stale,
            "concurrency": self._wanted.concurrency,
            "longest": self._wanted.longest,
        }
        try:
            await self._crew.man()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._break_everything(), self._wanted.within)
            codes = await asyncio.wait_for(self._crew.go_home(), 30)
        finally:
            self._crew.end()
            await self._proxy.close()
        return await judge(self._server.url, self._crew.writes()), codes

    def counters(self) -> dict[str, int]:
        """Return what the workers counted."""
        return dict(self._crew.counters())

    async def _break_everything(self) -> None:
        """
        Begin each fault when its share of four fifths of the jobs has ended; return when all jobs have, and the faults
        are over.
        """
        plan = self._plan()
        self.planned = len(plan)
        begun = 0
        while (left := await self._left()) > 0:
            await self._crew.man()
            ended = self._wanted.jobs - left
            while begun < len(plan) and ended * (len(plan) + 1) >= (begun + 1) * 0.8 * self._wanted.jobs:
                await self._begin(*plan[begun])
                begun += 1
            await asyncio.sleep(0.2)
        await asyncio.gather(*self._lasting)

    def _plan(self) -> list[Fault]:
        wanted = self._wanted
        plan: list[Fault] = [
            *[("kill", self._crew.kill)] * wanted.kills,
            *[("sleep", self._sleep)] * wanted.sleeps,
            *[("theft", self._steal)] * wanted.thefts,
            *[("restart", self._restart)] * wanted.restarts,
            *[("cut", self._cut)] * wanted.cuts,
            *[("lost answer", self._lose_answer)] * wanted.lost_answers,
            *[("lost reply", self._lose_reply)] * wanted.lost_replies,
            *[("silence", self._silence)] * wanted.silences,
        ]
        self._random.shuffle(plan)
        return plan

    async def _begin(self, name: str, fault: Callable[[], Awaitable[object]]) -> None:
        self.done[name] = self.done.get(name, 0) + 1
        if name in ("sleep", "silence"):
            lasting = asyncio.ensure_future(fault())
            self._lasting.add(lasting)
        else:
            await fault()

    async def _sleep(self) -> object:
        return await self._crew.put_to_sleep(1.5 * self._wanted.stale)

    async def _steal(self) -> None:
        """Let a worker seem to have been silent for long, and sweep before it gives its next sign of life."""
        stale_after = timedelta(seconds=self._wanted.stale)
        terms = LeaseTerms(heartbeat=stale_after / 4, stale_after=stale_after)
        store = await open_store(self._server.url, migrate=False)
        connection = await asyncpg.connect(self._server.url)
        try:
            async with store.transaction() as work:
                await work.jobs.stats()
            await connection.execute(AGE, 2 * stale_after)
            async with store.transaction() as work:
                await work.jobs.release_stale(limit=100, terms=terms)
        finally:
            await connection.close()
            await store.close()

    async def _silence(self) -> None:
        await self._proxy.freeze(self._wanted.stale)

    async def _cut(self) -> None:
        self._proxy.cut(1)

    async def _lose_answer(self) -> None:
        self._proxy.lost_answers += 1

    async def _lose_reply(self) -> None:
        self._proxy.lost_replies += 1

    async def _restart(self) -> None:
        os.kill(self._server.pid, signal.SIGQUIT)
        while _lives(self._server.pid):  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.01)
        self._server.stop()
        self._server.start()
        self._proxy.upstream = self._server.url

    async def _left(self) -> int:
        try:
            connection = await asyncpg.connect(self._server.url)
        except (OSError, asyncpg.PostgresError):
            return int(self._wanted.jobs)
        try:
            left: int = await connection.fetchval("select count(*) from jobs where status in ('pending', 'running')")
            return left
        finally:
            await connection.close()


def _lives(pid: int) -> bool:
    """Tell whether a child of this process runs; one that has ended is collected by its owner."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def report(wanted: argparse.Namespace, trial: Trial, verdict: Verdict, codes: list[int], seconds: float) -> list[str]:
    """Print what happened; return what is wrong."""
    counters = trial.counters()
    print(f"{wanted.jobs} jobs, {wanted.workers} workers, {seconds:.0f} s; ended: {verdict.ended}")
    print(f"claims: {verdict.claims}; attempts that another one followed: {verdict.met}")
    print(f"faults: {dict(sorted(trial.done.items()))}")
    print(f"accepted writes: {verdict.accepted}")
    for name, count in sorted(counters.items()):
        print(f"  {name:<24}{count:>8}")
    wrong = list(verdict.wrong)
    planned = trial.planned
    if sum(trial.done.values()) != planned:
        wrong.append(f"only {sum(trial.done.values())} of {planned} faults happened")
    refused = {name for name, count in counters.items() if name in ALL_KINDS and count}
    if (wanted.sleeps or wanted.thefts) and not refused:
        wrong.append("workers lost their leases, and yet no write was refused: the trial tries nothing")
    if wanted.jobs >= WHOLE and refused != ALL_KINDS:
        wrong.append(f"no zombie has tried {sorted(ALL_KINDS - refused)}: the trial tries too little")
    if any(codes):
        wrong.append(f"workers that could not be drained: {codes}")
    for what in wrong:
        print(f"WRONG: {what}")
    print("nothing lost, nothing twice, nothing stale" if not wrong else f"{len(wrong)} things are wrong")
    return wrong


def main(given: list[str] | None = None) -> int:
    """Run a trial; return 0 if everything held."""
    wanted = arguments(given)
    with tempfile.TemporaryDirectory(prefix="brandbrain-stress-") as folder:
        counters = Path(folder, "counters")
        counters.mkdir()
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder, "data"), settings=SERVER_SETTINGS) as server:
            begun = time.monotonic()

            async def run() -> list[str]:
                trial = Trial(wanted, counters, server)
                verdict, codes = await trial.run()
                return report(wanted, trial, verdict, codes, time.monotonic() - begun)

            return 1 if asyncio.run(run()) else 0


if __name__ == "__main__":
    sys.exit(main())
