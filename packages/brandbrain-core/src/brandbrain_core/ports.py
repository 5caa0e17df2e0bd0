"""
What core needs from the outside: clock, ids, store, collectors, normalisers, synthesizers.

A port promises behaviour, not just signatures; adapters need not inherit from it. The contract suites in
`brandbrain_core.testing` tell the author of an adapter whether it keeps the promises.

Nothing commits on its own: a `Store` gives a transaction, the repositories hang off it, and what was written in it becomes visible
together or not at all. Any method may raise `Unavailable` when the database cannot be reached; then nothing was written and calling
again is safe, except that a commit whose answer was lost may have happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, EvidenceId, JobId, RunId, SnapshotId, SourceId
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.collection import CollectionRun, RawItem
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, Progress
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import HistoryEntry, SnapshotHead, StoredSnapshot


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this moment: aware, UTC."""


class Ids(Protocol):
    """Makes ids."""

    def new(self) -> UUID:
        """Return an id that was never given before; later ones sort after earlier ones, to the millisecond."""


# --- the store -------------------------------------------------------------------------------------------------------


class BrandRepository(Protocol):
    """Brands, and what each answered."""

    async def add(self, brand: Brand) -> None:
        """Store a new brand."""

    async def get(self, brand: BrandId) -> Brand:
        """Return the brand; raise `BrandNotFound` if there is none or it was deleted."""

    async def find_by_name(self, name: str) -> Brand | None:
        """Return the oldest brand of exactly this name, or None."""

    async def page(self, *, after: BrandId | None, limit: int) -> tuple[Brand, ...]:
        """Return up to *limit* brands, newest first (by id), beginning behind *after*."""

    async def update(self, brand: Brand) -> None:
        """Replace name and website; raise `BrandNotFound`."""

    async def delete(self, brand: BrandId, *, at: datetime) -> None:
        """Make the brand not exist any more, for every reader and every kick-off; raise `BrandNotFound`."""

    async def onboarding(self, brand: BrandId) -> Onboarding:
        """Return the saved answers, or tier 0 without answers; raise `BrandNotFound`."""

    async def save_onboarding(self, onboarding: Onboarding) -> None:
        """Replace all answers of the brand."""


class SourceRepository(Protocol):
    """The sources of brands."""

    async def add(self, source: Source) -> None:
        """Store a new source; raise `SourceExists` if brand, platform, capability and identifier are taken."""

    async def get(self, source: SourceId) -> Source:
        """Return the source; raise `SourceNotFound`, also when its brand was deleted."""

    async def find(self, brand: BrandId, platform: Platform, capability: Capability, identifier: str) -> Source | None:
        """Return the source of this identity, or None."""

    async def of_brand(self, brand: BrandId) -> tuple[Source, ...]:
        """Return all sources of the brand, newest first (created_at, then id, descending)."""

    async def update(self, source: Source) -> None:
        """Replace identifier, is_enabled, settings, updated_at; raise `SourceNotFound`, or `SourceExists`."""

    async def delete(self, source: SourceId) -> None:
        """Delete the source, its collection runs and raw items; its evidence loses this sighting. Raise `SourceNotFound`."""


class CollectionRepository(Protocol):
    """Collection runs and the raw items they brought."""

    async def add(self, run: CollectionRun) -> None:
        """Store a new collection run."""

    async def update(self, run: CollectionRun) -> None:
        """Replace everything that can change of a run: all but id, brand, source, collector, input and start."""

    async def add_raw_items(self, items: Sequence[RawItem]) -> None:
        """Store raw items, in one batch."""

    async def raw_items(self, run: CollectionRunId, *, limit: int) -> tuple[RawItem, ...]:
        """Return up to *limit* raw items of a run, by index."""

    async def latest(self, sources: Sequence[SourceId]) -> Mapping[SourceId, tuple[CollectionRun, ...]]:
        """
        Return, for each source that has any, at most three of its runs, newest first: the newest of all, the newest that
        succeeded, and the newest that is still running (so that it can be resumed). One query, whatever the number of sources.
        """


@attrs.frozen(kw_only=True)
class Sighting:
    """A normalised item with where it was seen: under which source, with which identifier, in which raw item."""

    item: NormalisedItem
    source_id: SourceId
    identifier: str
    raw_ref: RawRef | None


