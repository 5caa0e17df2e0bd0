"""Processes of a simulated world: they can be stopped and continued, blocked, and killed between any two awaits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any

from brandbrain_core.testing.simulation.loop import LANE, Lane, SimulatedLoop


class Process:
    """
    A process with two threads: one that works, and one that gives signs of life.

    Attributes:
        name: In the trace.
        is_dead: Nothing that it still does reaches anybody.
        crashed: What its own code raised and nobody caught; it should be nothing.
    """

    def __init__(self, loop: SimulatedLoop, name: str) -> None:
        self.name = name
        self.is_dead = False
        self.crashed: list[BaseException] = []
        self._loop = loop
        self._main, self._beats = Lane(), Lane()

    def spawn(self, work: Coroutine[Any, Any, Any], *, beating: bool = False) -> asyncio.Task[Any]:
        """Begin a task on the thread that works, or on the one that beats."""
        context = copy_context()
        context.run(LANE.set, self._beats if beating else self._main)
        task = self._loop.create_task(work, context=context)
        task.add_done_callback(self._ended)
        return task

    def pause(self, seconds: float) -> None:
        """Stop all of it, as SIGSTOP does, and continue it after that time."""
        until = self._loop.time() + seconds
        self._main.freeze(until)
        self._beats.freeze(until)

    def block(self, seconds: float) -> None:
        """Let its event loop hang for that time; signs of life go on."""
        self._main.freeze(self._loop.time() + seconds)

    def kill(self) -> None:
        """End it here and now; what runs in it ends without reaching anybody."""
        self.is_dead = True
        for lane in (self._main, self._beats):
            lane.thaw()
        for task in self.tasks():
            task.cancel()

    def tasks(self) -> list[asyncio.Task[Any]]:
        """Return what has not ended."""
        return [task for lane in (self._main, self._beats) for task in lane.tasks if not task.done()]

    @property
    def frozen_until(self) -> float:
        """When all of it goes on; seconds."""
        return max(self._main.frozen_until, self._beats.frozen_until)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.crashed.append(error)
