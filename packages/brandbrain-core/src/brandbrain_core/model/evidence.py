"""
The evidence item: the stable seam.

Everything after normalising knows items only: no source's own shape, no actor, no file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, EvidenceId, RawItemId, SourceId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, ContentType, Platform


class SecondaryKind(StrEnum):
    """What `text_secondary` is. A transcript is never replaced by a description."""

    TRANSCRIPT = "transcript"
    DESCRIPTION = "description"


@attrs.frozen(kw_only=True)
class NormalisedItem:
    """
    What a normaliser makes of one raw item: everything that the item itself says.

    Attributes:
        external_id: The platform's own id; None: it has none (web pages, some rows of files).
        canonical_url: A valid http(s) URL, at most 2,000 characters.
        published_at: Aware, UTC; None: unknown.
        author_ref: Handle, channel id, company URL or host, at most 255 characters.
        title: At most 500 characters.
        text_primary: Caption, post, page text; may be empty.
        text_secondary: Transcript or description; see *secondary_kind*.
        hashtags: Without ``#``, in order, unique.
        metrics: Counts by name (``likes``, ``comments`` ...); an unknown count is absent, never negative.
        media: Flat facts of the medium (``type``, ``duration`` in seconds ...): values are scalars or lists.
        flags: What the item itself shows, such as ``is_collection_page``, ``is_coauthored``, ``is_ad``.
            ``has_transcript`` and ``is_low_value`` are derived, see `EvidenceItem.all_flags`.
        language: ISO 639-1 code; None: unknown.
    """

    platform: Platform
    capability: Capability
    content_type: ContentType
    external_id: str | None = None
    canonical_url: str
    published_at: datetime | None = None
    author_ref: str | None = None
    title: str | None = None
    text_primary: str = ""
    text_secondary: str | None = None
    secondary_kind: SecondaryKind | None = None
    hashtags: tuple[str, ...] = ()
    metrics: Mapping[str, int | float] = attrs.field(factory=dict)
    media: JsonObject = attrs.field(factory=dict)
    flags: Mapping[str, bool] = attrs.field(factory=dict)
    language: str | None = None

    @property
    def identity(self) -> str:
        """What tells this item from the others of its platform: for the web its URL, else the platform's id."""
        if self.platform is Platform.WEB or self.external_id is None:
            return self.canonical_url
        return self.external_id

    @property
    def transcript(self) -> str | None:
        """The spoken words, where they are known."""
        return self.text_secondary if self.secondary_kind is SecondaryKind.TRANSCRIPT else None

    @property
    def all_flags(self) -> Mapping[str, bool]:
        """The item's own flags and the two derived ones: ``has_transcript`` and ``is_low_value``."""
        return {**self.flags, "has_transcript": bool(self.transcript), "is_low_value": self.is_low_value}

    @property
    def is_collection_page(self) -> bool:
        """Whether this page only lists other pages."""
        return bool(self.flags.get("is_collection_page"))

    @property
    def is_low_value(self) -> bool:
        """Whether this is a page with little to say: a list of pages, or fewer than 200 characters."""
        if self.platform is not Platform.WEB:
            return False
        return self.is_collection_page or len(self.text_primary) < LOW_VALUE_BELOW


LOW_VALUE_BELOW = 200
"""Pages with fewer characters of text than this only fill what is left."""


@attrs.frozen(kw_only=True)
class RawRef:
    """Where an item was seen: the collection run and the raw item."""

    run_id: CollectionRunId
    raw_item_id: RawItemId


@attrs.frozen(kw_only=True)
class EvidenceItem(NormalisedItem):
    """
    One thing a brand published, as it is stored.

    Attributes:
        id: Derived from brand, platform and identity: the same item has the same id for ever.
        source_id: The source that showed it last (for one medium from two capabilities: the more telling one).
        raw_refs: The newest 20 places where it was seen, newest first.
        created_at: Aware, UTC: first stored.
        updated_at: Aware, UTC: last time that its content changed.
    """

    id: EvidenceId
    brand_id: BrandId
    source_id: SourceId
    raw_refs: tuple[RawRef, ...] = ()
    created_at: datetime
    updated_at: datetime
