"""Workers are notified at once, then once in a while, and of the last job in any case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store
from brandbrain_store.bell import QUIET_SECONDS, Bell
from brandbrain_store.dialects import WAKE_CHANNEL

SOON = 5.0


class Rung:
    """Counts how often a bell was rung, and may be out of order."""

    def __init__(self) -> None:
        self.times = 0
        self.now = 0.0
        self.again = asyncio.Event()
        self.error: Exception | None = None

    async def ring(self) -> None:
        """Ring."""
        self.times += 1
        self.again.set()
        if self.error is not None:
            raise self.error


@pytest.fixture
def rung() -> Rung:
    """What the bell rings."""
    return Rung()


@pytest.fixture
def bell(rung: Rung) -> Bell:
    """A bell whose time a test tells; waits take the loop's time."""
    return Bell(rung.ring, monotonic=lambda: rung.now)


async def test_turns_are_a_while_apart(bell: Bell, rung: Rung) -> None:
    """Whoever comes in between does not notify."""
    assert bell.takes_turn()
    rung.now = QUIET_SECONDS * 0.9
    assert not bell.takes_turn()
    rung.now = QUIET_SECONDS
    assert bell.takes_turn()


async def test_those_in_between_are_told_of_once(bell: Bell, rung: Rung) -> None:
    """Afterwards, all together."""
    assert bell.takes_turn()
    for _ in range(5):
        bell.ring_later()
    async with asyncio.timeout(SOON):
        await rung.again.wait()
    await bell.close()

    assert 1 == rung.times


async def test_closing_tells_of_what_is_left(bell: Bell, rung: Rung) -> None:
    """A process that ends right after a kick-off keeps nobody waiting."""
    assert bell.takes_turn()
    bell.ring_later()
    await bell.close()
    await bell.close()

    assert 1 == rung.times


async def test_a_notification_that_fails_is_dropped(bell: Bell, rung: Rung) -> None:
    """Workers look by themselves."""
    rung.error = OSError("no route")
    bell.ring_later()
    await bell.close()

    assert 1 == rung.times


@pytest.fixture
async def store(emptied_postgres: str) -> AsyncIterator[SqlStore]:
    """A store in PostgreSQL."""
    opened = await open_store(emptied_postgres, migrate=False)
    yield opened
    await opened.close()


async def test_of_a_burst_of_kick_offs_workers_hear_twice(store: SqlStore, emptied_postgres: str) -> None:
    """Of the first with its commit; of those that follow when all are committed."""
    heard: list[int] = []
    hears = asyncio.Event()
    listener: Any = await asyncpg.connect(emptied_postgres)

    def hear(*_: object) -> None:
        heard.append(kicked_off)
        hears.set()

    await listener.add_listener(WAKE_CHANNEL, hear)
    store._bell = Bell(store._ring, quiet=60.0)
    kicked_off = 0
    for number in range(1, 6):
        async with store.transaction() as work:
            await work.brands.add(build.brand(number))
            brand = build.brand_id(number)
            await work.jobs.add(build.compile_run(number, brand_id=brand), build.job(number, brand_id=brand))
        kicked_off = number
    await store._bell.close()
    async with asyncio.timeout(SOON):
        while len(heard) < 2:
            hears.clear()
            await hears.wait()
    await listener.close()

    assert 2 == len(heard)
    assert 5 == heard[-1]
