"""Whatever is done to jobs in memory, the store and a plain model agree."""

from __future__ import annotations

from hypothesis import settings

from brandbrain_core.memory import MemoryStore
from brandbrain_core.ports import Store
from brandbrain_core.testing.clock import ManualClock
from brandbrain_core.testing.lease_machine import lease_machine


async def open_store(clock: ManualClock) -> Store:
    """An empty store in memory."""
    return MemoryStore(clock)


TestLeasesInMemory = lease_machine(open_store).TestCase
TestLeasesInMemory.settings = settings(max_examples=60, stateful_step_count=40)
