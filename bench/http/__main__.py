"""
Measures the HTTP API under load beside bare applications: ``make bench-http ARGS="--help"``.

Every server has a process of its own over the same database, and all of them are up at once, those over databases of
other sizes, too; rounds are short and interleaved, so that whatever else the machine does falls on all of them. A
status that is not the expected one ends the run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeAlias

import uvloop
from bench.http.asking import ROUTES, Route, beside, requests_of
from bench.http.filling import fill, forget_pending
from bench.http.load import load
from bench.http.measured import Row, Sample, middle, ratio, sample, table
from bench.http.serving import CONTENDERS, Serving, served

from brandbrain_store.embedded import EmbeddedPostgres

_SERVER: Final = {"shared_buffers": "512MB", "max_connections": "60", "jit": "off", "max_wal_size": "4GB"}
_WARM_UP: Final = 0.15
_OURS: Final = ("brandbrain", "sqlalchemy")

_Contender: TypeAlias = tuple[int, str]
"""How many brands its database has, and its name."""


def main() -> None:
    """Measure, print the table, and write JSON where asked to."""
    options = _options()
    rows: list[Row] = []
    for database in options.databases:
        with ExitStack() as stack:
            urls = {brands: stack.enter_context(_filled(options, database, brands)) for brands in options.brands}
            rows += _measured(options, database, urls)
    sys.stdout.write(table(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.http", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--brands", type=int, nargs="+", default=[1_000], help="brands in the database (1000)")
    parser.add_argument("--versions", type=int, default=20, help="snapshots of a brand (%(default)s)")
    parser.add_argument(
        "--many", type=int, default=20_000, help="from so many brands on, each has one snapshot (%(default)s)"
    )
    parser.add_argument("--size", type=int, default=16_384, help="characters of a snapshot (%(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32], help="at a time (1 8 32)")
    parser.add_argument("--routes", nargs="+", choices=tuple(ROUTES), default=list(ROUTES), help="all if absent")
    parser.add_argument("--seconds", type=float, default=0.4, help="of a round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each contender (%(default)s)")
    parser.add_argument("--json", type=Path, help="also write what was measured to this file")
    return parser.parse_args()


@contextmanager
def _filled(options: argparse.Namespace, database: str, brands: int) -> Iterator[str]:
    versions = options.versions if brands < options.many else 1
    with _database(database) as url:
        fill(url, brand_count=brands, versions=versions, document_size=options.size)
        sys.stderr.write(f"{database}: {brands} brands are there\n")
        yield url


@contextmanager
def _database(name: str) -> Iterator[str]:
    with ExitStack() as stack:
        if name == "postgresql":
            yield stack.enter_context(EmbeddedPostgres(settings=_SERVER)).url
        else:
            yield f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/brands.db"


def _measured(options: argparse.Namespace, database: str, urls: Mapping[int, str]) -> Iterator[Row]:
    with ExitStack() as stack:
        servers = {
            (brands, name): stack.enter_context(served(name, url, options.size))
            for brands, url in urls.items()
            for name in CONTENDERS
        }
        for name in options.routes:
            for connections in options.connections:
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    samples = runner.run(_samples(options, servers, ROUTES[name], connections))
                for brands, url in urls.items():
                    if ROUTES[name].leaves_jobs and forget_pending(url) == 0:
                        raise SystemExit(f"{name} left nothing in the queue")
                    row = _row([samples[brands, contender] for contender in CONTENDERS])
                    yield Row(database=database, brands=brands, route=name, connections=connections, **row)


def _row(samples: Sequence[list[Sample]]) -> dict[str, Any]:
    ours, usual, driver, nothing = samples
    return {
        "ours": middle(ours),
        "usual": middle(usual),
        "of_usual": ratio(ours, usual),
        "driver": middle(driver),
        "nothing": middle(nothing),
        "of_driver": ratio(ours, driver),
        "of_nothing": ratio(ours, nothing),
    }


async def _samples(
    options: argparse.Namespace, servers: Mapping[_Contender, Serving], route: Route, connections: int
) -> Mapping[_Contender, list[Sample]]:
    requests: dict[_Contender, Iterator[bytes]] = {}
    for (brands, name), server in servers.items():
        is_ours = name in _OURS
        requests[brands, name] = await requests_of(route, server.port, brands) if is_ours else beside(route, brands)
    samples: dict[_Contender, list[Sample]] = {contender: [] for contender in servers}
    for turn in range(-1, options.rounds):
        for contender, server in servers.items():
            seconds = _WARM_UP if turn < 0 else options.seconds
            expected = route.expected if contender[1] in _OURS else 200
            before = server.cpu_seconds()
            tally, took = await load(server.port, requests[contender], connections=connections, seconds=seconds)
            if set(tally.statuses) != {expected}:
                raise SystemExit(f"{contender} answered {route} with {tally.statuses}")
            if turn >= 0:
                samples[contender].append(sample(tally.seconds, took, server.cpu_seconds() - before))
    return samples


if __name__ == "__main__":
    main()
