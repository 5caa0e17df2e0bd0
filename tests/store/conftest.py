"""Databases with our schema: an SQLite file, and a PostgreSQL database that is emptied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from brandbrain_store import migrate
from brandbrain_store.tables import metadata

_FEW = 200


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    _apart(migrate.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an SQLite database with our schema, for one test."""
    shutil.copy(sqlite_template, tmp_path / "brands.db")
    return f"sqlite:///{tmp_path / 'brands.db'}"


@pytest.fixture(scope="session")
def migrated_postgres(make_database: Callable[..., str]) -> str:
    """The URL of a PostgreSQL database with our schema."""
    url = make_database()
    _apart(migrate.upgrade(url))
    return url


@pytest.fixture
def emptied_postgres(migrated_postgres: str) -> str:
    """The URL of a PostgreSQL database with our schema and nothing in it."""
    _apart(_empty(migrated_postgres))
    return migrated_postgres


async def _empty(url: str) -> None:
    """Delete the few rows of the usual test; where there were many, also what they leave behind in the files."""
    tables = [f'"{table.name}"' for table in reversed(metadata.sorted_tables) if not table.info]
    connection = await asyncpg.connect(url)
    try:
        deleted = [int((await connection.execute(f"delete from {table}")).split()[-1]) for table in tables]
        if sum(deleted) > _FEW:
            await connection.execute(f"truncate {', '.join(tables)}")
    finally:
        await connection.close()


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run on a loop of its own, away from the loops of the tests."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(work)).result()
