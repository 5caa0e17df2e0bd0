"""What tests of several packages share: Hypothesis profiles and a PostgreSQL server."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from brandbrain_store.embedded import EmbeddedPostgres

MakeDatabase = Callable[..., str]

PACKAGES = ("core", "http", "sources", "store", "synthesis", "worker")
OUR_LOGGERS = ("brandbrain", *(f"brandbrain_{package}" for package in PACKAGES))

settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=25,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test sets up of logging, such as a command run in this process does, ends with the test."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in [*OUR_LOGGERS, None]}
    handlers = list(root.handlers)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process, or the one that BRANDBRAIN_TEST_POSTGRES_URL names."""
    if named := os.environ.get("BRANDBRAIN_TEST_POSTGRES_URL"):
        yield named
        return
    with EmbeddedPostgres() as server:
        yield server.url


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Iterator[MakeDatabase]:
    """A function that makes a database, a copy of the one at the URL *template* if given, and returns its URL."""
    names = (f"brandbrain_test_{os.getpid()}_{number}" for number in itertools.count())
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = next(names)
        source = urlsplit(template).path.lstrip("/") if template else "template1"
        _execute(postgres_url, f'create database "{name}" template "{source}"')
        made.append(name)
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    yield make
    for name in made:
        _execute(postgres_url, f'drop database if exists "{name}" with (force)')


@pytest.fixture
def postgres_database(make_database: MakeDatabase) -> str:
    """The URL of an empty PostgreSQL database for one test."""
    return make_database()


def _execute(url: str, statement: str) -> None:
    """Run *statement* on a loop of its own, away from the loops of the tests."""

    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(execute())).result()
