"""The state machine of leases finds nothing wrong with the store, on either database."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from brandbrain_core.testing.clock import ManualClock
from brandbrain_core.testing.lease_machine import lease_machine
from brandbrain_store import SqlStore, open_store
from brandbrain_store.tables import metadata

BRIEF = settings(max_examples=6, stateful_step_count=25)
LONG = settings(max_examples=300, stateful_step_count=60)


@pytest.fixture
def explore_sqlite(sqlite_template: Path, tmp_path: Path) -> Callable[[settings], None]:
    """Runs the machine, each example in a file of its own."""
    numbers = itertools.count()

    async def make(clock: ManualClock) -> SqlStore:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        return await open_store(f"sqlite:///{path}", migrate=False, clock=clock, draw=lambda: 0.0)

    return lambda how: run_state_machine_as_test(lease_machine(make), settings=how)


@pytest.fixture
def explore_postgres(migrated_postgres: str) -> Callable[[settings], None]:
    """Runs the machine, each example in the emptied database."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables if not table.info)

    async def make(clock: ManualClock) -> SqlStore:
        connection = await asyncpg.connect(migrated_postgres)
        await connection.execute(f"truncate {names}")
        await connection.close()
        return await open_store(migrated_postgres, migrate=False, clock=clock, draw=lambda: 0.0)

    return lambda how: run_state_machine_as_test(lease_machine(make), settings=how)


def test_leases_on_sqlite(explore_sqlite: Callable[[settings], None]) -> None:
    """A few schedules each time."""
    explore_sqlite(BRIEF)


def test_leases_on_postgres(explore_postgres: Callable[[settings], None]) -> None:
    """A few schedules each time."""
    explore_postgres(BRIEF)


@pytest.mark.stress
def test_many_leases_on_sqlite(explore_sqlite: Callable[[settings], None]) -> None:
    """Many long schedules."""
    explore_sqlite(LONG)


@pytest.mark.stress
def test_many_leases_on_postgres(explore_postgres: Callable[[settings], None]) -> None:
    """Many long schedules."""
    explore_postgres(LONG)
