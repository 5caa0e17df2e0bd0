"""Strategies for normalised items: few identities, so that they meet, and values of every kind an item may hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import strategies as st

from brandbrain_core.model.evidence import NormalisedItem, RawRef, SecondaryKind
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.testing.builders.numbered import collection_run_id, raw_item_id

_EARLIEST: Final = datetime(1990, 1, 1)  # noqa: DTZ001 - bounds are given without a zone
_LATEST: Final = datetime(2100, 1, 1)  # noqa: DTZ001

texts = st.text(max_size=12) | st.sampled_from(
    ["", "  ", "a\x00b", "\x00", "\ud800x", "⛵", 'O\'Hara \\ "quoted"', "é\n"]
)
"""Texts that a raw item may bring, storable or not."""

maybe_texts = st.none() | texts
moments = st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC))
numbers = st.integers(-5, 2**53) | st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1.0, 0.1])
names = st.sampled_from(["likes", "comments", "a b", "ü", "x.y", '"', "$"])
scalars = st.none() | st.booleans() | numbers | texts

metrics = st.dictionaries(names, numbers, max_size=3)
media = st.dictionaries(names, scalars | st.lists(scalars, max_size=3), max_size=3)
flags = st.dictionaries(st.sampled_from(["is_ad", "is_coauthored", "has_transcript", "is_low_value"]), st.booleans())

raw_refs = st.none() | st.builds(
    RawRef, run_id=st.integers(1, 6).map(collection_run_id), raw_item_id=st.integers(1, 6).map(raw_item_id)
)
"""Few places, so that an item is seen in one more than once."""

_said: dict[str, st.SearchStrategy[Any]] = {
    "published_at": st.none() | moments,
    "author_ref": maybe_texts,
    "title": maybe_texts,
    "text_primary": texts,
    "text_secondary": maybe_texts,
    "secondary_kind": st.sampled_from(SecondaryKind),
    "hashtags": st.lists(texts, max_size=3).map(tuple),
    "metrics": metrics,
    "media": media,
    "flags": flags,
    "language": st.sampled_from([None, "en", "de"]),
}


def _items(platform: Platform, capability: Capability, kind: ContentType) -> st.SearchStrategy[NormalisedItem]:
    number = st.integers(1, 3)
    own = {"external_id": number.map(str)} if platform is not Platform.WEB else {"external_id": st.none() | texts}
    return st.builds(
        NormalisedItem,
        platform=st.just(platform),
        capability=st.just(capability),
        content_type=st.just(kind),
        canonical_url=number.map(lambda n: f"https://{platform}.example/{capability}/{n}"),
        **own,
        **_said,
    )


_CLIPS: Final = (Platform.INSTAGRAM, Capability.POSTS, ContentType.REEL)

normalised_items: st.SearchStrategy[NormalisedItem] = st.one_of(
    _items(*_CLIPS), *(_items(platform, capability, kind) for (platform, capability), kind in SUPPORTED.items())
)
"""Items of every supported kind, with three identities a platform."""
