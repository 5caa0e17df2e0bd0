"""A collection run: one time that a source was collected, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, RawItemId, SourceId
from brandbrain_core.model.json import JsonObject


class CollectionStatus(StrEnum):
    """How far a collection run is. It has succeeded only once its items are stored and normalised."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"


@attrs.frozen(kw_only=True)
class CollectionRun:
    """
    One collection of one source.

    Attributes:
        collector: Name of the collector that ran, e.g. ``web`` or ``file``.
        fingerprint: Of the collector, its version and its input: another input is another fingerprint.
        input: What the collector was given.
        external_run_id, dataset_id: The provider's own ids, stored before waiting, so that a retry resumes.
        started_at: Aware, UTC; age counts from here.
        raw_count, normalised_count, rejected_count: Items that came, became evidence, and did not.
        error, error_code: Why it failed, for people and for programs.
        retry_at: Before this moment a failed source is not tried again; None: any time.
    """

    id: CollectionRunId
    brand_id: BrandId
    source_id: SourceId
    collector: str
    fingerprint: str
    status: CollectionStatus
    input: JsonObject
    external_run_id: str | None = None
    dataset_id: str | None = None
    started_at: datetime
    finished_at: datetime | None = None
    raw_count: int = 0
    normalised_count: int = 0
    rejected_count: int = 0
    error: str | None = None
    error_code: str | None = None
    retry_at: datetime | None = None


@attrs.frozen(kw_only=True)
class RawItem:
    """
    One item exactly as it came.

    Attributes:
        index: Its place in the collection, from 0.
        shape: Name of the normaliser that understands it, e.g. ``instagram_post``.
        payload: The item; NUL characters are stripped, nothing else is touched.
    """

    id: RawItemId
    run_id: CollectionRunId
    index: int
    shape: str
    payload: JsonObject
