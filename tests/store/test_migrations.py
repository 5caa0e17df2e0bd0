"""The migrations build what is described, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import SchemaMismatch, Unavailable
from brandbrain_core.ids import DEFAULT_TENANT
from brandbrain_core.testing import build
from brandbrain_store import migrate, open_store
from brandbrain_store.addresses import database_of, parse
from brandbrain_store.migrations import running
from brandbrain_store.migrations.comparing import belongs_to
from brandbrain_store.tables import metadata

T = TypeVar("T")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    make_database: Callable[..., str] = request.getfixturevalue("make_database")
    return make_database()


def test_the_head_is_the_newest_migration() -> None:
    """The revision that a store asks for is the last one that there is."""
    assert migrate.head() == running.revisions()[0]


async def test_migrations_build_what_the_tables_describe(empty_url: str) -> None:
    """Column by column, index by index: a comparison finds no difference."""
    await migrate.upgrade(empty_url)

    assert [] == await _on(empty_url, _differences)


async def test_a_forgotten_migration_would_be_found(empty_url: str) -> None:
    """The comparison sees a column, an index and a condition that the database lacks."""
    await migrate.upgrade(empty_url)
    await _execute(empty_url, "drop index ix_jobs_claim")
    await _execute(empty_url, "alter table brands drop column website_url")

    kinds = {difference[0] for difference in await _on(empty_url, _differences)}

    assert {"add_index", "add_column"} == kinds


async def test_a_store_refuses_a_database_without_schema(empty_url: str) -> None:
    """It says what is missing instead of failing later."""
    with pytest.raises(SchemaMismatch) as caught:
        await open_store(empty_url, migrate=False)

    assert (None, migrate.head()) == (caught.value.found, caught.value.expected)


async def test_a_store_may_migrate_first(empty_url: str) -> None:
    """Then the database is at the head, and doing it again changes nothing."""
    for _ in range(2):
        store = await open_store(empty_url, migrate=True)
        await store.close()

    assert migrate.head() == await migrate.current(empty_url)


async def test_a_database_of_a_later_version_is_left_alone(empty_url: str) -> None:
    """Neither opened nor migrated."""
    await migrate.upgrade(empty_url)
    await _execute(empty_url, "update alembic_version set version_num = '9999'")
    with pytest.raises(SchemaMismatch):
        await open_store(empty_url, migrate=False)
    with pytest.raises(SchemaMismatch):
        await open_store(empty_url, migrate=True)

    assert "9999" == await migrate.current(empty_url)


async def test_several_may_migrate_at_once(empty_url: str) -> None:
    """One does the work, the others wait and find it done."""
    await asyncio.gather(*(migrate.upgrade(empty_url) for _ in range(4)))

    assert migrate.head() == await migrate.current(empty_url)


async def test_what_an_older_version_stored_is_kept(empty_url: str) -> None:
    """Brands from before there were tenants belong to the default one."""
    await _on(empty_url, lambda connection: migrate.upgrade_connection(connection, to="0001"))
    created = "0" if empty_url.startswith("sqlite") else "timestamptz '1970-01-01 00:00:00+00'"
    await _execute(
        empty_url, f"insert into brands (id, name, created_at) values ('{build.BRAND.hex}', 'Old', {created})"
    )

    store = await open_store(empty_url, migrate=True)

    async with store.scoped(DEFAULT_TENANT).reading() as work:
        assert "Old" == (await work.brands.get(build.BRAND)).name
    await store.close()


async def test_a_database_without_schema_has_no_revision(empty_url: str) -> None:
    """Asking does not make one."""
    assert await migrate.current(empty_url) is None


async def test_a_database_out_of_reach_is_unavailable(tmp_path: Path) -> None:
    """A folder that is not there, a port that nobody listens on."""
    for url in (f"sqlite:///{tmp_path / 'no' / 'folder' / 'x.db'}", "postgresql://u@127.0.0.1:9/x"):
        with pytest.raises(Unavailable):
            await open_store(url, migrate=True)
        with pytest.raises(Unavailable):
            await open_store(url, migrate=False)


def _differences(connection: Connection) -> list[tuple[object, ...]]:
    options = {"include_object": belongs_to(connection.dialect.name), "compare_type": True}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return [tuple(each) for each in found]


async def _execute(url: str, statement: str) -> None:
    def execute(connection: Connection) -> None:
        connection.execute(text(statement))

    await _on(url, execute)


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    engine: AsyncEngine = database_of(parse(url), SystemClock()).writing_engine(parse(url))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
