"""Naps: sleeping on a simulated loop in one step instead of two; most of what a simulation does is to wait."""

from __future__ import annotations

import asyncio

from brandbrain_core.testing.simulation.loop import SimulatedLoop


def nap(seconds: float) -> asyncio.Future[None]:
    """Return what a task of the simulated loop that runs awaits for that long."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, SimulatedLoop):
        raise RuntimeError("naps are for simulated loops")
    return loop.nap(seconds)
