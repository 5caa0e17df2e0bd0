"""
Waking workers when a job becomes ready, so that they need not wait for their next look into the queue.

A wake-up is a hint, never a promise: workers go on polling. None is lost between two waits: what comes while nobody
waits ends the next wait at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import URL

from brandbrain_store.dialects import WAKE_CHANNEL

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.03
"""Between two looks at the version of an SQLite file."""

_PENDING: Final = "select exists (select 1 from jobs where status = 'pending')"


class FileWakeUps:
    """
    Watches an SQLite file: its version changes with every commit of another connection, and asking costs microseconds.

    Args:
        path: The file.
        rung: Set, in this process, when a job became ready: then nothing is waited for.
    """

    def __init__(self, path: str, rung: asyncio.Event) -> None:
        self._path = path
        self._rung = rung
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    async def wait(self, seconds: float) -> bool:
        """Wait until a job may have become ready (True), or for that many *seconds* (False)."""
        until = time.monotonic() + seconds
        while not self._rung.is_set() and not self._has_news():
            left = until - time.monotonic()
            if left <= 0:
                return False
            await _within(min(left, LOOK_SECONDS), self._rung)
        self._rung.clear()
        return True

    async def close(self) -> None:
        """Close the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _has_news(self) -> bool:
        """Tell whether somebody committed since the last look, and a job is pending now."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=0)
            version = self._connection.execute("pragma data_version").fetchone()[0]
            seen, self._seen = self._seen, version
            return version != seen and bool(self._connection.execute(_PENDING).fetchone()[0])
        except sqlite3.OperationalError:
            return False


class ChannelWakeUps:
    """
    Listens on PostgreSQL's channel through a connection of its own, for which it may need another URL than the store: a
    pooler that hands out connections by transaction loses what it is told.

    It tells itself something every *probe* seconds; if it does not hear that, or the connection ends, it connects
    again, for ever.

    Args:
        url: Of the database itself.
        new_id: Makes the name of the channel on which it talks to itself.
        probe: Seconds between two probes.
        patience: Seconds to wait for a connection, and for a probe to be heard.
    """

    def __init__(self, url: URL, *, new_id: Callable[[], UUID], probe: float = 15.0, patience: float = 5.0) -> None:
        query = {name: value for name, value in url.query.items() if name != "pooler"}
        self._dsn = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
        self._probe_channel = f"brandbrain_probe_{new_id().hex}"
        self._probe = probe
        self._patience = patience
        self._rung = asyncio.Event()
        self._heard = asyncio.Event()
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, seconds: float) -> bool:
        """Wait until a job may have become ready (True), or for that many *seconds* (False)."""
        self.start()
        await _within(seconds, self._rung)
        was_rung = self._rung.is_set()
        self._rung.clear()
        return was_rung

    def start(self) -> None:
        """Begin to listen, if that was not done yet; `wait` does it by itself."""
        if self._task is None:
            self._task = asyncio.create_task(self._listen_for_ever())

    async def listening(self) -> None:
        """Return when there is a connection that listens."""
        self.start()
        await self._listening.wait()

    async def close(self) -> None:
        """Stop listening."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen_for_ever(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever ends a connection, there will be another
                reason = type(error).__name__
                _log.warning("the listener lost its connection", extra={"reason": reason, "retry_in": pause})
            pause = 0.1 if self._listening.is_set() else min(2 * pause, self._patience)
            self._listening.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """Listen until something is wrong, and raise that."""
        import asyncpg  # noqa: PLC0415 - installed with the extra ``postgres`` only

        connection = await asyncpg.connect(self._dsn, timeout=self._patience, command_timeout=self._patience)
        try:
            await connection.add_listener(WAKE_CHANNEL, self._ring)
            await connection.add_listener(self._probe_channel, self._hear)
            self._listening.set()
            self._rung.set()
            while True:
                self._heard.clear()
                await connection.execute("select pg_notify($1, '')", self._probe_channel)
                async with asyncio.timeout(self._patience):
                    await self._heard.wait()
                await asyncio.sleep(self._probe)
        finally:
            connection.terminate()

    def _ring(self, *_: Any) -> None:
        self._rung.set()

    def _hear(self, *_: Any) -> None:
        self._heard.set()


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Return when *event* is set, or after so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
