"""Rows of files in our own shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from brandbrain_core.model.evidence import NormalisedItem, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import NORMALISERS

INSTAGRAM = NormaliseContext(platform=Platform.INSTAGRAM, capability=Capability.POSTS, identifier="loft")
WEB = NormaliseContext(platform=Platform.WEB, capability=Capability.CRAWL_PAGES, identifier="https://loft.example")


def row(source: NormaliseContext = INSTAGRAM, **members: Any) -> NormalisedItem:
    """Return the item of a row."""
    return NORMALISERS["evidence_row"](members, source)


def test_a_row_says_everything_itself() -> None:
    """Each member is taken as it stands."""
    item = row(
        platform="web",
        capability="crawl_pages",
        content_type="web_page",
        canonical_url="https://Loft.example/a/",
        published_at="2014-03-12T00:00:00+00:00",
        author_ref="loft.example",
        title="Coming soon",
        text_primary="We are back soon",
        text_secondary="Soon!",
        hashtags=[],
        metrics={},
        media={"http_status": 200},
        source=WEB,
    )

    expected = NormalisedItem(
        platform=Platform.WEB,
        capability=Capability.CRAWL_PAGES,
        content_type=ContentType.WEB_PAGE,
        canonical_url="https://loft.example/a",
        published_at=datetime(2014, 3, 12, tzinfo=UTC),
        author_ref="loft.example",
        title="Coming soon",
        text_primary="We are back soon",
        text_secondary="Soon!",
        secondary_kind=SecondaryKind.DESCRIPTION,
        media={"http_status": 200},
    )
    assert expected == item


def test_a_row_of_csv_is_all_strings() -> None:
    """Lists, numbers, flags and objects are read from text, or from columns of their own."""
    columns: dict[str, Any] = {
        "text_primary": "Mended again",
        "hashtags": "#sails mend, loft",
        "metrics": '{"likes": 12}',
        "metrics.comments": "3",
        "metrics.shares": "",
        "media.duration": "44.9",
        "media.type": "video",
        "flags.is_ad": "TRUE",
        "published_at": "2026-01-02 15:51:22",
        "title": "",
    }
    item = row(**columns)

    assert (("sails", "mend", "loft"), {"likes": 12, "comments": 3}) == (item.hashtags, item.metrics)
    assert ({"duration": 44.9, "type": "video"}, {"is_ad": True}) == (item.media, item.flags)
    assert (datetime(2026, 1, 2, 15, 51, 22, tzinfo=UTC), None) == (item.published_at, item.title)


def test_a_text_without_link_and_id_is_known_by_its_words() -> None:
    """The same words are the same item, others are another; the link is that of the account."""
    one, again, other = row(text_primary="Sails  up"), row(text_primary="Sails up"), row(text_primary="Sails down")

    assert (True, False) == (one.identity == again.identity, one.identity == other.identity)
    assert "https://www.instagram.com/loft/" == one.canonical_url == other.canonical_url


def test_texts_of_a_site_without_address_do_not_overwrite_its_home() -> None:
    """Pages are known by their address, so each gets one."""
    one, other = row(WEB, text_primary="Sails up"), row(WEB, text_primary="Sails down")

    assert 3 == len({one.identity, other.identity, WEB.identifier})
    assert one.canonical_url.startswith("https://loft.example#text:")


def test_the_link_to_the_account_is_no_identity() -> None:
    """Exports that give every post the profile's address keep their posts apart."""
    url = "https://www.instagram.com/loft/"

    assert row(canonical_url=url, text_primary="a").identity != row(canonical_url=url, text_primary="b").identity


@pytest.mark.parametrize(
    ("platform", "url", "identity"),
    [
        ("instagram", "https://www.instagram.com/p/DTA4-URETWb/?igsh=1", "3801288658474055067"),
        ("tiktok", "https://www.tiktok.com/@a/video/7592641437091532062", "7592641437091532062"),
        ("youtube", "https://youtu.be/8eEOaCCxGwo?t=1", "8eEOaCCxGwo"),
        ("youtube", "https://www.youtube.com/shorts/8eEOaCCxGwo", "8eEOaCCxGwo"),
        ("linkedin", "https://www.linkedin.com/feed/update/urn:li:share:7414742659166302209/", None),
    ],
)
def test_a_link_to_a_post_gives_its_id(platform: str, url: str, identity: str | None) -> None:
    """So a row is the same item as the one that an actor brings."""
    assert (identity or "urn:li:share:7414742659166302209") == row(platform=platform, canonical_url=url).identity


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"flags": {"has_transcript": True}}, SecondaryKind.TRANSCRIPT),
        ({"secondary_kind": "transcript"}, SecondaryKind.TRANSCRIPT),
        ({"secondary_kind": "description", "flags": {"has_transcript": True}}, SecondaryKind.DESCRIPTION),
        ({}, SecondaryKind.DESCRIPTION),
    ],
)
def test_the_second_text_is_a_transcript_only_if_the_row_says_so(members: dict[str, Any], kind: SecondaryKind) -> None:
    """Derived flags are not stored as flags."""
    item = row(content_type="reel", text_primary="a", text_secondary="b", **members)

    assert (kind, {}) == (item.secondary_kind, item.flags)


def test_what_a_row_does_not_say_is_the_source_s() -> None:
    """Platform and capability; an impossible content type is the usual one."""
    item = row(text_primary="a", platform="myspace", content_type="web_page")

    assert (Platform.INSTAGRAM, Capability.POSTS, ContentType.POST) == (
        item.platform,
        item.capability,
        item.content_type,
    )
