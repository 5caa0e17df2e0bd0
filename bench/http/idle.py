"""
Holds many idle and slow connections open against our server: ``python -m bench.http.idle --help``.

It tells what each costs in memory, and how long others wait for an answer meanwhile. Each side needs a file descriptor
for each connection; where the system allows fewer, fewer are opened, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import uvloop
from bench.http.asking import ROUTES, requests_of
from bench.http.filling import fill
from bench.http.load import answers, load
from bench.http.serving import Serving, served

_SPARE: Final = 200
"""File descriptors for all else."""
_BRANDS: Final = 20
_AT_ONCE: Final = 200
_HEALTH: Final = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def main() -> None:
    """Measure, print, and write JSON where asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.http.idle", description=__doc__)
    parser.add_argument("--idle", type=int, default=2_000, help="connections that did ask once (%(default)s)")
    parser.add_argument("--slow", type=int, default=200, help="of each kind of slow client (%(default)s)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement (%(default)s)")
    parser.add_argument("--json", type=Path, help="also write what was measured to this file")
    options = parser.parse_args()
    allowed = _raise_limit(options.idle + 3 * options.slow + _SPARE)
    idle = min(options.idle, allowed - 3 * options.slow - _SPARE)
    if idle < options.idle:
        sys.stderr.write(f"the system allows only {allowed} files: {idle} idle connections\n")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/brands.db"
        fill(url, brand_count=_BRANDS, versions=1, document_size=16_384)
        with served("brandbrain", url, 0) as server, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(_measure(server, idle, options.slow, options.seconds))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def _raise_limit(wanted: int) -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and soft != resource.RLIM_INFINITY:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft


async def _measure(server: Serving, idle: int, slow: int, seconds: float) -> dict[str, Any]:
    steps: dict[str, tuple[int, Callable[[int], Awaitable[_Client]]]] = {
        "idle": (idle, _idle),
        "half a head": (slow, _half_a_head),
        "half a body": (slow, _half_a_body),
        "reads nothing": (slow, _reads_nothing),
    }
    found: dict[str, Any] = {"alone": await _waits(server, seconds)}
    kept: list[_Client] = []
    for name, (count, connect) in steps.items():
        before, began = server.resident_bytes(), time.perf_counter()
        opened: list[_Client] = []
        for first in range(0, count, _AT_ONCE):
            batch = range(first, min(first + _AT_ONCE, count))
            opened += await asyncio.gather(*(connect(server.port) for _ in batch))
        took = time.perf_counter() - began
        await answers(server.port, [_HEALTH])
        grown = server.resident_bytes() - before
        found[name] = {
            "connections": count,
            "opened in s": round(took, 2),
            "KiB each": round(grown / 1024 / max(1, count), 1),
            **await _waits(server, seconds),
            "still open": sum(not client.is_lost for client in opened),
        }
        kept += opened
    for client in kept:
        client.transport.abort()
    return found


async def _waits(server: Serving, seconds: float) -> dict[str, float]:
    """Return the milliseconds that a reader of snapshots waits, one request at a time."""
    route = ROUTES["latest"]
    tally, _ = await load(server.port, await requests_of(route, server.port, _BRANDS), connections=1, seconds=seconds)
    if set(tally.statuses) != {route.expected}:
        raise SystemExit(f"the server answered with {tally.statuses}")
    upper = quantiles(tally.seconds * 2, n=100, method="inclusive")
    return {
        "answers": len(tally.seconds),
        "p50 ms": round(1000 * median(tally.seconds), 2),
        "p95 ms": round(1000 * upper[94], 2),
        "p99 ms": round(1000 * upper[98], 2),
    }


class _Client(asyncio.Protocol):
    """A connection; *heard* is set with the first bytes of an answer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's is of no class of asyncio's

    def data_received(self, _: bytes) -> None:
        self.heard.set()

    def connection_lost(self, _: Exception | None) -> None:
        self.is_lost = True
        self.heard.set()


async def _connected(port: int, sent: bytes) -> _Client:
    _, client = await asyncio.get_running_loop().create_connection(_Client, "127.0.0.1", port)
    client.transport.write(sent)
    return client


async def _idle(port: int) -> _Client:
    """Ask once, and then say nothing."""
    client = await _connected(port, _HEALTH)
    await client.heard.wait()
    return client


async def _half_a_head(port: int) -> _Client:
    """Begin a request, and never end its head."""
    return await _connected(port, _HEALTH[:-2] + b"X-Slow: ")


async def _half_a_body(port: int) -> _Client:
    """Announce a body, and send a byte of it."""
    head = b"POST /api/brands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    return await _connected(port, head + b"{")


async def _reads_nothing(port: int) -> _Client:
    """Ask for some hundred kilobytes, more than fits into the sockets' buffers, and take none of the answers."""
    requests = await requests_of(ROUTES["latest"], port, _BRANDS)
    client = await _connected(port, b"")
    client.transport.pause_reading()
    client.transport.write(b"".join(next(requests) for _ in range(20)))
    return client


if __name__ == "__main__":
    main()
