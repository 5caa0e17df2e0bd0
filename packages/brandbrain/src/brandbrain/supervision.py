"""
Several processes that answer at one socket, and a process that is started anew when its code changes.

Each is the same command again, with the socket handed down. They have a session of their own, so that a Ctrl-C reaches
them only through us; and they hold the end of a pipe, by which they notice that we are gone, however we went.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import attrs
from watchfiles import PythonFilter, awatch

from brandbrain.exits import Exit

log = logging.getLogger(__name__)


@attrs.define(kw_only=True)
class Crew:
    """
    Processes that are kept running; see `brandbrain.together.Service`.

    Attributes:
        argv: What each of them runs.
        env: Its environment.
        fd: The socket's file descriptor, which each inherits under the same number.
        number: How many there are.
        watched: Folders; a change of their Python files starts all processes anew.
        shortest_life: Seconds. A process that ends sooner, by itself, would do so again.
    """

    argv: Sequence[str]
    env: Mapping[str, str]
    fd: int
    number: int
    watched: Sequence[Path] = ()
    shortest_life: float = 5.0
    name: str = "api"
    _running: dict[asyncio.Task[int], Process] = attrs.field(factory=dict, init=False)
    _changed: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _stopping: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    @property
    def about(self) -> str:
        """How many there are."""
        return f"{self.number} processes"

    async def run(self) -> Exit:
        """Keep them running until stopped; FAILED if one will not live."""
        changes = asyncio.create_task(self._restart_on_changes())
        try:
            for _ in range(self.number):
                await self._start()
            return await self._keep()
        finally:
            changes.cancel()
            with suppress(asyncio.CancelledError):
                await changes

    def stop(self) -> None:
        """Pass a signal on; the processes know what the second one means."""
        self._stopping.set()
        self._signal_all()

    async def _keep(self) -> Exit:
        worst = Exit.OK
        while self._running:
            done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                process, code = self._running.pop(task), _known(task.result())
                if self._stopping.is_set():
                    worst = worst or code
                elif code is Exit.OK or await self._may_go_on(process, lived=_now() - float(task.get_name())):
                    await self._start()
                else:
                    self.stop()
                    worst = code
        return worst

    async def _may_go_on(self, process: Process, *, lived: float) -> bool:
        facts = {"pid": process.pid, "code": process.returncode}
        if lived >= self.shortest_life:
            log.error("a process ended and is replaced", extra=facts)
            return True
        log.error("a process ended as soon as it was started", extra=facts)
        if not self.watched:
            return False
        self._changed.clear()
        waits = [asyncio.create_task(self._changed.wait()), asyncio.create_task(self._stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return not self._stopping.is_set()

    async def _start(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *self.argv,
            env=dict(self.env),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=[self.fd],
            start_new_session=True,
        )
        self._running[asyncio.create_task(process.wait(), name=str(_now()))] = process
        if self._stopping.is_set():
            process.terminate()

    async def _restart_on_changes(self) -> None:
        if not self.watched:
            return
        async for changes in awatch(*self.watched, watch_filter=PythonFilter(), stop_event=self._stopping):
            log.warning("started anew", extra={"changed": sorted(path for _, path in changes)})
            self._changed.set()
            self._signal_all()

    def _signal_all(self) -> None:
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()


@attrs.define(kw_only=True)
class Parent:
    """Runs until the process that started us is gone, so that we end with it; see `brandbrain.together.Service`."""

    name: str = "parent"
    about: str = "ends with its parent"
    _over: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    async def run(self) -> Exit:
        """Wait for the end of the pipe that the parent holds."""
        loop = asyncio.get_running_loop()
        pipe, _ = await loop.connect_read_pipe(lambda: _UntilEnd(self._over.set), sys.stdin)
        try:
            await self._over.wait()
        finally:
            pipe.close()
        return Exit.OK

    def stop(self) -> None:
        """Wait no longer."""
        self._over.set()


class _UntilEnd(asyncio.Protocol):
    def __init__(self, ended: Callable[[], object]) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the signature is asyncio's
        self._ended()


def _known(code: int) -> Exit:
    """
    Return the exit code of a process; one that was told to stop before it could listen for that has done so.

    >>> _known(130), _known(-15), _known(-9)
    (<Exit.INTERRUPTED: 130>, <Exit.OK: 0>, <Exit.FAILED: 1>)
    """
    if code == -signal.SIGTERM:
        return Exit.OK
    return Exit(code) if code in set(Exit) else Exit.FAILED


def _now() -> float:
    return asyncio.get_running_loop().time()
