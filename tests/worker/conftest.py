"""A lab for workers: a real database, brands with jobs, work that does as it is told."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.ids import SnapshotId, TenantId
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.job import Job, Lease, LeaseTerms
from brandbrain_core.model.run import CompileRun
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, Store, UnitOfWork, WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, migrate, open_store
from brandbrain_worker import Outcome, Work, Worker, WorkerOptions

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = LeaseTerms(
    heartbeat=timedelta(milliseconds=100),
    stale_after=timedelta(seconds=60),
    deadline=timedelta(seconds=120),
    backoff_base=timedelta(microseconds=1),
)


@attrs.frozen(kw_only=True)
class Silent:
    """A synthesizer that is never asked."""

    id: str = "silent"
    model: str | None = None
    prompt_version: str = "1"

    async def draft(self, brief: Brief) -> Draft:  # noqa: ARG002
        """Fail: nothing may ask."""
        raise AssertionError("the work of these tests synthesises nothing")


async def publish(tools: Tools) -> Ended:
    """Do the least that a compile does: publish a snapshot and end the job, in one fenced transaction."""
    tools.finishing()
    return await tools.end(lambda work: published(work, tools.lease))


async def published(work: UnitOfWork, lease: Lease) -> Ended:
    """Write what `publish` writes."""
    if await work.snapshots.of_run(lease.compile_run_id) is None:
        await work.jobs.fence(lease)
        head = await work.snapshots.head(lease.brand_id)
        snapshot = build.stored_snapshot(
            1 if head is None else head.version + 1,
            id=SnapshotId(SystemIds().new()),
            brand_id=lease.brand_id,
            compile_run_id=lease.compile_run_id,
        )
        await work.snapshots.append(snapshot)
    return await work.jobs.complete(lease, build.run_report())


class Between:
    """
    A store that lets a test step in: *before* each transaction, and *after* each commit.

    Either may raise, as a database that is away would, before or after it has committed.
    """

    def __init__(
        self, store: Store, *, before: Callable[[], object] = lambda: None, after: Callable[[], object] = lambda: None
    ) -> None:
        self._store = store
        self._before = before
        self._after = after

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[UnitOfWork]:
        """Begin one, unless *before* raises."""
        self._before()
        async with self._store.transaction() as work:
            yield work
        self._after()

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin one, for a single call."""
        return self.transaction()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Begin one."""
        async with self._store.reading() as work:
            yield work

    def scoped(self, tenant: TenantId) -> Between:
        """Return the other store as *tenant* sees it, stepped into as this one."""
        return Between(self._store.scoped(tenant), before=self._before, after=self._after)

    async def check(self) -> None:
        """Check the other store."""
        await self._store.check()

    async def close(self) -> None:
        """Close the other store."""
        await self._store.close()


@attrs.define
class Idling:
    """Wake-ups that tell when a worker waits for one, and pass it on from *others* or never wake it."""

    others: WakeUps | None = None
    waits: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def wait(self, seconds: float) -> bool:
        """Wait as the others do."""
        self.waits.set()
        if self.others is None:
            await asyncio.Event().wait()
            return False
        return bool(await self.others.wait(seconds))

    async def close(self) -> None:
        """Close the others."""
        if self.others is not None:
            await self.others.close()


@attrs.frozen(kw_only=True)
class Lab:
    """A database, and short ways to put jobs into it, make workers for it, and see what became of the jobs."""

    url: str
    deps: Deps

    @property
    def store(self) -> Store:
        """The store."""
        return self.deps.store

    def with_terms(self, **changes: Any) -> Lab:
        """Return a lab whose leases have other terms."""
        terms = attrs.evolve(QUICK, **changes)
        return attrs.evolve(self, deps=attrs.evolve(self.deps, plan=attrs.evolve(self.deps.plan, terms=terms)))

    async def enqueue(self, *numbers: int, **changes: Any) -> None:
        """Enqueue jobs, each of a brand of its own with the same number."""
        async with self.store.transaction() as work:
            for number in numbers:
                brand_id = build.brand_id(number)
                await work.brands.add(build.brand(number))
                job = build.job(number, brand_id=brand_id, **{"available_at": LONG_AGO, **changes})
                await work.jobs.add(build.compile_run(number, brand_id=brand_id), job)

    def worker(
        self,
        work: Work = publish,
        *,
        store: Store | None = None,
        name: str = "loft-00000001",
        wake_ups: WakeUps | None = None,
        **options: Any,
    ) -> Worker:
        """Return a worker, quick unless *options* say otherwise."""
        deps = self.deps if store is None else attrs.evolve(self.deps, store=store)
        quick = {"poll_interval": timedelta(milliseconds=20), "stale_check_interval": timedelta(milliseconds=100)}
        return Worker(
            deps,
            name=name,
            options=WorkerOptions(**{**quick, **options}),
            open_store=self.opened,
            wake_ups=wake_ups,
            work=work,
        )

    @staticmethod
    async def done(worker: Worker) -> Outcome:
        """Run a worker to its end, which must come."""
        return await asyncio.wait_for(worker.run(), 30)

    async def opened(self) -> SqlStore:
        """Open another store on the database."""
        return await open_store(self.url, migrate=False)

    async def claim(self, worker: str = "other-00000002", limit: int = 1) -> tuple[Lease, ...]:
        """Claim as another worker does."""
        async with self.store.transaction() as work:
            return await work.jobs.claim(worker, limit=limit, terms=QUICK)

    async def job(self, number: int) -> Job:
        """Return a job as it is stored."""
        async with self.store.reading() as work:
            return await work.jobs.get(build.job_id(number))

    async def run(self, number: int) -> CompileRun:
        """Return a run as it is stored."""
        async with self.store.reading() as work:
            return await work.runs.get(build.brand_id(number), build.run_id(number))

    async def snapshots(self, number: int) -> int:
        """Count a brand's snapshots."""
        async with self.store.reading() as work:
            return await work.snapshots.count(build.brand_id(number))

    async def ended(self, number: int) -> tuple[str, str, int, int, str | None]:
        """Return job's and run's status, attempts, how many snapshots there are, and the error."""
        job, run = await self.job(number), await self.run(number)
        return job.status, run.status, job.attempts, await self.snapshots(number), run.error


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our schema and nothing in it."""
    path = tmp_path_factory.mktemp("worker") / "empty.db"
    _apart(migrate.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_server(make_database: Callable[..., str]) -> str:
    """The URL of a PostgreSQL database with our schema and nothing in it."""
    url = make_database()
    _apart(migrate.upgrade(url))
    return url


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of an SQLite database with our schema."""
    shutil.copy(migrated_file, tmp_path / "brands.db")
    return f"sqlite:///{tmp_path / 'brands.db'}"


