"""Reads over HTTP beside a bare application over the same file; ``python -m bench.http`` measures the rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
import uvloop
from bench.http.asking import ROUTES, beside, requests_of
from bench.http.filling import fill
from bench.http.load import answers
from bench.http.serving import served
from pytest_benchmark.fixture import BenchmarkFixture

BRANDS = 40
REQUESTS = 200
ROUNDS = 7
CLAIM = 12
"""An answer of ours takes less than so many times as long as one of the bare application."""


@pytest.mark.parametrize("name", ["latest", "latest, 304", "status", "history", "bootstrap"])
def test_read(benchmark: BenchmarkFixture, tmp_path: Path, name: str) -> None:
    """200 reads over one connection, snapshots of 16 KB, each server in a process of its own."""
    url = f"sqlite:///{tmp_path / 'brands.db'}"
    fill(url, brand_count=BRANDS, versions=5, document_size=16_384)
    route = ROUTES[name]
    with (
        served("brandbrain", url, 0) as ours,
        served("driver", url, 0) as driver,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        asked = list(islice(runner.run(requests_of(route, ours.port, BRANDS)), REQUESTS))
        plainly = list(islice(beside(route, BRANDS), REQUESTS))
        got = runner.run(answers(ours.port, asked))
        assert {route.expected} == {int(answer[9:12]) for answer in got}
        benchmark.pedantic(  # type: ignore[no-untyped-call]
            lambda: runner.run(answers(ours.port, asked)), rounds=ROUNDS, warmup_rounds=1
        )
        bare = min(_seconds(lambda: runner.run(answers(driver.port, plainly))) for _ in range(ROUNDS))
    ratio = benchmark.stats.stats.min / bare if benchmark.stats else 0.0
    benchmark.extra_info["times a bare application"] = round(ratio, 1)
    assert ratio < CLAIM


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
