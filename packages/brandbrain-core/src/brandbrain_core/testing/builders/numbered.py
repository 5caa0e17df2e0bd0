"""Numbered ids: kinds never collide, and later numbers sort after earlier ones, as UUIDv7 do."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from brandbrain_core.ids import BrandId, CollectionRunId, JobId, RawItemId, RunId, SnapshotId, SourceId, uuid7
from brandbrain_core.testing.clock import NOON


def brand_id(number: int) -> BrandId:
    """Return the id of the brand of this number."""
    return BrandId(_numbered(0xB, number))


def source_id(number: int) -> SourceId:
    """Return the id of the source of this number."""
    return SourceId(_numbered(0x5, number))


def collection_run_id(number: int) -> CollectionRunId:
    """Return the id of the collection run of this number."""
    return CollectionRunId(_numbered(0xC, number))


def raw_item_id(number: int) -> RawItemId:
    """Return the id of the raw item of this number."""
    return RawItemId(_numbered(0xA, number))


def run_id(number: int) -> RunId:
    """Return the id of the compile run of this number."""
    return RunId(_numbered(0xE, number))


def job_id(number: int) -> JobId:
    """Return the id of the job of this number."""
    return JobId(_numbered(0xD, number))


def snapshot_id(number: int) -> SnapshotId:
    """Return the id of the snapshot of this number."""
    return SnapshotId(_numbered(0xF, number))


def _numbered(kind: int, number: int) -> UUID:
    return uuid7(NOON + timedelta(milliseconds=number), lambda _bits: kind)


BRAND: Final = brand_id(1)
SOURCE: Final = source_id(1)
