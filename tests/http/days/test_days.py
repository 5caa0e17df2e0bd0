"""Whatever a user does over days, in whatever order, every answer is the one that a plain model expects."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.http.days.api import MakeStore
from tests.http.days.machine import days_machine
from tests.http.days.week import live_through_a_week

from brandbrain_core.memory import MemoryStore
from brandbrain_core.ports import Store
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import migrate, open_store

BRIEF = settings(max_examples=8, stateful_step_count=20)
BRIEFER = settings(max_examples=2, stateful_step_count=12)
LONG = settings(max_examples=300, stateful_step_count=60)


async def in_memory(clock: ManualClock) -> Store:
    """An empty store in memory."""
    return MemoryStore(clock, draw=lambda: 0.0)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it."""
    path = tmp_path_factory.mktemp("days") / "empty.db"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(migrate.upgrade(f"sqlite:///{path}"))).result()
    return path


@pytest.fixture
def in_file(template: Path, tmp_path: Path) -> MakeStore:
    """What makes an empty store in a file of its own."""
    numbers = itertools.count()

    async def make(clock: ManualClock) -> Store:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(template, path)
        return await open_store(f"sqlite:///{path}", migrate=False, clock=clock, draw=lambda: 0.0)

    return make


def test_days_in_memory() -> None:
    """A few users each time."""
    run_state_machine_as_test(days_machine(in_memory), settings=BRIEF)


def test_days_in_a_file(in_file: MakeStore) -> None:
    """A few users each time."""
    run_state_machine_as_test(days_machine(in_file), settings=BRIEFER)


def test_a_week_in_memory() -> None:
    """What users do most, one thing after the other, each time the same."""
    live_through_a_week(days_machine(in_memory)())


def test_a_week_in_a_file(in_file: MakeStore) -> None:
    """The same."""
    live_through_a_week(days_machine(in_file)())


@pytest.mark.fuzz
def test_many_days_in_memory() -> None:
    """Many users, for longer."""
    run_state_machine_as_test(days_machine(in_memory), settings=LONG)


@pytest.mark.fuzz
def test_many_days_in_a_file(in_file: MakeStore) -> None:
    """Many users, for longer."""
    run_state_machine_as_test(days_machine(in_file), settings=LONG)
