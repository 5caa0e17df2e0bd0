"""
Identifiers: one `NewType` per kind of thing, and how each id comes to be.

Ids of things that happen (brands, runs, snapshots) are UUIDv7, so that they sort by the time of their making. The id of
an evidence item is derived from its brand and identity (UUIDv5), so that the same item has the same id wherever and
however often it is collected.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NewType
from uuid import UUID, uuid5

BrandId = NewType("BrandId", UUID)
SourceId = NewType("SourceId", UUID)
CollectionRunId = NewType("CollectionRunId", UUID)
RawItemId = NewType("RawItemId", UUID)
EvidenceId = NewType("EvidenceId", UUID)
RunId = NewType("RunId", UUID)
JobId = NewType("JobId", UUID)
SnapshotId = NewType("SnapshotId", UUID)
KeyId = NewType("KeyId", UUID)
TenantId = NewType("TenantId", str)

DEFAULT_TENANT: Final = TenantId("default")
"""Whose brands are that were added without a tenant."""

_RANDOM_BITS: Final = 74


def uuid7(at: datetime, random_bits: Callable[[int], int]) -> UUID:
    """
    Return a UUIDv7 for the moment *at*, to the millisecond.

    Args:
        at: An aware datetime, not before 1970.
        random_bits: Gives that many random bits as an integer, as `secrets.randbits` does.

    Source:
        RFC 9562, section 5.7.

    >>> from datetime import UTC, datetime
    >>> str(uuid7(datetime(2026, 1, 1, tzinfo=UTC), lambda bits: 0))
    '019b76da-a800-7000-8000-000000000000'
    """
    milliseconds = int(at.timestamp() * 1000)
    entropy = random_bits(_RANDOM_BITS)
    high, low = entropy >> 62, entropy & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def evidence_id(brand: BrandId, platform: str, identity: str) -> EvidenceId:
    """
    Return the id of the item that *identity* names on *platform*, for one brand.

    >>> from uuid import UUID
    >>> brand = BrandId(UUID(int=1))
    >>> evidence_id(brand, "tiktok", "42") == evidence_id(brand, "tiktok", "42")
    True
    """
    return EvidenceId(uuid5(brand, f"{platform}:{identity}"))
