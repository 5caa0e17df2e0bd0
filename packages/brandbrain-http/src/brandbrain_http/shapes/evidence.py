"""Evidence on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.ids import BrandId, EvidenceId
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import ContentType, Platform
from brandbrain_http.errors import bad_request
from brandbrain_http.reading import uuid_of

BATCH_MAX: Final = 100


@attrs.frozen(kw_only=True)
class EvidenceShape:
    """
    One thing that a brand published.

    Attributes:
        canonical_url: Always a valid URL.
        published_at: Null: not known.
        text_primary: Caption, post or text of the page.
        text_secondary: Transcript or description.
        metrics_json: Counts by name; an unknown one is absent.
    """

    id: EvidenceId
    brand_id: BrandId
    platform: Platform
    content_type: ContentType
    canonical_url: str
    published_at: datetime | None
    author_ref: str | None
    title: str | None
    text_primary: str | None
    text_secondary: str | None
    metrics_json: Mapping[str, float]
    media_json: JsonObject
    hashtags: tuple[str, ...]
    flags_json: Mapping[str, bool]

    @classmethod
    def of(cls, item: EvidenceItem) -> EvidenceShape:
        """Return an item as the wire has it."""
        return cls(
            id=item.id,
            brand_id=item.brand_id,
            platform=item.platform,
            content_type=item.content_type,
            canonical_url=item.canonical_url,
            published_at=item.published_at,
            author_ref=item.author_ref,
            title=item.title,
            text_primary=item.text_primary,
            text_secondary=item.text_secondary,
            metrics_json=item.metrics,
            media_json=item.media,
            hashtags=item.hashtags,
            flags_json=item.all_flags,
        )


@attrs.frozen(kw_only=True)
class BatchBody:
    """The ids of the items that are wanted, 1 to 100."""

    ids: tuple[EvidenceId, ...]

    @classmethod
    def read(cls, body: JsonObject) -> BatchBody:
        """Return the body read; raise a 400."""
        ids = body.get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= BATCH_MAX:
            raise bad_request(f"ids must be an array of 1 to {BATCH_MAX} ids")
        return cls(ids=tuple(EvidenceId(uuid_of(each, "evidence_id")) for each in ids))
