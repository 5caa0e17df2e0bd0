"""The stress driver, small; `make stress` also runs the whole one and shows what it counts."""

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


@pytest.mark.stress
def test_a_small_trial_goes_well() -> None:
    """A kill, a hard stop of the server, cut connections and lost answers among 60 jobs: each ends once and rightly."""
    size = "--jobs 60 --workers 2 --pace 30 --longest 0.1 --within 60"
    faults = "--kills 1 --restarts 1 --cuts 2 --lost-answers 2 --lost-replies 2 --sleeps 0 --thefts 0 --silences 0"

    code, said = trial(*size.split(), *faults.split())

    assert 0 == code, said
    assert "nothing lost, nothing twice, nothing stale" in said
