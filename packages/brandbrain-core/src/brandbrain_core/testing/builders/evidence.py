"""Collections, raw items, and the evidence that comes of them."""

from __future__ import annotations

from typing import Any

import attrs

from brandbrain_core.model.collection import CollectionRun, CollectionStatus, RawItem
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.evidence_merge import first_seen
from brandbrain_core.ports import Sighting
from brandbrain_core.testing.builders.numbered import BRAND, SOURCE, collection_run_id, raw_item_id
from brandbrain_core.testing.clock import NOON


def collection_run(number: int = 1, **changes: Any) -> CollectionRun:
    """Return collection run *number* of the first source, still running."""
    made: dict[str, Any] = {
        "id": collection_run_id(number),
        "brand_id": BRAND,
        "source_id": SOURCE,
        "collector": "file",
        "fingerprint": "f" * 64,
        "status": CollectionStatus.RUNNING,
        "input": {"path": "posts.json"},
        "started_at": NOON,
    }
    return CollectionRun(**made | changes)


def raw_item(number: int = 1, **changes: Any) -> RawItem:
    """Return raw item *number* of the first collection run."""
    made: dict[str, Any] = {
        "id": raw_item_id(number),
        "run_id": collection_run_id(1),
        "index": number - 1,
        "shape": "instagram_post",
        "payload": {"id": str(number), "caption": "A sail, mended."},
    }
    return RawItem(**made | changes)


def raw_ref(number: int = 1) -> RawRef:
    """Return where raw item *number* of collection run *number* was seen."""
    return RawRef(run_id=collection_run_id(number), raw_item_id=raw_item_id(number))


def normalised_item(number: int = 1, **changes: Any) -> NormalisedItem:
    """Return Instagram post *number*."""
    made: dict[str, Any] = {
        "platform": Platform.INSTAGRAM,
        "capability": Capability.POSTS,
        "content_type": ContentType.POST,
        "external_id": f"post-{number}",
        "canonical_url": f"https://www.instagram.com/p/{number}/",
        "published_at": NOON,
        "author_ref": "marrowby",
        "text_primary": "A sail, mended. #sailing",
        "hashtags": ("sailing",),
        "metrics": {"likes": 12, "comments": 3},
        "media": {"type": "image"},
    }
    return NormalisedItem(**made | changes)


def web_page(number: int = 1, **changes: Any) -> NormalisedItem:
    """Return web page *number*, long enough to count."""
    made: dict[str, Any] = {
        "platform": Platform.WEB,
        "capability": Capability.CRAWL_PAGES,
        "content_type": ContentType.WEB_PAGE,
        "canonical_url": f"https://marrowby.example/page-{number}",
        "author_ref": "marrowby.example",
        "title": f"Page {number}",
        "text_primary": "We mend sails by hand. " * 20,
    }
    return NormalisedItem(**made | changes)


def sighting(item: NormalisedItem | None = None, **changes: Any) -> Sighting:
    """Return a sighting under the first source."""
    made: dict[str, Any] = {
        "item": item or normalised_item(),
        "source_id": SOURCE,
        "identifier": "marrowby1",
        "raw_ref": raw_ref(),
    }
    return Sighting(**made | changes)


def evidence_item(number: int = 1, **changes: Any) -> EvidenceItem:
    """Return Instagram post *number* as it is stored for the first brand; *changes* of any of its fields."""
    own = {a.name for a in attrs.fields(NormalisedItem)}
    item = normalised_item(number, **{name: value for name, value in changes.items() if name in own})
    stored = first_seen(item, brand_id=BRAND, source_id=SOURCE, raw_ref=raw_ref(number), at=NOON)
    return attrs.evolve(stored, **{name: value for name, value in changes.items() if name not in own})
