"""No read scans a table, and nor do the statements of the queue: asked of the databases themselves."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import attrs
import pytest
from sqlalchemy import Table, event, insert, text

from brandbrain_core.clock import SystemClock
from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.collection import CollectionRun
from brandbrain_core.model.idempotency import Claim
from brandbrain_core.model.job import JobStatus, Lease, LeaseTerms
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.policies.evidence_merge import first_seen
from brandbrain_core.policies.lease import claimed, completed
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, SqlUnitOfWork, migrate, open_store, tables
from brandbrain_store.evidence_rows import row_of as evidence_rows
from brandbrain_store.job_rows import row_of as job_rows
from brandbrain_store.runs import row_of as run_rows
from brandbrain_store.snapshots import row_of as snapshot_rows

Do = Callable[[SqlUnitOfWork], Awaitable[object]]

TERMS = LeaseTerms()
NOW = SystemClock().now()
SOME = 5000
"""Rows in each table."""
VERSIONS = 20
"""Snapshots of the first brand."""

_CLAIM = Claim(owner="default", key="7", fingerprint="x", token=build.BRAND, claimed_at=NOW)

READS: dict[str, Do] = {
    "brands.get": lambda work: work.brands.get(build.BRAND),
    "brands.find_by_name": lambda work: work.brands.find_by_name("Marrowby 7"),
    "brands.page": lambda work: work.brands.page(after=build.brand_id(9), limit=20),
    "brands.onboarding": lambda work: work.brands.onboarding(build.BRAND),
    "sources.get": lambda work: work.sources.get(build.SOURCE),
    "sources.find": lambda work: work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "marrowby1"),
    "sources.of_brand": lambda work: work.sources.of_brand(build.BRAND),
    "collections.latest": lambda work: work.collections.latest([build.source_id(n) for n in range(1, 6)]),
    "collections.raw_items": lambda work: work.collections.raw_items(build.collection_run_id(1), limit=20),
    "evidence.get": lambda work: work.evidence.get(_evidence_id(1)),
    "evidence.batch": lambda work: work.evidence.batch([_evidence_id(n) for n in range(1, 30)]),
    "evidence.corpus": lambda work: work.evidence.corpus(build.BRAND, [(build.SOURCE, "marrowby1")], limit=99),
    "evidence.page": lambda work: _page(work, after=None),
    "evidence.page of a kind": lambda work: _page(work, platform=Platform.INSTAGRAM, content_type="post"),
    "evidence.page behind": lambda work: _page(work, after=_evidence_id(1)),
    "evidence.count": lambda work: work.evidence.count(build.BRAND),
    "overrides.get": lambda work: work.overrides.get(build.BRAND),
    "runs.get": lambda work: work.runs.get(build.BRAND, build.run_id(1)),
    "runs.page": lambda work: work.runs.page(build.BRAND, after=None, limit=20),
    "snapshots.head": lambda work: work.snapshots.head(build.BRAND),
    "snapshots.latest": lambda work: work.snapshots.latest(build.BRAND),
    "snapshots.get": lambda work: work.snapshots.get(build.BRAND, build.snapshot_id(1)),
    "snapshots.of_run": lambda work: work.snapshots.of_run(build.run_id(1)),
    "snapshots.history": lambda work: _history(work, before_version=None, offset=0),
    "snapshots.history behind": lambda work: _history(work, before_version=9, offset=0),
    "snapshots.history by page": lambda work: _history(work, before_version=None, offset=20),
    "snapshots.count": lambda work: work.snapshots.count(build.BRAND),
    "jobs.get": lambda work: work.jobs.get(build.job_id(1)),
    "jobs.of_run": lambda work: work.jobs.of_run(build.run_id(1)),
    "jobs.active": lambda work: work.jobs.active(build.BRAND),
    "jobs.page": lambda work: work.jobs.page(status=None, brand=None, after=None, limit=20),
    "jobs.page of a status": lambda work: work.jobs.page(status=JobStatus.FAILED, brand=None, after=None, limit=20),
    "jobs.page of a brand": lambda work: work.jobs.page(status=None, brand=build.BRAND, after=None, limit=20),
    "views.latest": lambda work: work.views.latest(build.BRAND),
    "views.latest, with the report": lambda work: work.views.latest(build.BRAND, report=True),
    "views.run": lambda work: work.views.run(build.BRAND, build.run_id(1)),
    "views.history": lambda work: work.views.history(build.BRAND, before_version=None, offset=0, limit=10),
    "views.runs": lambda work: work.views.runs(build.BRAND, after=None, offset=0, limit=10),
    "views.state": lambda work: work.views.state(build.BRAND),
    "keys.by_prefix": lambda work: work.keys.by_prefix("bb_0123456789ab"),
    "jobs.claimable": lambda work: work.jobs.claimable(limit=8),
    "jobs.stats": lambda work: work.jobs.stats(),
}

WRITES: dict[str, Do] = {
    "jobs.claim": lambda work: work.jobs.claim("w", limit=8, terms=TERMS),
    "jobs.claim_run": lambda work: work.jobs.claim_run(build.run_id(50), "w", terms=TERMS),
    "jobs.extend": lambda work: work.jobs.extend([_lease(n) for n in range(1, 9)], terms=TERMS),
    "jobs.progress": lambda work: work.jobs.progress(_lease(1), build.progress()),
    "jobs.complete": lambda work: work.jobs.complete(_lease(1), build.run_report()),
    "jobs.release_stale": lambda work: work.jobs.release_stale(limit=100, terms=TERMS),
    "jobs.release_worker": lambda work: work.jobs.release_worker("w"),
    "jobs.cancel": lambda work: work.jobs.cancel(build.run_id(50)),
    "jobs.prune": lambda work: work.jobs.prune(finished_before=NOW - timedelta(days=30), limit=100),
    "collections.prune_raw_items": lambda work: work.collections.prune_raw_items(
        started_before=NOW - timedelta(days=30), limit=100, after=build.collection_run_id(1)
    ),
    "idempotency.claim": lambda work: work.idempotency.claim(_CLAIM, stale_before=NOW, expired_before=NOW),
    "idempotency.prune": lambda work: work.idempotency.prune(expired_before=NOW - timedelta(days=1), limit=100),
    "overrides.get for update": lambda work: work.overrides.get(build.BRAND, for_update=True),
    "snapshots.append": lambda work: work.snapshots.append(_next_version()),
    "evidence.upsert": lambda work: work.evidence.upsert(build.BRAND, [build.sighting()], at=NOW),
}


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_postgres_scans_no_table(filled_postgres: SqlStore, filled_database: str, name: str) -> None:
    """Every statement's plan, with its real parameters, over some thousand rows in each table."""
    connection = await asyncpg.connect(filled_database)
    try:
        scanned = [
            f"{node['Relation Name']}: {statement}"
            for statement, parameters in await _statements(filled_postgres, name)
            for node in _nodes(await _plan(connection, statement, parameters))
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in tables.metadata.tables
        ]
    finally:
        await connection.close()

    assert [] == scanned


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_sqlite_scans_no_table(filled_sqlite: SqlStore, name: str) -> None:
    """As on PostgreSQL; a scan of an index in the order of the answer is what a page is."""
    statements = await _statements(filled_sqlite, name)
    scanned = []
    async with filled_sqlite.reading() as work:
        for statement, parameters in statements:
            if statement.lower().startswith(("select", "with", "update", "insert", "delete")):
                connection: Any = await work._work.connected()
                plan = connection.exec_driver_sql(f"explain query plan {statement}", parameters)
                scanned += [f"{row.detail}: {statement}" for row in plan if _is_scan(row.detail)]

    assert [] == scanned


