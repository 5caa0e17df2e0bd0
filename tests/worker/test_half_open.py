"""Connections that fall silent without an end: nobody is told, and still nobody waits for ever."""

from __future__ import annotations

import asyncio
import runpy
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
    """No sign of life is answered and nothing is refused: the work stops by itself, though nobody is told."""
    await postgres_lab.enqueue(1)
    behind = attrs.evolve(postgres_lab, url=await proxy.start())
    stale_after = timedelta(seconds=2)
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(tools: Tools) -> Ended:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError("it is never set")

    worker = behind.with_terms(stale_after=stale_after).worker(endless, once=True)
    running = asyncio.create_task(worker.run())
    await begun.wait()
    silent = asyncio.create_task(proxy.freeze(3600))
    async with asyncio.timeout(20):
        await cancelled.wait()

    silent.cancel()
    proxy.thaw()
    await asyncio.wait_for(running, 30)
    assert 1 == worker.counters.count("dropped")
    assert 0 == worker.counters.count("succeeded")


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
