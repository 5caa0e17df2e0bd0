"""SQLite has one writer: what workers do while somebody else is it for long."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.worker.conftest import Lab, publish

from brandbrain.wiring import check_file
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_worker import Outcome

DONE = ("succeeded", "SUCCEEDED", 1, 1, None)


@pytest.mark.parametrize("busy", [0.5, pytest.param(10.0, marks=pytest.mark.stress)])
async def test_signs_of_life_survive_a_busy_file(sqlite_lab: Lab, busy: float) -> None:
    """Another program writes for longer than a beat may take; later beats get through, and no lease was lost."""
    await sqlite_lab.enqueue(1)

    async def held_up(tools: Tools) -> Ended:
        other = sqlite3.connect(sqlite_lab.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("begin immediate")
        await asyncio.sleep(busy)
        other.execute("rollback")
        other.close()
        before = now = await sqlite_lab.job(1)
        while now.locked_at == before.locked_at:
            now = await sqlite_lab.job(1)
        return await publish(tools)

    quick = sqlite_lab.with_terms(heartbeat=timedelta(seconds=busy / 5), stale_after=timedelta(seconds=20))
    worker = quick.worker(held_up, once=True, stale_check_interval=timedelta(hours=1))

    assert Outcome(done=1, handed_back=0) == await sqlite_lab.done(worker)
    assert DONE == await sqlite_lab.ended(1)
    assert 1 <= worker.counters.count("unanswered_heartbeat")
    assert 0 == worker.counters.count("refused_heartbeat")


async def test_work_on_a_file_that_stays_busy_stops_in_time(sqlite_lab: Lab) -> None:
    """A sign of life that waits for the file cannot be broken off at once; nobody waits for that."""
    await sqlite_lab.enqueue(1)
    stale_after = timedelta(seconds=3)
    lasted: list[float] = []

    async def held_up(_: Tools) -> Ended:
        began = time.monotonic()
        with contextlib.closing(sqlite3.connect(sqlite_lab.url.removeprefix("sqlite:///"))) as other:
            other.execute("begin immediate")
            try:
                await asyncio.Event().wait()
            finally:
                lasted.append(time.monotonic() - began)
        raise AssertionError("it is never set")

    quick = sqlite_lab.with_terms(heartbeat=timedelta(seconds=1), stale_after=stale_after)
    worker = quick.worker(held_up, once=True, stale_check_interval=timedelta(hours=1))

    await sqlite_lab.done(worker)
    assert [True] == [seconds < stale_after.total_seconds() for seconds in lasted]
    assert 1 == worker.counters.count("dropped")


def test_looking_at_the_file_again_does_not_free_its_locks(tmp_path: Path) -> None:
    """
    What the settings name is looked at whenever it is opened, by the thread that beats, too. If that were done by
    opening the file oneself, closing it would free the locks of all connections of this program.
    """
    file = tmp_path / "brands.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("create table t (c)")
        writer.execute("begin immediate")

        check_file(file, create=True)

        probe = f"import sqlite3; sqlite3.connect({str(file)!r}, timeout=0).execute('begin immediate')"
        other = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
        assert "database is locked" in other.stderr