@pytest.fixture(scope="module")
def filled_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an SQLite database with some thousand rows in each table."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    shutil.copy(sqlite_template, path)
    _apart(_fill(f"sqlite:///{path}"))
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def filled_database(make_database: Callable[..., str]) -> str:
    """The URL of a PostgreSQL database with some thousand rows in each table."""
    url = make_database()
    _apart(migrate.upgrade(url))
    _apart(_fill(url))
    return url


@pytest.fixture
async def filled_sqlite(filled_file: str) -> AsyncIterator[SqlStore]:
    """A store on SQLite with some thousand rows in each table."""
    store = await open_store(filled_file, migrate=False)
    yield store
    await store.close()


@pytest.fixture
async def filled_postgres(filled_database: str) -> AsyncIterator[SqlStore]:
    """A store on PostgreSQL with some thousand rows in each table."""
    store = await open_store(filled_database, migrate=False)
    yield store
    await store.close()


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run on a loop of its own, away from the loops of the tests."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(work)).result()


async def _fill(url: str) -> None:
    store = await open_store(url, migrate=False)
    try:
        async with store.transaction() as work:
            run = work._work.run
            numbers = range(1, SOME + 1)
            for table, row in _ROWS.items():
                await run(insert(table), [row(number) for number in numbers])
            await run(text("analyze"))
    finally:
        await store.close()


def _snapshot_row(number: int) -> dict[str, Any]:
    """Return a version: the first brand has twenty, every other one."""
    mine = number <= VERSIONS
    brand = build.BRAND if mine else build.brand_id(number)
    own = {"id": build.snapshot_id(number), "compile_run_id": build.run_id(number)}
    return snapshot_rows(build.stored_snapshot(number if mine else 1, brand_id=brand, **own))


def _job_row(number: int) -> dict[str, Any]:
    """Return a job: some wait, some run, most are over."""
    job = build.job(number, brand_id=build.brand_id(number), available_at=NOW)
    if number % 50 == 0:
        return job_rows(job)
    taken = claimed(job, worker="w", token=number, now=NOW)
    return job_rows(taken if number % 50 == 1 else completed(taken, now=NOW))


