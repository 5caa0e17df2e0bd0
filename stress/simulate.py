"""
Run many simulated schedules of workers, people and faults; say which break a rule, and how to see it again.

    python -m stress.simulate --schedules 100000
    python -m stress.simulate --seed 4711

Every seed is one schedule. Three of four are worked on by the real worker's parts, the fourth by the plain one of the
kit. A seed gives the same events again, and with ``--trace`` the same bytes.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import logging
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
from stress.simulate_worker import real_worker

from brandbrain_core.testing.simulation import Simulated, WorkerMain, reference_worker, simulate

CHUNK: Final = 50
"""Schedules that a process runs between two reports; its memory is tidied up once in so many."""

SHOWN_EVENTS: Final = 40
SHOWN_FAILURES: Final = 5


@attrs.frozen(kw_only=True)
class Tally:
    """What some schedules came to; *failures* are seeds with what they broke."""

    schedules: int = 0
    steps: int = 0
    simulated_seconds: float = 0.0
    counts: Counter[str] = attrs.field(factory=Counter)
    failures: tuple[tuple[int, str], ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            schedules=self.schedules + other.schedules,
            steps=self.steps + other.steps,
            simulated_seconds=self.simulated_seconds + other.simulated_seconds,
            counts=self.counts + other.counts,
            failures=(*self.failures, *other.failures),
        )


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="run this one alone, and show what happened if it breaks a rule")
    parser.add_argument("--trace", action="store_true", help="with --seed: show everything that happened in any case")
    parser.add_argument("--worker", choices=("both", "real", "reference"), default="both")
    parser.add_argument("--store", help="what makes the store instead of the one in memory, as package.module:function")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--json", type=Path, help="write a summary to this file")
    return parser.parse_args(given)


def worker_for(seed: int, wanted: str) -> WorkerMain:
    """Return the worker that the schedule of a seed is run with."""
    if wanted == "both":
        return real_worker if seed % 4 else reference_worker
    return real_worker if wanted == "real" else reference_worker


def schedule(seed: int, given: argparse.Namespace) -> Simulated:
    """Run the schedule of a seed."""
    worker = worker_for(seed, given.worker)
    if given.store is None:
        return simulate(seed, worker=worker)
    module, _, name = given.store.partition(":")
    return simulate(seed, worker=worker, make_store=getattr(importlib.import_module(module), name))


def run_some(job: tuple[range, argparse.Namespace]) -> Tally:
    """Run the schedules of some seeds."""
    logging.disable(logging.CRITICAL)
    gc.disable()
    seeds, given = job
    steps, seconds = 0, 0.0
    counts: Counter[str] = Counter()
    failures: list[tuple[int, str]] = []
    for seed in seeds:
        done = schedule(seed, given)
        steps += done.steps
        seconds += done.seconds
        counts.update(done.counts)
        if done.broken is not None:
            failures.append((seed, str(done.broken)))
    gc.collect()
    gc.freeze()
    return Tally(schedules=len(seeds), steps=steps, simulated_seconds=seconds, counts=counts, failures=tuple(failures))


def run_all(given: argparse.Namespace) -> tuple[Tally, float]:
    """Run all schedules, telling how far they are; return what they came to, and the seconds it took."""
    began, tally = time.monotonic(), Tally()
    told = began
    for some in _in_parallel(given):
        tally += some
        for seed, broken in some.failures:
            print(f"\rseed {seed}: {broken}", file=sys.stderr)
        now = time.monotonic()
        if now - told >= 1 or tally.schedules == given.schedules:
            told = now
            rate = tally.schedules / (now - began)
            left = (given.schedules - tally.schedules) / rate
            line = f"{tally.schedules:,} of {given.schedules:,} schedules, {rate:.0f}/s, {left:.0f} s left, "
            print(f"\r{line}{len(tally.failures)} broken ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tally, time.monotonic() - began


def _in_parallel(given: argparse.Namespace) -> Iterator[Tally]:
    end = given.first + given.schedules
    chunks = [(range(first, min(first + CHUNK, end)), given) for first in range(given.first, end, CHUNK)]
    if given.processes == 1:
        yield from map(run_some, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        yield from pool.imap_unordered(run_some, chunks)


def show(seed: int, given: argparse.Namespace, *, everything: bool = False) -> Simulated:
    """Run one schedule, and print what happened: the last events if it breaks a rule, or everything."""
    logging.disable(logging.CRITICAL)
    done = schedule(seed, given)
    lines = done.trace.lines()
    if everything or done.broken is not None:
        shown = lines if everything else lines[-SHOWN_EVENTS:]
        if len(shown) < len(lines):
            print(f"... {len(lines) - len(shown)} events before")
        print(*shown, sep="\n")
    print(f"seed {seed}: {done.broken or 'every rule held'}")
    if done.broken is not None:
        store = "" if given.store is None else f" --store {given.store}"
        print(f"again: python -m stress.simulate --seed {seed} --worker {given.worker}{store} --trace")
    return done


def summary(given: argparse.Namespace, tally: Tally, seconds: float) -> dict[str, Any]:
    """Return what is written as JSON."""
    return {
        "schedules": tally.schedules,
        "first": given.first,
        "worker": given.worker,
        "processes": given.processes,
        "seconds": round(seconds, 3),
        "per_second": round(tally.schedules / seconds, 1),
        "steps": tally.steps,
        "simulated_seconds": round(tally.simulated_seconds),
        "failures": [{"seed": seed, "broken": text} for seed, text in sorted(tally.failures)],
        "counts": dict(sorted(tally.counts.items())),
    }


def main(given: list[str] | None = None) -> int:
    """Do what the command line asks for; return 1 if a rule was broken."""
    wanted = arguments(given)
    if wanted.seed is not None:
        return int(show(wanted.seed, wanted, everything=wanted.trace).broken is not None)
    tally, seconds = run_all(wanted)
    report(wanted, tally, seconds)
    return int(bool(tally.failures))


def report(wanted: argparse.Namespace, tally: Tally, seconds: float) -> None:
    """Show schedules that broke a rule, count what was seen, and write the summary."""
    for seed, _ in sorted(tally.failures)[:SHOWN_FAILURES]:
        show(seed, wanted)
    written = summary(wanted, tally, seconds)
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(written, indent=2) + "\n")
    for name, count in written["counts"].items():
        print(f"{count:>12,} {name}")
    print(f"{tally.schedules:,} schedules, {written['per_second']}/s, {len(tally.failures)} broken")


if __name__ == "__main__":
    sys.exit(main())
