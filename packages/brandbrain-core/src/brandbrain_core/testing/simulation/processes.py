"""Processes of a simulated world: they can be stopped and continued, blocked, and killed between any two awaits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any

from brandbrain_core.testing.simulation.loop import LANE, Lane, SimulatedLoop


class Process:
    """
    A process with two threads: one that works, and one that gives signs of life.

    Attributes:
        name: In the trace.
        is_dead: Nothing that it still does reaches anybody.
    """

    def __init__(self, loop: SimulatedLoop, name: str) -> None:
        self.name = name
        self.is_dead = False
        self._loop = loop
        self._main, self._beats = Lane(), Lane()
        self._contexts = [_context_of(lane) for lane in (self._main, self._beats)]
        self._spawned: list[asyncio.Task[Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any], *, beating: bool = False) -> asyncio.Task[Any]:
        """Begin a task on the thread that works, or on the one that beats."""
        task = self._loop.create_task(work, context=self._contexts[beating].copy())
        self._spawned.append(task)
        return task

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Take the first step of *work* now, for whoever calls; return a task for the rest, None: there is none."""
        try:
            waits_for = self._contexts[False].run(work.send, None)
        except StopIteration:
            return None
        return self.spawn(_Rest(work, waits_for))

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

    def forget(self) -> None:
        """Let go of all tasks, when it is over: what they hold would be freed by nobody else for long."""
        for lane in (self._main, self._beats):
            lane.tasks.clear()
        self._spawned.clear()

    def tasks(self) -> list[asyncio.Task[Any]]:
        """Return what has not ended."""
        return [task for lane in (self._main, self._beats) for task in lane.tasks if not task.done()]

    @property
    def frozen_until(self) -> float:
        """When all of it goes on; seconds."""
        return max(self._main.frozen_until, self._beats.frozen_until)

    @property
    def crashed(self) -> list[BaseException]:
        """What its own code raised and nobody caught; it should be nothing."""
        errors = (task.exception() for task in self._spawned if task.done() and not task.cancelled())
        return [error for error in errors if error is not None]


def _context_of(lane: Lane) -> Context:
    """Return where tasks are made that belong to this lane."""
    context = copy_context()
    context.run(LANE.set, lane)
    return context


class _Rest(Coroutine[Any, Any, Any]):
    """
    What is left of a coroutine whose first step was taken.

    A generator would not do: one that is cancelled before it has begun never tells the coroutine.
    """

    def __init__(self, work: Coroutine[Any, Any, Any], waits_for: Any) -> None:
        self._work = work
        self._waits_for: Any = waits_for

    def send(self, value: Any, /) -> Any:
        """Go on; the first time, tell what the step that was taken waits for."""
        waits_for, self._waits_for = self._waits_for, None
        return self._work.send(value) if waits_for is None else waits_for

    def throw(self, *error: Any) -> Any:
        """Go on with an error."""
        self._waits_for = None
        return self._work.throw(*error)

    def close(self) -> None:
        """End it."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()
