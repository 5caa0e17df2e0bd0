"""Connections that fall silent without an end: nobody is told, and still nobody waits for ever."""

from __future__ import annotations

import asyncio
import runpy
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from sqlalchemy import make_url
from tests.worker.conftest import Lab

from brandbrain_core.clock import SystemIds
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_store.wakeup import ChannelWakeUps

Proxy: Any = runpy.run_path(str(Path(__file__).parents[2] / "stress" / "proxy.py"))["Proxy"]


@pytest.fixture
async def proxy(postgres_lab: Lab) -> AsyncIterator[Any]:
    """A proxy in front of the lab's database."""
    proxy = Proxy(postgres_lab.url, Random(1))
    yield proxy
    await proxy.close()


async def test_a_worker_whose_connections_fall_silent_fences_itself(postgres_lab: Lab, proxy: Any) -> None:
    """No sign of life is answered and nothing is refused: the work stops by itself, and its lease is still held."""
    await postgres_lab.enqueue(1)
    behind = attrs.evolve(postgres_lab, url=await proxy.start())
    heartbeat, stale_after = timedelta(seconds=1.2), timedelta(seconds=4)
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(tools: Tools) -> Ended:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError("it is never set")

    worker = behind.with_terms(heartbeat=heartbeat, stale_after=stale_after).worker(endless, once=True)
    running = asyncio.create_task(worker.run())
    await begun.wait()
    claimed = now = await postgres_lab.job(1)
    while now.locked_at == claimed.locked_at:
        now = await postgres_lab.job(1)
    silent = asyncio.create_task(proxy.freeze(3600))
    fell_silent = time.monotonic()
    async with asyncio.timeout(20):
        await cancelled.wait()

    assert time.monotonic() - fell_silent < stale_after.total_seconds()
    assert ("running", 1) == ((await postgres_lab.job(1)).status, (await postgres_lab.job(1)).attempts)
    silent.cancel()
    proxy.thaw()
    await asyncio.wait_for(running, 30)
    assert (1, 0) == (worker.counters.count("dropped"), worker.counters.count("refused_heartbeat"))


async def test_a_listener_whose_connection_falls_silent_connects_again(postgres_lab: Lab, proxy: Any) -> None:
    """It does not hear itself any more; through a new connection it hears of jobs."""
    url = make_url(await proxy.start())
    wake_ups = ChannelWakeUps(url, new_id=SystemIds().new, probe=0.05, patience=0.5)
    await asyncio.wait_for(wake_ups.listening(), 20)
    while await wake_ups.wait(0.01):
        pass
    proxy.forget()
    await asyncio.sleep(0)

    async with asyncio.timeout(20):
        while not await wake_ups.wait(1):
            pass
    await postgres_lab.enqueue(1)
    heard = await asyncio.wait_for(wake_ups.wait(20), 25)
    await wake_ups.close()

    assert heard
