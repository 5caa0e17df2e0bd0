"""Database URLs are understood, and never tell a password."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from brandbrain_core.errors import InvalidSettings
from brandbrain_core.testing import build
from brandbrain_store import open_store
from brandbrain_store.addresses import parse
from brandbrain_store.store import SqlStore


@pytest.mark.parametrize(
    ("url", "database", "name"),
    [
        ("sqlite:///brands.db", "sqlite", "brands.db"),
        ("sqlite:////var/lib/brands.db", "sqlite", "/var/lib/brands.db"),
        ("sqlite+aiosqlite:///brands.db", "sqlite", "brands.db"),
        ("postgresql://ann@db.example:5433/brands", "postgresql", "brands"),
        ("postgres://ann@db.example/brands", "postgresql", "brands"),
        ("postgresql+psycopg://ann@db.example/brands?sslmode=require", "postgresql", "brands"),
    ],
)
def test_the_driver_is_our_choice(url: str, database: str, name: str) -> None:
    """Whatever driver the URL names, only the database counts."""
    parts = parse(url)

    assert (database, name) == (parts.drivername, parts.database)


@pytest.mark.parametrize("url", ["", "brands.db", "mysql://ann@db.example/x", "sqlite://", "sqlite:///:memory:"])
def test_other_urls_are_refused(url: str) -> None:
    """With a text that names the setting."""
    with pytest.raises(InvalidSettings, match="DATABASE_URL"):
        parse(url)


async def test_a_refused_url_does_not_tell_its_password() -> None:
    """Errors are shown and logged."""
    with pytest.raises(InvalidSettings) as caught:
        await open_store("mysql://ann:hush-hush@db.example/x", migrate=False)

    assert "hush-hush" not in str(caught.value) + repr(caught.value)


async def test_a_store_does_not_tell_its_password(emptied_postgres: str) -> None:
    """Nor does anything that is reached from its representation."""
    url = emptied_postgres.replace("postgres@", "postgres:hush-hush@")
    store = await open_store(url, migrate=False)
    try:
        assert isinstance(store, SqlStore)
        assert "hush-hush" not in f"{store!r} {vars(store)!r}"
    finally:
        await store.close()


async def test_behind_a_pooler_nothing_outlives_a_transaction(emptied_postgres: str) -> None:
    """Such a store writes, reads, refuses to write where it reads, and leaves no prepared statement behind."""
    store = await open_store(f"{emptied_postgres}?pooler=transaction", migrate=False)
    try:
        async with store.transaction() as work:
            await work.brands.add(build.brand())
        async with store.reading() as work:
            assert build.brand() == await work.brands.get(build.BRAND)
        with pytest.raises(DBAPIError, match="read-only"):
            async with store.reading() as work:
                await work.brands.add(build.brand(2))
        async with store.transaction() as work:
            left = await work._work.value(text("select count(*) from pg_prepared_statements where name <> ''"))
        assert 0 == left
    finally:
        await store.close()
