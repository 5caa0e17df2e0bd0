"""Databases with our schema: an SQLite file, and a PostgreSQL database that is emptied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from brandbrain_store import migrate
from brandbrain_store.tables import metadata


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    _apart(f"sqlite:///{path}")
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
    _apart(url)
    return url


@pytest.fixture
async def emptied_postgres(migrated_postgres: str) -> str:
    """The URL of a PostgreSQL database with our schema and nothing in it."""
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables if not table.info)
    connection = await asyncpg.connect(migrated_postgres)
    try:
        await connection.execute(f"truncate {tables}")
    finally:
        await connection.close()
    return migrated_postgres


def _apart(url: str) -> None:
    """Migrate on a loop of its own, away from the loops of the tests."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(migrate.upgrade(url))).result()
