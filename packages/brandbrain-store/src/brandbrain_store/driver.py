"""Connections of an engine's pool whose driver, asyncpg, is spoken to directly, one statement at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from brandbrain_core.errors import Unavailable
from brandbrain_store.errors import connecting

_WAIT_SECONDS: Final = 30.0


class DriverConnections:
    """
    Connections of an engine, made when they are needed, kept, and given the last used first.

    A statement is a transaction by itself. Nothing of SQLAlchemy's lies between it and the driver: see `is_heard`.
    """

    def __init__(self, engine: AsyncEngine, *, limit: int) -> None:
        """Take at the most *limit* connections of *engine* at a time."""
        self._engine = engine
        self._idle: list[tuple[AsyncConnection, Any]] = []
        self._free = asyncio.Semaphore(limit)

    async def fetch(self, text: str, values: Sequence[Any]) -> Sequence[Any]:
        """
        Execute over an idle connection; return the driver's rows.

        A connection whose statement did not end well is given up. Raise `Unavailable` if the database is out of reach,
        or no connection becomes free: a statement that writes may then have been carried out all the same.
        """
        await self._wait()
        try:
            with connecting():
                held = await self._connected()
                driver = held[1]
                try:
                    rows: Sequence[Any] = await driver.fetch(text, *values)
                except BaseException as error:
                    if getattr(error, "sqlstate", None) is None:
                        driver.terminate()
                    raise
                finally:
                    self._idle.append(held)
        except Exception as error:
            if type(error).__name__ == "InterfaceError":
                raise Unavailable("database", str(error)) from error
            raise
        finally:
            self._free.release()
        return rows

    async def close(self) -> None:
        """Give the connections back."""
        while self._idle:
            await self._idle.pop()[0].close()

    async def _wait(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise Unavailable("database", "all connections are busy") from error

    async def _connected(self) -> tuple[AsyncConnection, Any]:
        while self._idle:
            connection, driver = self._idle.pop()
            if not driver.is_closed():
                return connection, driver
            await connection.invalidate()
            await connection.close()
        connection = await self._engine.connect()
        return connection, (await connection.get_raw_connection()).driver_connection


def is_heard(engine: Engine) -> bool:
    """Tell whether anybody listens to the engine's executions: then all of them must take the usual way."""
    heard = engine.dispatch
    return bool(
        heard.before_cursor_execute or heard.after_cursor_execute or heard.before_execute or heard.after_execute
    )