@pytest.fixture
def postgres_url_with_schema(make_database: Callable[..., str], migrated_server: str) -> str:
    """The URL of a PostgreSQL database with our schema."""
    return make_database(migrated_server)


@pytest.fixture(params=["sqlite_url", "postgres_url_with_schema"], ids=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with our schema, of each kind."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
async def lab(database_url: str) -> AsyncIterator[Lab]:
    """A lab on each kind of database."""
    async for made in _lab(database_url):
        yield made


@pytest.fixture
async def sqlite_lab(sqlite_url: str) -> AsyncIterator[Lab]:
    """A lab on SQLite, for what does not depend on the database."""
    async for made in _lab(sqlite_url):
        yield made


@pytest.fixture
async def postgres_lab(postgres_url_with_schema: str) -> AsyncIterator[Lab]:
    """A lab on PostgreSQL, for what only it does."""
    async for made in _lab(postgres_url_with_schema):
        yield made


async def _lab(url: str) -> AsyncIterator[Lab]:
    store = await open_store(url, migrate=False)
    plan = Plan(synthesizers=(Silent(),), terms=QUICK)
    yield Lab(url=url, deps=Deps(store=store, clock=SystemClock(), ids=SystemIds(), plan=plan))
    await store.close()


def _apart(act: Awaitable[None]) -> None:
    """Run on a loop of its own, away from the loops of the tests."""

    async def run() -> None:
        await act

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(run())).result()