@attrs.frozen(kw_only=True)
class UpsertCounts:
    """What an upsert did; the three add up to the number of distinct items."""

    created: int
    updated: int
    unchanged: int


class EvidenceRepository(Protocol):
    """The evidence items of brands."""

    async def upsert(self, brand: BrandId, sightings: Sequence[Sighting], *, at: datetime) -> UpsertCounts:
        """
        Store items by (brand, platform, identity), merging each into what is stored as
        `brandbrain_core.policies.evidence_merge.merge` does. Items that occur twice are merged in order.
        An item that the merge leaves as it was keeps its `updated_at`.
        """

    async def get(self, evidence: EvidenceId) -> EvidenceItem:
        """Return the item; raise `EvidenceNotFound`, also when its brand was deleted."""

    async def batch(self, ids: Sequence[EvidenceId]) -> tuple[EvidenceItem, ...]:
        """Return the items in the order asked, unknown ids left out. One query."""

    async def corpus(
        self, brand: BrandId, sources: Sequence[tuple[SourceId, str]], *, limit: int
    ) -> tuple[EvidenceItem, ...]:
        """
        Return up to *limit* items that were seen under any of these (source, identifier) pairs, newest first: by `published_at`
        descending with unknown last, then by identity.
        """

    async def page(
        self,
        brand: BrandId,
        *,
        platform: Platform | None,
        content_type: str | None,
        after: EvidenceId | None,
        limit: int,
    ) -> tuple[EvidenceItem, ...]:
        """Return up to *limit* items of the brand in the corpus's order, beginning behind *after*."""

    async def count(self, brand: BrandId) -> int:
        """Return the number of items of the brand."""


class OverridesRepository(Protocol):
    """Overrides and pins, one record for a brand."""

    async def get(self, brand: BrandId, *, for_update: bool = False) -> Overrides:
        """
        Return the record, or an empty one; raise `BrandNotFound`.

        With *for_update*, other transactions that ask so wait until this one has ended (also where there is no record yet).
        """

    async def save(self, overrides: Overrides) -> None:
        """Replace the record."""


class RunRepository(Protocol):
    """Compile runs. What changes together with a job is written by the `JobRepository`."""

    async def get(self, brand: BrandId, run: RunId) -> CompileRun:
        """Return the run; raise `RunNotFound`, also when it is another brand's."""

    async def page(self, brand: BrandId, *, after: RunId | None, limit: int) -> tuple[CompileRun, ...]:
        """Return up to *limit* runs of the brand, newest first (by id), beginning behind *after*."""


class SnapshotRepository(Protocol):
    """Every version of every brand; versions are appended, never rewritten."""

    async def head(self, brand: BrandId) -> SnapshotHead | None:
        """Return what must be known of the newest version, without its document; None: there is none."""

    async def latest(self, brand: BrandId) -> StoredSnapshot:
        """Return the newest version; raise `SnapshotNotFound` if there is none."""

    async def get(self, brand: BrandId, snapshot: SnapshotId) -> StoredSnapshot:
        """Return one version; raise `SnapshotNotFound`, also when it is another brand's."""

    async def of_run(self, run: RunId) -> StoredSnapshot | None:
        """Return the version that a compile run published (origin ``compile``), or None."""

    async def append(self, snapshot: StoredSnapshot) -> None:
        """Store a new version; raise `Conflict` unless its version follows the newest one's and its inputs are not older."""

    async def history(self, brand: BrandId, *, before_version: int | None, offset: int, limit: int) -> tuple[HistoryEntry, ...]:
        """Return up to *limit* entries, newest first, of versions below *before_version*, after skipping *offset*."""

    async def count(self, brand: BrandId) -> int:
        """Return the number of versions of the brand."""


@attrs.frozen(kw_only=True)
class Beat:
    """
    What a sign of life brought.

    Attributes:
        lost: The lease is not this worker's any more: stop at once.
        cancel: Cancellation was requested or the deadline has passed; the lease was not extended: stop.
    """

    job_id: JobId
    lost: bool = False
    cancel: bool = False


