"""
How long it takes to import core, beside importing the two packages that it stands on.

Each run is a fresh interpreter; runs of the two alternate, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Final

from pytest_benchmark.fixture import BenchmarkFixture

ROUNDS: Final = 9
CLAIM: Final = 4.0
"""Importing core takes less than so many times as long as importing attrs and cattrs."""

_TIMED: Final = "import time; began = time.process_time(); import {what}; print(time.process_time() - began)"


def test_import(benchmark: BenchmarkFixture) -> None:
    """Processor time of ``import brandbrain_core``, in medians of interleaved runs."""
    pairs = [(_seconds("brandbrain_core"), _seconds("attrs, cattrs")) for _ in range(ROUNDS + 1)][1:]
    core, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    benchmark.extra_info["times attrs and cattrs"] = round(core / bare, 2)
    benchmark.pedantic(_seconds, args=("brandbrain_core",), rounds=3)  # type: ignore[no-untyped-call]
    assert core / bare < CLAIM


def _seconds(what: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(what=what)], check=True, capture_output=True, text=True, timeout=60
    )
    return float(done.stdout)
