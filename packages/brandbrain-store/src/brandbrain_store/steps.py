"""Statements that are transactions by themselves, on PostgreSQL: each sent alone, or ends of leases together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from brandbrain_store import hot_postgres
from brandbrain_store.driver import DriverConnections
from brandbrain_store.group_commit import GroupCommit

Row: TypeAlias = Mapping[str, Any]

End: TypeAlias = tuple[UUID, int, str]
"""A job, the token of its lease, and the report as JSON."""


class Steps:
    """
    Sends statements, over connections of its own.

    Args:
        engine: Makes the connections; what it executes is committed at once.
        limit: How many at a time at the most.
    """

    def __init__(self, engine: AsyncEngine, *, limit: int) -> None:
        self._engine = engine
        self._connections = DriverConnections(engine, limit=limit)
        self._ends: GroupCommit[End, Row | None] = GroupCommit(self._complete_all)

    async def fetch(self, text: str, values: Sequence[Any]) -> Sequence[Row]:
        """Execute a statement; return its rows by name. Raise `Unavailable` as `DriverConnections.fetch` does."""
        rows: Sequence[Row] = await self._connections.fetch(text, values)
        return rows

    async def complete(self, end: End) -> Row | None:
        """
        Complete a lease as `hot_postgres.complete` does, together with what others complete at this moment.

        Raise `Unavailable` as `fetch` does.
        """
        return await self._ends.ask(end)

    async def close(self) -> None:
        """Wait for what is under way, then give the connections back."""
        await self._ends.close()
        await self._connections.close()
        await self._engine.dispose()

    async def _complete_all(self, ends: Sequence[End]) -> Sequence[Row | None]:
        if len(ends) == 1:
            rows = await self.fetch(hot_postgres.complete(is_told=False), ends[0])
        else:
            rows = await self.fetch(hot_postgres.complete_many(), [list(column) for column in zip(*ends, strict=True)])
        completed = {(row["job_id"], row["token"]): row for row in rows}
        return [completed.pop((job, token), None) for job, token, _ in ends]
