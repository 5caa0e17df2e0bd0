"""What holds for every normaliser and any input."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brandbrain_core.errors import ItemRejected
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import NORMALISERS

RAW = Path(__file__).parents[2] / "fixtures" / "raw"
ROW: dict[str, Any] = {
    "platform": "instagram",
    "capability": "posts",
    "content_type": "post",
    "external_id": "1",
    "canonical_url": "https://www.instagram.com/p/DTA4-URETWb/",
    "published_at": "2026-01-02T15:51:22Z",
    "author_ref": "nasa",
    "title": "T",
    "text_primary": "Sails #mend",
    "text_secondary": "More",
    "hashtags": ["a"],
    "metrics": {"likes": 3},
    "media": {"type": "image", "list": [1, "x"]},
    "flags": {"is_ad": True},
    "language": "en",
}
PAGE: dict[str, Any] = {
    "url": "https://loft.example/blog",
    "loaded_url": "https://loft.example/blog",
    "http_status": 200,
    "canonical_url": "https://loft.example/blog",
    "title": "Blog",
    "description": "All posts",
    "text": "Words",
    "language": "en",
    "open_graph": {"og:image": "https://loft.example/a.jpg"},
    "json_ld": [{"@graph": [{"@type": ["WebPage"], "datePublished": "2026-01-01"}]}],
    "links": {"same_site": 9, "below": 9, "headings": 9},
}
ENTRY: dict[str, Any] = {
    "yt_videoid": "8eEOaCCxGwo",
    "yt_channelid": "UC1",
    "title": "Sails",
    "link": "https://www.youtube.com/watch?v=8eEOaCCxGwo",
    "published": "2026-01-01T00:00:00+00:00",
    "summary": "On #sails",
    "media_statistics": {"views": "316"},
}
REAL: list[dict[str, Any]] = [
    *(ROW, PAGE, ENTRY),
    *(json.loads(file.read_text("utf-8"))["item"] for file in sorted(RAW.glob("*/*.json"))),
]
CONTEXTS = [
    NormaliseContext(
        platform=platform, capability=capability, identifier=identifier, start_urls=("https://loft.example",)
    )
    for (platform, capability) in SUPPORTED
    for identifier in ("nasa", "https://loft.example", "", "x" * 3000)
]
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 10**400, 1.5, float("inf"), float("nan"), 1e308, -0.0]),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "x" * 3000, "https://x/" + "y" * 3000, "http://[", "9" * 5000, "#" * 300]
    ),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "12:34:56:78", "[[[", '{"a": [1]}']),
    st.lists(st.one_of(st.none(), st.text(max_size=5), st.integers(), st.just({"name": 1, "@type": 3})), max_size=3),
    st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.text(max_size=5), st.integers()), max_size=3),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A real item with a few members, at any depth, made strange or removed."""
    item: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(REAL)))
    for _ in range(draw(st.integers(0, 8))):
        holder: Any = item
        while isinstance(holder, dict | list) and holder:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = draw(st.sampled_from(list(keys)))
            below = holder[key]
            if isinstance(below, dict | list) and below and draw(st.booleans()):
                holder = below
                continue
            if isinstance(holder, dict) and draw(st.integers(0, 4)) == 0:
                del holder[key]
            else:
                holder[key] = draw(STRANGE)
            break
    return item


def outcome(shape: str, payload: dict[str, Any], source: NormaliseContext) -> NormalisedItem | str:
    """Return the item, or why it was rejected."""
    try:
        return NORMALISERS[shape](payload, source)
    except ItemRejected as rejected:
        return rejected.why


@settings(max_examples=400)
@given(payload=mutated(), shape=st.sampled_from(sorted(NORMALISERS)), source=st.sampled_from(CONTEXTS))
def test_any_item_is_normalised_or_rejected(payload: dict[str, Any], shape: str, source: NormaliseContext) -> None:
    """Nothing else is raised, the payload is left alone, twice gives the same, and limits hold."""
    before = copy.deepcopy(payload)

    first = outcome(shape, payload, source)

    assert repr(first) == repr(outcome(shape, copy.deepcopy(payload), source))
    assert repr(before) == repr(payload)
    if isinstance(first, NormalisedItem):
        assert_storable(first)
    else:
        assert "" != first


def assert_storable(item: NormalisedItem) -> None:
    """Every string fits its column, every number is a count or a measure, and all of it is JSON."""
    texts = [item.title, item.author_ref, item.text_primary, item.text_secondary, item.external_id, *item.hashtags]
    for text in [item.canonical_url, *(each for each in texts if each is not None)]:
        assert "\0" not in text
        text.encode("utf-8")
    assert len(item.title or "") <= 500
    assert len(item.author_ref or "") <= 255
    assert len(item.external_id or "") <= 255
    assert len(item.canonical_url) <= 2000
    assert item.canonical_url.startswith(("http://", "https://"))
    assert all(value >= 0 for value in item.metrics.values())
    assert len(set(item.hashtags)) == len(item.hashtags)
    assert not any(tag.startswith("#") for tag in item.hashtags)
    assert item.published_at is None or item.published_at.utcoffset() is not None
    assert (item.text_secondary is None) == (item.secondary_kind is None)
    json.dumps([dict(item.metrics), dict(item.media), dict(item.flags)], allow_nan=False).encode("utf-8")


@pytest.mark.parametrize("shape", sorted(NORMALISERS))
@pytest.mark.parametrize("payload", [{}, {"unknown": 1}, {"id": None, "text": " ", "url": "", "title": None}])
def test_nothing_at_all_is_rejected_with_a_reason(shape: str, payload: dict[str, Any]) -> None:
    """For every shape."""
    with pytest.raises(ItemRejected, match="neither an identity nor any text"):
        NORMALISERS[shape](payload, CONTEXTS[0])
