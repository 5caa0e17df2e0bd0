"""The repositories of what a brand is: each promises behaviour; all belong to the surrounding transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, EvidenceId, RunId, SnapshotId, SourceId
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.collection import CollectionRun, RawItem
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.source import Source
from brandbrain_core.model.stored_snapshot import HistoryEntry, SnapshotHead, StoredSnapshot
from brandbrain_core.ports.pruning import Pruned


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
        """
        Make the brand not exist any more, for every reader and every kick-off; raise `BrandNotFound`.

        Whatever is asked of it afterwards by its id, or of its sources, runs, snapshots and evidence, finds nothing.
        Its jobs are ended by whoever deletes it, with `JobRepository.cancel`.
        """

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
        """
        Delete the source, its collection runs and raw items; its evidence loses this sighting. Raise `SourceNotFound`.
        """


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
        Return, for each source that has any, at most three of its runs, newest first: the newest of all, the newest
        that succeeded, and the newest that is still running (so that it can be resumed). One query, whatever the
        number of sources.
        """

    async def prune_raw_items(
        self, *, started_before: datetime, limit: int, after: CollectionRunId | None = None
    ) -> Pruned[CollectionRunId]:
        """
        Of the next *limit* collection runs that began before, by id and behind *after*, delete the raw items of those
        that a newer run of the same source, one that succeeded, has replaced. Evidence keeps its references to what is
        gone.
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
        Store items by (brand, platform, identity), merged into what is stored.

        The rules are those of `brandbrain_core.policies.evidence_merge`: `first_seen` of each sighting, `fold` of the
        batch (so that an item that occurs twice is one), then `merge`. Every (source, identifier) pair is kept for
        `corpus`. An item whose content the merge leaves as it was counts as unchanged and keeps its `updated_at`.
        """

    async def get(self, evidence: EvidenceId) -> EvidenceItem:
        """Return the item; raise `EvidenceNotFound`, also when its brand was deleted."""

    async def batch(self, ids: Sequence[EvidenceId]) -> tuple[EvidenceItem, ...]:
        """Return the items in the order asked, unknown ids left out. One query."""

    async def corpus(
        self, brand: BrandId, sources: Sequence[tuple[SourceId, str]], *, limit: int
    ) -> tuple[EvidenceItem, ...]:
        """
        Return up to *limit* items that were seen under any of these (source, identifier) pairs, newest first: by
        `published_at` descending with unknown last, then by identity.
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
        """
        Return up to *limit* items of the brand in the corpus's order, beginning behind *after*.

        There is nothing behind an item that the brand does not have.
        """

    async def count(self, brand: BrandId) -> int:
        """Return the number of items of the brand."""


class OverridesRepository(Protocol):
    """Overrides and pins, one record for a brand."""

    async def get(self, brand: BrandId, *, for_update: bool = False) -> Overrides:
        """
        Return the record, or an empty one; raise `BrandNotFound`.

        With *for_update*, other transactions that ask so wait until this one has ended (also where there is no record
        yet).
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
        """
        Store a new version.

        Raise `Conflict` unless its version follows the newest one's, its inputs are not older, and (origin ``compile``)
        its run has published none.
        """

    async def history(
        self, brand: BrandId, *, before_version: int | None, offset: int, limit: int
    ) -> tuple[HistoryEntry, ...]:
        """Return up to *limit* entries, newest first, of versions below *before_version*, after skipping *offset*."""

    async def count(self, brand: BrandId) -> int:
        """Return the number of versions of the brand."""
