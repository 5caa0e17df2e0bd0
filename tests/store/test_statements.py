"""How many statements the database is asked for what the contract sets a budget on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import event

from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, SqlUnitOfWork, open_store

Do = Callable[[SqlUnitOfWork], Awaitable[object]]

TERMS = LeaseTerms()

ONE: dict[str, Do] = {
    "the newest snapshot": lambda work: work.snapshots.latest(build.BRAND),
    "its head": lambda work: work.snapshots.head(build.BRAND),
    "a run": lambda work: work.runs.get(build.BRAND, build.run_id(1)),
    "a page of history": lambda work: work.snapshots.history(build.BRAND, before_version=None, offset=0, limit=9),
    "the overrides": lambda work: work.overrides.get(build.BRAND),
    "the answers with their brand": lambda work: work.brands.onboarding(build.BRAND),
    "the runs of several sources": lambda work: work.collections.latest([build.source_id(n) for n in range(1, 9)]),
    "several items": lambda work: work.evidence.batch([]),
    "the corpus": lambda work: work.evidence.corpus(build.BRAND, [(build.SOURCE, "marrowby1")], limit=9),
}


@pytest.fixture(params=["sqlite_url", "emptied_postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SqlStore]:
    """A store on either database with a brand, a job and a snapshot."""
    opened = await open_store(request.getfixturevalue(request.param), migrate=False)
    async with opened.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
        await work.snapshots.append(build.stored_snapshot())
    yield opened
    await opened.close()


@pytest.mark.parametrize("what", [what for what in ONE if what != "several items"])
async def test_a_read_is_one_statement(store: SqlStore, what: str) -> None:
    """Whatever it brings."""
    with Counted(store) as counted:
        async with store.reading() as work:
            await ONE[what](work)

    assert 1 == len(counted.statements)


async def test_nothing_asked_is_no_statement(store: SqlStore) -> None:
    """An empty batch does not reach the database."""
    with Counted(store) as counted:
        async with store.reading() as work:
            await ONE["several items"](work)

    assert [] == counted.statements


async def test_a_patch_of_overrides_needs_four(store: SqlStore) -> None:
    """The record with its lock, the newest snapshot, the record again, the next version."""
    with Counted(store) as counted:
        async with store.transaction() as work:
            record = await work.overrides.get(build.BRAND, for_update=True)
            await work.snapshots.latest(build.BRAND)
            await work.overrides.save(record)
            await work.snapshots.append(build.stored_snapshot(2, compile_run_id=None))

    assert 4 == len(counted.statements)


async def test_a_kick_off_is_added_in_one_or_two(store: SqlStore) -> None:
    """The job with the run, which on PostgreSQL also wakes the workers; SQLite inserts into one table at a time."""
    async with store.transaction() as work:
        await work.brands.add(build.brand(2))
    with Counted(store) as counted:
        async with store.transaction() as work:
            brand = build.brand_id(2)
            await work.jobs.add(build.compile_run(2, brand_id=brand), build.job(2, brand_id=brand))

    assert (1 if store._database.changes_several else 2) == len(counted.statements)


async def test_all_beats_are_one_statement(store: SqlStore) -> None:
    """However many leases a process holds."""
    with Counted(store) as counted:
        async with store.transaction() as work:
            await work.jobs.extend([build.lease(n) for n in range(1, 9)], terms=TERMS)

    assert 1 == len(counted.statements)


class Counted:
    """Notes the statements that a store sends, but for the begin of a transaction."""

    def __init__(self, store: SqlStore) -> None:
        self.statements: list[str] = []
        self._engines = (getattr(store._reading, "sync_engine", store._reading), store._writing.sync_engine)

    def __enter__(self) -> Counted:
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, _c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
        if statement != "begin immediate":
            self.statements.append(statement)
