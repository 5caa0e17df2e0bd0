"""
Measures our job queue beside a bare loop and beside peers: ``python -m bench.jobs --help``.

Every contender gets a fresh database on the same private PostgreSQL server and a process of its own, one after the
other; rounds are interleaved, so that whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg
from bench.jobs.contender import CONTENDERS, PEERS
from bench.jobs.measured import Measured, Order, plain
from bench.jobs.table import Row, table

from brandbrain_store.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).parents[2]
_DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_SERVER: Final = {"max_connections": "60", "shared_buffers": "256MB", "jit": "off"}
_TIMEOUT: Final = 900
_FIND: Final = "import sys, importlib.util as u; print(*[name for name in sys.argv[1:] if u.find_spec(name)])"


def main() -> None:
    """Measure, print the table, and write JSON where asked to."""
    options = _options()
    rows: list[Row] = []
    for durable in {"off": [False], "on": [True], "both": [False, True]}[options.fsync]:
        with EmbeddedPostgres(settings=_SERVER | (_DURABLE if durable else {})) as server:
            for number, order in _orders(options):
                rows.append(_measured(order, server.url, durable=durable, peers=options.peers, number=number))
                sys.stderr.write(f"{'fsync' if durable else 'no fsync'}: {rows[-1].summary()}\n")
    sys.stdout.write(table(rows))
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=2) + "\n")
    if any(row.broken for row in rows):
        raise SystemExit("a contender could not be measured, lost jobs or repeated them")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=300, help="jobs over which throughput is taken (%(default)s)")
    parser.add_argument("--backlog", type=int, default=0, help="more pending jobs (%(default)s)")
    parser.add_argument("--finished", type=int, default=1_000, help="finished jobs in the tables (%(default)s)")
    parser.add_argument("--samples", type=int, default=20, help="pick-ups on an idle queue (%(default)s)")
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 10], help="jobs at a time (1 10)")
    parser.add_argument("--rounds", type=int, default=1, help="how often all of it is done (%(default)s)")
    parser.add_argument("--fsync", choices=("off", "on", "both"), default="both", help="whether commits wait")
    parser.add_argument("--only", nargs="+", choices=tuple(CONTENDERS), help="these contenders and no others")
    parser.add_argument("--peers", type=Path, help="environment in which peers are installed, see make bench-peers")
    parser.add_argument("--json", type=Path, help="also write what was measured to this file")
    return parser.parse_args()


def _orders(options: argparse.Namespace) -> Iterator[tuple[int, Order]]:
    """Return what is asked of whom, with every contender in every round; peers only where they are installed."""
    present = _installed(options.peers) if options.peers else frozenset()
    usual = [name for name in CONTENDERS if name not in PEERS or name in present]
    for number in range(options.rounds):
        for slots in options.slots:
            for contender in options.only or usual:
                yield (
                    number,
                    Order(
                        contender=contender,
                        dsn="",
                        slots=slots,
                        jobs=options.jobs,
                        backlog=options.backlog,
                        finished=options.finished,
                        samples=options.samples,
                    ),
                )


def _installed(peers: Path) -> frozenset[str]:
    """Return which peers are installed in that environment, and say which are not."""
    done = subprocess.run(
        [str(peers / "bin" / "python"), "-c", _FIND, *PEERS], capture_output=True, text=True, timeout=60, check=True
    )
    found = frozenset(done.stdout.split())
    for name in PEERS:
        if name not in found:
            sys.stderr.write(f"{name} is not installed in {peers}; it may need a newer Python\n")
    return found


def _measured(order: Order, server: str, *, durable: bool, peers: Path | None, number: int) -> Row:
    """Measure one contender in a database and a process of its own."""
    name = f"bench_{order.contender}"
    asyncio.run(_execute(server, f"create database {name}"))
    dsn = urlsplit(server)._replace(path=f"/{name}").geturl()
    python = str(peers / "bin" / "python") if peers and order.contender in PEERS else sys.executable
    asked = json.dumps(plain(order) | {"dsn": dsn})
    try:
        done = subprocess.run(
            [python, "-m", "bench.jobs.contender", asked],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    finally:
        asyncio.run(_execute(server, f"drop database {name} with (force)"))
    return Row(order=order, durable=durable, round=number, measured=_answer(done), error=_error(done))


def _answer(done: subprocess.CompletedProcess[str]) -> Measured | None:
    return None if done.returncode else Measured(**json.loads(_last_line(done.stdout)))


def _error(done: subprocess.CompletedProcess[str]) -> str | None:
    return _last_line(done.stderr) if done.returncode else None


def _last_line(text: str) -> str:
    lines: Sequence[str] = text.strip().splitlines()
    return lines[-1] if lines else ""


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
