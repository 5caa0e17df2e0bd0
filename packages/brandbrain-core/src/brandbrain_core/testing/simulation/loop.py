"""
An event loop that owns time: nothing waits for a clock, and of the steps that are due a seeded `Random` picks the next.

Time jumps to the next timer whenever no step is due, so hours pass in milliseconds. Given the same seed, and code that
takes its time and its randomness from here, everything happens in the same order, to the last step.
"""

from __future__ import annotations

import asyncio
from asyncio.events import _get_running_loop, _set_running_loop
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, Self, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LANE: ContextVar[Lane | None] = ContextVar("LANE", default=None)
"""Whose steps these are; tasks and callbacks inherit it from what made them. None: the world's own."""


class Lane:
    """
    One thread of one simulated process.

    Attributes:
        frozen_until: No step of it is taken before this time; seconds.
        tasks: Those that were made in it, ended ones among them.
    """

    def __init__(self) -> None:
        self.frozen_until = 0.0
        self.tasks: list[asyncio.Task[Any]] = []

    def freeze(self, until: float) -> None:
        """Take no step before *until*."""
        self.frozen_until = max(self.frozen_until, until)

    def thaw(self) -> None:
        """Go on at once with what has not been put off yet."""
        self.frozen_until = 0.0


class _Step(asyncio.TimerHandle):
    """Something to be done, now or later; made as cheaply as may be, for a schedule takes many hundreds."""

    __slots__ = ("lane",)

    def __init__(self, when: float, callback: Callable[..., object], args: Sequence[Any], context: Context) -> None:
        self.lane: Lane | None = context.get(LANE)
        self._when = when
        self._callback: Callable[..., object] | None = callback
        self._args = args
        self._context = context
        self._cancelled = False

    def __repr__(self) -> str:
        return f"<Step at {self._when:.3f}: {self._callback!r}>"

    def cancel(self) -> None:
        """Do nothing when its time comes."""
        self._cancelled = True
        self._callback = None
        self._args = ()

    def take(self) -> None:
        """Do it, once, and let go of what it was about; errors are the caller's."""
        callback, args = self._callback, self._args
        self._callback = None
        self._args = ()
        self._context.run(callback, *args)  # type: ignore[arg-type]


class _Nap:
    """A future that is done at some time; whoever awaits it goes on in the same step."""

    __slots__ = ("lane", "over")

    def __init__(self, over: asyncio.Future[None], lane: Lane | None) -> None:
        self.over = over
        self.lane = lane

    def cancelled(self) -> bool:
        return self.over.done()


class SimulatedLoop(asyncio.AbstractEventLoop):
    """
    An event loop without sockets, threads and clocks. Whatever it is asked for beyond that raises NotImplementedError.

    Attributes:
        faults: What nobody caught: contexts as exception handlers get them.
        steps: How many steps were taken.
        halted: Ends `run` after the present step, which then raises this.
    """

    def __init__(self, random: Random) -> None:
        self.faults: list[dict[str, Any]] = []
        self.steps = 0
        self.halted: BaseException | None = None
        self._random = random.random
        self._now = 0.0
        self._due: list[_Step | _Nap] = []
        self._timers: list[tuple[float, int, _Step | _Nap]] = []
        self._numbers = count()

    @classmethod
    def seeded(cls, random: Random) -> Self:
        """Make a loop that leaves to *random* which of the steps that are due comes next."""
        return cls(random)

    def time(self) -> float:
        """Return the simulated time: seconds since the beginning."""
        return self._now

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """
        Take steps until *main* has ended; return its result.

        Raises:
            RuntimeError: Nothing is left that could happen, or another loop runs in this thread.
        """
        if _get_running_loop() is not None:
            raise RuntimeError("another event loop is running in this thread")
        _set_running_loop(self)
        try:
            task: asyncio.Task[T] = self.create_task(main)
            while not task.done():
                self._take_one()
                if self.halted is not None:
                    raise self.halted
            return task.result()
        finally:
            _set_running_loop(None)

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Take this step at the present time, before or after others that are due."""
        step = _Step(self._now, callback, args, copy_context() if context is None else context)
        self._due.append(step)
        return step

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Do as `call_soon`: there is one thread."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Take this step after *delay* seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Take this step at that time."""
        step = _Step(when, callback, args, copy_context() if context is None else context)
        heappush(self._timers, (when, next(self._numbers), step))
        return step

    def nap(self, seconds: float) -> asyncio.Future[None]:
        """Return what is done after that time; the one task that awaits it goes on in the same step."""
        over: asyncio.Future[None] = asyncio.Future(loop=self)
        heappush(self._timers, (self._now + seconds, next(self._numbers), _Nap(over, LANE.get())))
        return over

    def create_future(self) -> asyncio.Future[Any]:
        """Make a future."""
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None) -> asyncio.Task[Any]:
        """Make a task, which belongs to the lane of its context."""
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name, context=context)
        lane = LANE.get() if context is None else context.get(LANE)
        if lane is not None:
            lane.tasks.append(task)
        return task

    def run_in_executor(self, executor: Any, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Call *func* in a step of its own, and hand over its result in another."""
        del executor
        result: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if result.cancelled():
                return
            try:
                result.set_result(func(*args))
            except Exception as error:  # noqa: BLE001  it is the caller's, who awaits it
                result.set_exception(error)

        self.call_soon(work)
        return result

    def get_debug(self) -> bool:
        """Return False."""
        return False

    def is_running(self) -> bool:
        """Return whether it takes steps now."""
        return _get_running_loop() is self

    def is_closed(self) -> bool:
        """Return False: there is nothing to close."""
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Note what nobody caught."""
        self.faults.append(context)

    def _take_one(self) -> None:
        timers, due, now = self._timers, self._due, self._now
        if not due:
            if not timers:
                raise RuntimeError("nothing is left that could happen")
            self._now = now = max(now, timers[0][0])
        while timers and timers[0][0] <= now:
            due.append(heappop(timers)[2])
        if len(due) > 1:
            place = int(self._random() * len(due))
            due[place], due[-1] = due[-1], due[place]
        step = due.pop()
        if step.cancelled():
            return
        if step.lane is not None and step.lane.frozen_until > now:
            heappush(timers, (step.lane.frozen_until, next(self._numbers), step))
            return
        if isinstance(step, _Nap):
            others = len(due)
            step.over.set_result(None)
            if len(due) == others:
                return
            step = due.pop()
        self.steps += 1
        try:
            step.take()  # type: ignore[union-attr]
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  as any loop does; it is told of
            self.call_exception_handler({"message": f"an error in {step!r}", "exception": error, "handle": step})
