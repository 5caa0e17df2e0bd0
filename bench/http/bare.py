"""
What the same answers cost at the least: bare ASGI applications, one with the same row through the bare driver.

They check nothing, know no errors, and send no ETag. Nobody should serve these; we should come near them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import make_url
from starlette.types import ASGIApp, Receive, Scope, Send

Answer = Callable[[list[str]], Awaitable[bytes]]

_LATEST: Final = """
select s.id, s.created_at, s.compile_run_id, s.document from snapshots s
where s.brand_id = {0} order by s.version desc limit 1
"""
_STATUS: Final = """
select r.id, r.status, r.report, s.id as snapshot_id, s.created_at, s.document from compile_runs r
left join snapshots s on s.compile_run_id = r.id and s.origin = 'compile' where r.id = {0}
"""
_BRAND_AT: Final = 3
_RUN_AT: Final = 6


def without_database(size: int) -> ASGIApp:
    """Return an application that always sends the same bytes."""
    body = b'"' + b"x" * (size - 2) + b'"'

    async def answer(_: list[str]) -> bytes:
        return body

    return _app(answer)


async def on_postgres(url: str, connections: int) -> ASGIApp:
    """Return an application over a pool of the driver's own."""
    pool: Any = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    latest, status = _LATEST.format("$1"), _STATUS.format("$1")

    async def answer(parts: list[str]) -> bytes:
        async with pool.acquire() as connection:
            if parts[-1] == "status":
                return _status(parts, await connection.fetchrow(status, UUID(parts[_RUN_AT])))
            return _latest(parts, await connection.fetchrow(latest, UUID(parts[_BRAND_AT])))

    return _app(answer)


def on_sqlite(url: str) -> ASGIApp:
    """Return an application over one connection, on the event loop's own thread."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    connection.row_factory = sqlite3.Row
    latest, status = _LATEST.format("?"), _STATUS.format("?")

    async def answer(parts: list[str]) -> bytes:
        if parts[-1] == "status":
            return _status(parts, connection.execute(status, (UUID(parts[_RUN_AT]).hex,)).fetchone())
        return _latest(parts, connection.execute(latest, (UUID(parts[_BRAND_AT]).hex,)).fetchone())

    return _app(answer)


def _latest(parts: list[str], row: Any) -> bytes:
    return (
        f'{{"snapshot_id":"{row["id"]}","brand_id":"{parts[_BRAND_AT]}","snapshot_json":{row["document"]},'
        f'"created_at":"{row["created_at"]}","compile_run_id":"{row["compile_run_id"]}"}}'
    ).encode()


def _status(parts: list[str], row: Any) -> bytes:
    return (
        f'{{"compile_run_id":"{parts[_RUN_AT]}","status":"{row["status"]}","evidence_status":{row["report"]},'
        f'"snapshot":{{"snapshot_id":"{row["snapshot_id"]}","created_at":"{row["created_at"]}",'
        f'"snapshot_json":{row["document"]}}}}}'
    ).encode()


def _app(answer: Answer) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = await answer(scope["path"].split("/"))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
