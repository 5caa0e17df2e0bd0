"""The driver of simulated schedules, with the parts of the real worker in them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DROPPING = ("--store", "tests.core.simulation.dropping_store:open_store")


def driver(*flags: str, hash_seed: str = "0") -> tuple[int, str]:
    """Run it; return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "stress.simulate", *flags],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode not in (0, 1) else "")


def test_the_real_worker_keeps_every_rule(tmp_path: Path) -> None:
    """Sixty schedules with the real worker break none, and the summary says so."""
    summary = tmp_path / "summary.json"

    code, said = driver("--schedules", "60", "--worker", "real", "--processes", "1", "--json", str(summary))

    written = json.loads(summary.read_text())
    assert (0, 60, []) == (code, written["schedules"], written["failures"]), said
    assert {"fault kill", "leases taken away", "refused complete", "repeated completes"} <= written["counts"].keys()


@pytest.mark.parametrize("worker", ["real", "reference"])
def test_a_seed_replays_in_any_process(worker: str) -> None:
    """Two processes print the same bytes for it."""
    flags = ("--seed", "154", "--worker", worker, "--trace")

    code, said = driver(*flags, hash_seed="1")

    assert 0 == code
    assert len(said.splitlines()) > 50
    assert (code, said) == driver(*flags, hash_seed="2")


def test_a_broken_rule_is_shown_and_replays() -> None:
    """A schedule that breaks a rule is shown by its last events, and its seed alone shows exactly the same."""
    code, said = driver("--schedules", "12", "--processes", "1", *DROPPING)

    assert 1 == code, said
    shown = re.search(
        r"((?:\.\.\. \d+ events before\n)?(?: +\d+\.\d+ .*\n)+seed (\d+): invariant 9 .*\nagain: .*\n)", said
    )
    assert shown is not None, said
    assert len(shown[1].splitlines()) < 50
    again = ("--seed", shown[2], *DROPPING)
    assert (1, shown[1]) == driver(*again, hash_seed="1")
    assert (1, shown[1]) == driver(*again, hash_seed="2")
