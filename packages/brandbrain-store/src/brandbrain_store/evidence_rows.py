"""How an evidence item stands in its row."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from brandbrain_core.ids import BrandId, CollectionRunId, EvidenceId, RawItemId, SourceId
from brandbrain_core.model.evidence import EvidenceItem, RawRef, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.chronology import newest_first
from brandbrain_store.evidence_upsert import CREATED
from brandbrain_store.tables import evidence

ITEM_COLUMNS: Final = tuple(
    column for column in evidence.columns if column.name not in {"identity", "last_upsert", "age"}
)
"""What an item is read from."""


def row_of(item: EvidenceItem) -> dict[str, Any]:
    """Return the row to insert where there is none of this item."""
    return {
        "id": item.id,
        "brand_id": item.brand_id,
        "source_id": item.source_id,
        "platform": item.platform,
        "capability": item.capability,
        "content_type": item.content_type,
        "identity": item.identity,
        "external_id": item.external_id,
        "canonical_url": item.canonical_url,
        "published_at": item.published_at,
        "author_ref": item.author_ref,
        "title": item.title,
        "language": item.language,
        "secondary_kind": item.secondary_kind,
        "hashtags": canonical(item.hashtags) if item.hashtags else "[]",
        "metrics": canonical(item.metrics) if item.metrics else "{}",
        "media": canonical(item.media) if item.media else "{}",
        "flags": canonical(item.flags) if item.flags else "{}",
        "raw_refs": "[" + ",".join(f'"{ref.run_id}/{ref.raw_item_id}"' for ref in item.raw_refs) + "]",
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "last_upsert": CREATED,
        "age": newest_first(item)[0],
        "text_primary": item.text_primary,
        "text_secondary": item.text_secondary,
    }


def item_of(row: Any) -> EvidenceItem:
    """Return the item that a row holds."""
    return EvidenceItem(
        id=EvidenceId(row.id),
        brand_id=BrandId(row.brand_id),
        source_id=SourceId(row.source_id),
        platform=Platform(row.platform),
        capability=Capability(row.capability),
        content_type=ContentType(row.content_type),
        external_id=row.external_id,
        canonical_url=row.canonical_url,
        published_at=row.published_at,
        author_ref=row.author_ref,
        title=row.title,
        language=row.language,
        text_primary=row.text_primary,
        text_secondary=row.text_secondary,
        secondary_kind=None if row.secondary_kind is None else SecondaryKind(row.secondary_kind),
        hashtags=tuple(json.loads(row.hashtags)),
        metrics=json.loads(row.metrics),
        media=json.loads(row.media),
        flags=json.loads(row.flags),
        raw_refs=tuple(_ref(text) for text in json.loads(row.raw_refs)),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _ref(text: str) -> RawRef:
    run, _, item = text.partition("/")
    return RawRef(run_id=CollectionRunId(UUID(run)), raw_item_id=RawItemId(UUID(item)))
