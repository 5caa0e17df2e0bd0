"""The stress driver: a small trial with every test run, the whole one with `make stress`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def trial(*flags: str) -> tuple[int, str]:
    """Run one; return its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "stress.faults", *flags],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_small_trial_goes_well() -> None:
    """A kill, a hard stop of the server, cut connections and lost answers among 60 jobs: each ends once and rightly."""
    few = "--jobs 60 --workers 2 --kills 1 --restarts 1 --cuts 2 --lost-answers 2 --sleeps 0 --silences 0 --stale 1"

    code, said = trial(*few.split(), "--within", "60")

    assert 0 == code, said
    assert "nothing lost, nothing twice, nothing stale" in said


@pytest.mark.stress
def test_a_whole_trial_goes_well() -> None:
    """10,000 jobs and every fault, many times."""
    code, said = trial()

    assert 0 == code, said