def _evidence_row(number: int) -> dict[str, Any]:
    """Return an item: of the first brand every tenth."""
    brand = build.BRAND if number % 10 == 1 else build.brand_id(number)
    item = build.normalised_item(number, external_id=f"post-{number}")
    source = build.source_id(number)
    return evidence_rows(first_seen(item, brand_id=brand, source_id=source, raw_ref=None, at=NOW))


def _source_row(number: int) -> dict[str, Any]:
    source = build.source(number, brand_id=build.brand_id(number))
    return {field.name: getattr(source, field.name) for field in attrs.fields(Source)} | {"settings": None}


def _collection_row(number: int) -> dict[str, Any]:
    run = build.collection_run(number, brand_id=build.brand_id(number), source_id=build.source_id(number))
    return {field.name: getattr(run, field.name) for field in attrs.fields(CollectionRun)} | {"input": "{}"}


def _of_brand(number: int, **columns: Any) -> dict[str, Any]:
    return {"brand_id": build.brand_id(number), "updated_at": NOW, **columns}


_ROWS: dict[Table, Callable[[int], dict[str, Any]]] = {
    tables.brands: lambda n: {"id": build.brand_id(n), "name": f"Marrowby {n}", "created_at": NOW},
    tables.onboardings: lambda n: _of_brand(n, tier=0, answers="{}"),
    tables.overrides: lambda n: _of_brand(n, values="{}", pinned_paths="[]", pinned_values="{}", kept_items="{}"),
    tables.sources: _source_row,
    tables.collection_runs: _collection_row,
    tables.raw_items: lambda n: {
        "id": build.raw_item_id(n),
        "run_id": build.collection_run_id(n),
        "position": 0,
        "shape": "x",
        "payload": "{}",
    },
    tables.evidence: _evidence_row,
    tables.evidence_sightings: lambda n: {
        "source_id": build.source_id(n),
        "identifier": f"marrowby{n}",
        "evidence_id": _evidence_row(n)["id"],
    },
    tables.compile_runs: lambda n: run_rows(build.compile_run(n, brand_id=build.brand_id(n))),
    tables.snapshots: _snapshot_row,
    tables.jobs: _job_row,
    tables.api_keys: lambda n: {
        "id": build.brand_id(n),
        "tenant": "default",
        "name": "x",
        "prefix": f"bb_{n:012}",
        "digest": "0" * 64,
        "scopes": "[]",
        "created_at": NOW,
    },
    tables.idempotency: lambda n: {
        "owner": "default",
        "key": str(n),
        "fingerprint": "x",
        "token": build.brand_id(n),
        "claimed_at": NOW,
    },
}


async def _statements(store: SqlStore, name: str) -> list[tuple[str, Any]]:
    """Return what a method sends to the database, with the parameters; what it did is undone."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        sent.append((statement, parameters[0] if many else parameters))

    writes = name in WRITES
    engine = store._writing.sync_engine if writes else getattr(store._reading, "sync_engine", store._reading)
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with store.transaction() if writes else store.reading() as work:
            await (WRITES if writes else READS)[name](work)
            if writes:
                raise _Undo
    except _Undo:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sent
    return sent


class _Undo(Exception):
    """Leave everything as it was."""


async def _plan(connection: Any, statement: str, parameters: Any) -> Any:
    if not statement.lower().startswith(("select", "with", "update", "insert", "delete")):
        return {}
    return json.loads(await connection.fetchval(f"explain (format json) {statement}", *parameters))[0]["Plan"]


def _nodes(plan: Any) -> list[Any]:
    below = [node for child in plan.get("Plans", ()) for node in _nodes(child)]
    return [plan, *below] if "Node Type" in plan else below


def _is_scan(detail: str) -> bool:
    """Tell whether a step reads a whole table of ours without an index."""
    return detail.startswith("SCAN ") and "USING" not in detail and detail.split()[1] in _TABLES


_TABLES = frozenset({*tables.metadata.tables, "other", "stored", "newer"} - {"lease_tokens"})


def _page(work: SqlUnitOfWork, **filters: Any) -> Awaitable[object]:
    wanted = {"platform": None, "content_type": None, "after": None, **filters}
    return work.evidence.page(build.BRAND, limit=20, **wanted)


def _history(work: SqlUnitOfWork, **where: Any) -> Awaitable[object]:
    return work.snapshots.history(build.BRAND, limit=10, **where)


def _evidence_id(number: int) -> EvidenceId:
    return EvidenceId(_evidence_row(number)["id"])


def _lease(number: int) -> Lease:
    return build.lease(number, token=number)


def _next_version() -> StoredSnapshot:
    return build.stored_snapshot(VERSIONS + 1, id=build.snapshot_id(SOME + 1), origin=Origin.OVERRIDE)
