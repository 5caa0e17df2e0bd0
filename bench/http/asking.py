"""The requests that are measured, by the name of their route; each goes over many brands in no order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Final

from bench.http.filling import brand_id, run_id
from bench.http.load import answers

_READ_BRANDS: Final = 10_000
_REVALIDATED: Final = 100


@dataclass(frozen=True)
class Route:
    """
    What is asked.

    Attributes:
        path: Below ``/api/brands/{brand}``, with ``{run}`` for the brand's run.
        expected: The status of every answer.
        beside: The bare application's path to compare with.
        leaves_jobs: Whether it fills the queue, so that this is to be emptied.
        writes: Whether it changes its brands, which then nobody else asks about.
    """

    method: str
    path: str
    body: str = ""
    expected: int = 200
    beside: str = "/brandbrain/latest"
    leaves_jobs: bool = False
    writes: bool = False
    revalidates: bool = False


_COMPILE: Final = "/brandbrain/compile"
_STATUS: Final = f"{_COMPILE}/{{run}}/status"
ROUTES: Final = {
    "latest": Route("GET", "/brandbrain/latest"),
    "latest, full": Route("GET", "/brandbrain/latest?include=full"),
    "latest, 304": Route("GET", "/brandbrain/latest", expected=304, revalidates=True),
    "status": Route("GET", _STATUS, beside=_STATUS),
    "history": Route("GET", "/brandbrain/history"),
    "overrides": Route("GET", "/brandbrain/overrides"),
    "bootstrap": Route("GET", "/bootstrap"),
    "unchanged": Route("POST", _COMPILE),
    "overrides PATCH": Route("PATCH", "/brandbrain/overrides", writes=True),
    "kick-off": Route("POST", _COMPILE, body='{"force_refresh":true}', expected=202, leaves_jobs=True, writes=True),
}


async def requests_of(route: Route, port: int, brand_count: int) -> Iterator[bytes]:
    """Return requests without end."""
    numbers = list(range(2 if route.writes else 1, brand_count + 1, 2))
    Random(7).shuffle(numbers)
    if route.revalidates:
        return cycle(await _revalidating(route, port, numbers[:_REVALIDATED]))
    if route.path.endswith("overrides") and route.writes:
        return _patches(route, cycle(numbers))
    return cycle([_request(route, number, route.body) for number in numbers[: _limit(route)]])


def beside(route: Route, brand_count: int) -> Iterator[bytes]:
    """Return requests without end for what is compared with."""
    numbers = list(range(1, brand_count + 1, 2))
    Random(7).shuffle(numbers)
    return cycle([_request(Route("GET", route.beside), number) for number in numbers[:_READ_BRANDS]])


def _limit(route: Route) -> int | None:
    return None if route.writes else _READ_BRANDS


def _patches(route: Route, numbers: Iterator[int]) -> Iterator[bytes]:
    for turn, number in enumerate(numbers):
        yield _request(route, number, json.dumps({"overrides_json": {"positioning.what_we_do": f"Sails, {turn}."}}))


async def _revalidating(route: Route, port: int, numbers: list[int]) -> list[bytes]:
    tags = [_etag(answer) for answer in await answers(port, [_request(route, number) for number in numbers])]
    return [_request(route, number, tag=tag) for number, tag in zip(numbers, tags, strict=True)]


def _etag(answer: bytes) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    return {name.lower(): value for name, value in fields.items()}["etag"]


def _request(route: Route, number: int, body: str = "", *, tag: str | None = None) -> bytes:
    path = f"/api/brands/{brand_id(number)}{route.path.format(run=run_id(number))}"
    lines = [f"{route.method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if tag is not None:
        lines.append(f"If-None-Match: {tag}")
    if route.method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body]).encode()