@attrs.frozen(kw_only=True)
class Ended:
    """
    How an attempt ended.

    Attributes:
        status: The job's, after it: PENDING where another attempt follows.
        available_at: When the next attempt may be claimed; None: there is none.
        repeated: This very call had already been carried out before (its answer was lost); nothing was changed.
    """

    job_id: JobId
    status: JobStatus
    available_at: datetime | None = None
    repeated: bool = False


@attrs.frozen(kw_only=True)
class Released:
    """A lease that was taken away: who held it, since when, and what the job became."""

    job_id: JobId
    compile_run_id: RunId
    worker: str
    locked_at: datetime
    token: int
    attempts: int
    status: JobStatus


class JobRepository(Protocol):
    """
    Jobs and their runs: they are created, retried and ended together.

    Every method is one conditional statement or a few in the surrounding transaction. *now* is the moment to decide by; None lets the
    store tell it (PostgreSQL its own clock, inside the statement). Methods that take a *lease* or token are fenced: they raise `LeaseLost`
    and change no row unless the job is running with exactly that token.
    """

    async def add(self, run: CompileRun, job: Job) -> None:
        """Store a PENDING run and its pending job; raise `Conflict` if the brand has a pending job already."""

    async def get(self, job: JobId) -> Job:
        """Return the job; raise `JobNotFound`."""

    async def of_run(self, run: RunId) -> Job:
        """Return the job of a run; raise `RunNotFound`."""

    async def active(self, brand: BrandId) -> tuple[Job, ...]:
        """Return the brand's running and pending jobs (at most one of each), locked against change until the transaction ends."""

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """
        Give a pending job newer inputs: those of *run* (whose id stays the stored one's), a new budget of attempts, no backoff. *force*
        makes it forced, never unforced.
        """

    async def page(
        self, *, status: JobStatus | None, brand: BrandId | None, after: JobId | None, limit: int
    ) -> tuple[Job, ...]:
        """Return up to *limit* jobs, newest first (by id), beginning behind *after*."""

    async def claimable(self, *, limit: int, now: datetime | None = None) -> tuple[Job, ...]:
        """Return what `claim` would take, and change nothing."""

    async def claim(self, worker: str, *, limit: int, terms: LeaseTerms, now: datetime | None = None) -> tuple[Lease, ...]:
        """
        Take the first *limit* ready jobs by (available_at, created_at, id): pending, available, no running job of the brand. Rows that others
        have locked are skipped. The runs become RUNNING.
        """

    async def claim_run(self, run: RunId, worker: str, *, terms: LeaseTerms, now: datetime | None = None) -> Lease | None:
        """Take the job of this run, if it is ready as for `claim`; else None."""

    async def fence(self, lease: Lease) -> None:
        """Lock the job's row until the transaction ends; raise `LeaseLost` unless the lease holds. Call it before any write."""

    async def extend(
        self, leases: Sequence[Lease], *, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Beat, ...]:
        """Give a sign of life for all of these leases, in one statement."""

    async def progress(self, lease: Lease, progress: Progress) -> None:
        """Write how far the run is."""

    async def complete(self, lease: Lease, report: RunReport, *, now: datetime | None = None) -> Ended:
        """
        End job and run as succeeded. In the same transaction, before it: `fence`, then the snapshot. A repeated call says so
        (`Ended.repeated`) and changes nothing.
        """

    async def fail(
        self,
        lease: Lease,
        error: str,
        *,
        retry: bool,
        report: RunReport | None,
        terms: LeaseTerms,
        now: datetime | None = None,
    ) -> Ended:
        """
        End the attempt. With attempts left and *retry*, and no newer kick-off of the brand waiting, the job waits again after its backoff and the
        run is PENDING; else both have failed. *error* is sanitised here.
        """

    async def hand_back(self, lease: Lease, *, delay: timedelta = timedelta(0), now: datetime | None = None) -> Ended:
        """Return the job unfinished: pending, available after *delay*, the attempt given back."""

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Take away up to *limit* leases without a sign of life, or past their deadline. Rows that others have locked are skipped."""

    async def release_worker(self, worker: str, *, now: datetime | None = None) -> tuple[Released, ...]:
        """Take away every lease of one worker that is known to be dead; as for `release_stale`."""

    async def cancel(self, run: RunId, *, now: datetime | None = None) -> Job:
        """
        Cancel: a pending job fails at once with ``Cancelled``, a running one is told with its next sign of life. Raise `RunNotFound`, or
        `RunFinished`.
        """

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """Make a failed job pending again with no attempts used; raise `JobNotFound`, or `RetryRefused` with the reason."""

    async def prune(self, *, finished_before: datetime, limit: int) -> int:
        """Delete up to *limit* ended jobs and runs that ended before; a brand's newest snapshot's run stays. Return how many."""


class UnitOfWork(Protocol):
    """One transaction's repositories."""

    @property
    def brands(self) -> BrandRepository: ...
    @property
    def sources(self) -> SourceRepository: ...
    @property
    def collections(self) -> CollectionRepository: ...
    @property
    def evidence(self) -> EvidenceRepository: ...
    @property
    def overrides(self) -> OverridesRepository: ...
    @property
    def runs(self) -> RunRepository: ...
    @property
    def snapshots(self) -> SnapshotRepository: ...
    @property
    def jobs(self) -> JobRepository: ...


