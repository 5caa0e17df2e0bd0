"""What was committed so far, and whether what is committed now may follow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.policies.hashing import input_hash
from brandbrain_core.ports import Store, UnitOfWork
from brandbrain_core.testing.simulation.calls import Transaction, Wanted
from brandbrain_core.testing.simulation.invariants import require
from brandbrain_core.testing.simulation.steps import ENDED, Row, check_gone, check_new, check_step

EVERYTHING = 10_000
UNDER_A_FENCE = frozenset({("evidence", "upsert"), ("collections", "add"), ("collections", "update")})


@attrs.define
class BrandBook:
    """
    What is known of one brand.

    Attributes:
        rows: Jobs with their runs, in the order of their making.
        snapshots: All versions, oldest first.
        published: How many of them each run has published.
        wanted: What the newest kick-off asked for.
    """

    rows: dict[JobId, Row] = attrs.field(factory=dict)
    snapshots: list[StoredSnapshot] = attrs.field(factory=list)
    published: Counter[RunId | None] = attrs.field(factory=Counter)
    wanted: Wanted | None = None


class Ledger:
    """Rows of some brands, as they were committed last."""

    def __init__(self, store: Store, brands: Sequence[BrandId]) -> None:
        self.books = {brand: BrandBook() for brand in brands}
        self._store = store
        self._last_token = 0
        self._brand_of: dict[JobId, BrandId] = {}

    def jobs(self) -> list[Job]:
        """Return all jobs, by brand and in the order of their making."""
        return [job for book in self.books.values() for job, _ in book.rows.values()]

    def active(self) -> list[Job]:
        """Return those that wait or run."""
        return [job for book in self.books.values() for job, _ in book.rows.values() if job.status not in ENDED]

    async def commit(self, transaction: Transaction) -> None:
        """
        Take note of what a transaction has committed just now.

        Raises:
            InvariantBroken: It must not have.
        """
        for lease in transaction.claims:
            require(lease.token > self._last_token, 2, f"token {lease.token} was given after {self._last_token}")
            self._last_token = lease.token
        self._check_fence(transaction)
        names = {call.name for call in transaction.calls}
        brands = self._brands_of(transaction, names)
        if brands:
            async with self._store.reading() as work:
                for brand in brands:
                    await self._take_over(work, brand, transaction, names)

    async def audit(self) -> None:
        """
        Read everything, and compare it with what was committed.

        Raises:
            InvariantBroken: Something changed that no transaction told of.
        """
        async with self._store.reading() as work:
            for brand, book in self.books.items():
                rows = await _read_rows(work, brand)
                require(rows == book.rows, 11, "a row changed that no call was about")
                entries = await work.snapshots.history(brand, before_version=None, offset=0, limit=EVERYTHING)
                stored = [await work.snapshots.get(brand, entry.id) for entry in reversed(entries)]
                require(_kept(stored) == _kept(book.snapshots), 6, "a version changed")
                await self._check_brand(work, brand, book)
                await _check_edits(work, brand, book)

    def _brands_of(self, transaction: Transaction, names: set[str]) -> list[BrandId]:
        if "prune" in names:
            return list(self.books)
        swept = {self._brand_of[job]: None for job in transaction.causes if job in self._brand_of}
        asked = {} if transaction.asked is None else {transaction.asked: None}
        return [brand for brand in transaction.brands | asked | swept if brand in self.books]

    async def _take_over(self, work: UnitOfWork, brand: BrandId, transaction: Transaction, names: set[str]) -> None:
        book = self.books[brand]
        rows = await _read_rows(work, brand)
        for job, before in book.rows.items():
            if job not in rows:
                check_gone(before, names)
                head = book.snapshots[-1].compile_run_id if book.snapshots else None
                require(before[1].id != head, 11, "the run of the newest version was pruned")
        for job, after in rows.items():
            known = book.rows.get(job)
            if known is None:
                check_new(after)
                self._brand_of[job] = brand
            elif known[0] is not after[0] or known[1] is not after[1]:
                causes = transaction.causes.get(job, ())
                if known != after:
                    check_step(known, after, causes)
        book.rows = rows
        await self._take_over_snapshots(work, brand, book)
        if brand == transaction.asked and transaction.wanted is not None:
            book.wanted = transaction.wanted
            _check_up_to_date(book)
        await self._check_brand(work, brand, book)
        if not names.isdisjoint({"append", "save"}):
            await _check_edits(work, brand, book)

    async def _take_over_snapshots(self, work: UnitOfWork, brand: BrandId, book: BrandBook) -> None:
        count, known = await work.snapshots.count(brand), len(book.snapshots)
        require(count - known in (0, 1), 6, f"{count} versions after {known}")
        if count == known:
            return
        newest = await work.snapshots.latest(brand)
        require(newest.version == count, 6, f"version {newest.version} is the newest of {count}")
        if book.snapshots:
            require(book.snapshots[-1].inputs_at <= newest.inputs_at, 6, "the inputs of the newest version are older")
        book.snapshots.append(newest)
        if newest.origin is Origin.COMPILE:
            book.published[newest.compile_run_id] += 1

    async def _check_brand(self, work: UnitOfWork, brand: BrandId, book: BrandBook) -> None:
        statuses = [job.status for job, _ in book.rows.values()]
        for status in (JobStatus.PENDING, JobStatus.RUNNING):
            count = statuses.count(status)
            require(count <= 1, 1, f"{count} jobs of a brand are {status}")
        for job, run in book.rows.values():
            count = book.published[run.id]
            require(count == (job.status is JobStatus.SUCCEEDED), 5, f"{count} snapshots of a {job.status} run")
        if book.snapshots:
            head = await work.snapshots.head(brand)
            require(head is not None and head.id == book.snapshots[-1].id, 6, "the head is not the newest version")
        _check_wanted(book)

    def _check_fence(self, transaction: Transaction) -> None:
        for call in transaction.calls:
            is_publication = call.name == "append" and call.args[0].origin is Origin.COMPILE
            if is_publication or (call.repository, call.name) in UNDER_A_FENCE:
                require(transaction.is_fenced, 3, f"{call.repository}.{call.name} was committed without a fence")


def _check_wanted(book: BrandBook) -> None:
    """Check what became of the newest kick-off; a person may retry what is older than something, and gives way then."""
    wanted = book.wanted
    row = None if wanted is None or wanted.job is None else book.rows.get(wanted.job)
    if row is None or wanted is None:
        return
    job, run = row
    require(wanted.answers in (None, run.inputs.answers), 9, "newer inputs were dropped")
    require(job.force_refresh >= wanted.force, 9, "a forced kick-off is not forced")
    if job.status is JobStatus.FAILED and wanted.answers is not None:
        superseded = (job.last_error or "").startswith("Superseded")
        require(not superseded, 9, f"the newest kick-off gave way to an older one: {job.last_error}")


def _check_up_to_date(book: BrandBook) -> None:
    """Check that a kick-off that was told that nothing would change was told so rightly."""
    if book.wanted is None or book.wanted.job is not None:
        return
    require(book.snapshots, 9, "nothing is compiled, and a kick-off was told that it is up to date")
    frozen = [run.inputs.answers for _, run in book.rows.values() if run.id == book.snapshots[-1].compile_run_id]
    require(frozen in ([], [book.wanted.answers]), 9, "a kick-off was told that other answers are up to date")


async def _check_edits(work: UnitOfWork, brand: BrandId, book: BrandBook) -> None:
    if not book.snapshots:
        return
    head, overrides = book.snapshots[-1], await work.overrides.get(brand)
    expected = input_hash(head.inputs_hash, overrides)
    require(head.input_hash == expected, 6, "the head rests on other overrides than those that are stored")


async def _read_rows(work: UnitOfWork, brand: BrandId) -> dict[JobId, Row]:
    jobs = await work.jobs.page(status=None, brand=brand, after=None, limit=EVERYTHING)
    runs = {run.id: run for run in await work.runs.page(brand, after=None, limit=EVERYTHING)}
    require(runs.keys() == {job.compile_run_id for job in jobs}, 4, "a run without a job, or a job without a run")
    return {job.id: (job, runs[job.compile_run_id]) for job in reversed(jobs)}


def _kept(snapshots: Sequence[StoredSnapshot]) -> list[StoredSnapshot]:
    """Return them without what pruning takes away."""
    return [attrs.evolve(snapshot, compile_run_id=None) for snapshot in snapshots]