class Store(Protocol):
    """Gives transactions."""

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """
        Begin a transaction that may write: committed when the block ends, undone when it raises.

        On SQLite writers wait for each other; on PostgreSQL rows are locked as the methods say.
        """

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a cheaper one that only reads; writing in it is an error."""

    async def close(self) -> None:
        """Let go of connections; calling again does nothing."""


# --- sources -----------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class CollectRequest:
    """
    What a collector is asked for.

    Attributes:
        cap: At most so many items, 1 or more.
        deadline: Aware, UTC; after it the pipeline gives up waiting.
        resume: The external run to go on with, where an earlier attempt had started one.
    """

    platform: Platform
    capability: Capability
    identifier: str
    settings: JsonObject
    cap: int
    deadline: datetime
    resume: str | None = None


@attrs.frozen(kw_only=True)
class CollectedItem:
    """One item as it came; *shape* names the normaliser that understands it."""

    shape: str
    payload: JsonObject


@attrs.frozen(kw_only=True)
class Collected:
    """
    What a collection brought.

    Attributes:
        items: At most the cap of the request.
        problems: What went wrong on the way without failing the source: bad rows with their line, pages that answered 404 ...
    """

    items: tuple[CollectedItem, ...]
    problems: tuple[str, ...] = ()
    dataset_id: str | None = None


class ExternalRuns(Protocol):
    """Lets a collector note the provider's run before it waits for it, so that a retry resumes it."""

    async def started(self, external_run_id: str) -> None:
        """Note that the provider started this run; when this returns, it is stored."""


class Collector(Protocol):
    """Collects one source. It reads settings, and the network or files; it writes nothing."""

    @property
    def name(self) -> str:
        """A stable name, e.g. ``web``."""

    @property
    def version(self) -> str:
        """Part of the fingerprint: a new version collects anew."""

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether this collector can collect such a source as it is configured."""

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return what the collection depends on; it is fingerprinted and stored. Has no secret, no time, no deadline in it."""

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Collect; raise `SourceFailed`, or anything: it is this source's failure and no other's."""


class Normaliser(Protocol):
    """Makes evidence of the raw items of one shape."""

    def __call__(self, payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
        """Return the item; raise `ItemRejected` with a reason only where there is neither identity nor any text. Pure."""


@attrs.frozen(kw_only=True)
class NormaliseContext:
    """The source that a raw item came from; *start_urls* are the pages a crawl began with."""

    platform: Platform
    capability: Capability
    identifier: str
    start_urls: tuple[str, ...] = ()


# --- synthesis -----------------------------------------------------------------------------------------------------------


class Synthesizer(Protocol):
    """Infers what answers do not say."""

    @property
    def id(self) -> str:
        """A stable id, e.g. ``rules``."""

    @property
    def model(self) -> str | None:
        """The model it will call; None: none."""

    @property
    def prompt_version(self) -> str:
        """Of its prompts or rules; part of the input hash."""

    async def draft(self, brief: Brief) -> Draft:
        """Return a draft; raise `SynthesisFailed`, then the next synthesizer in order stands in."""
