"""Outputs of real actors, where the data lies beside the checkout."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import NORMALISERS

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the sample data is not beside the checkout")


def sample(actor: str, shape: str, capability: Capability, identifier: str) -> NormalisedItem:
    """Return the item of an actor's sample."""
    payload = json.loads((DATA / "apify_samples" / actor / "item_0.json").read_text("utf-8"))
    platform = next(platform for platform, known in SUPPORTED if known is capability)
    return NORMALISERS[shape](
        payload, NormaliseContext(platform=platform, capability=capability, identifier=identifier)
    )


def test_reel() -> None:
    """Counts, length, time and transcript."""
    item = sample("apify_instagram-reel-scraper", "instagram_reel", Capability.REELS, "nogood.io")

    expected = (
        "3801288658474055067",
        18974,
        548,
        131855,
        44.9,
        datetime(2026, 1, 2, 15, 51, 22, tzinfo=UTC),
        True,
        False,
    )
    counts = [item.metrics[name] for name in ("likes", "comments", "views")]
    flags = (item.all_flags["has_transcript"], item.flags["is_coauthored"])
    assert expected == (item.identity, *counts, item.media["duration"], item.published_at, *flags)


def test_instagram_post() -> None:
    """Hidden likes; another owner than the profile."""
    item = sample("apify_instagram-scraper", "instagram_post", Capability.POSTS, "wendys")

    expected = ("3784860661818747151", {"comments": 63, "views": 151277, "plays": 2542022}, True)
    assert expected == (item.identity, item.metrics, item.flags["is_coauthored"])
    assert datetime(2025, 12, 10, 23, 51, 23, tzinfo=UTC) == item.published_at


def test_linkedin() -> None:
    """The exact time."""
    item = sample("apimaestro_linkedin-company-posts", "linkedin_post", Capability.COMPANY_POSTS, "nogood")

    assert "urn:li:activity:7414742659166302209" == item.identity
    assert {"reactions": 2, "likes": 1, "comments": 0, "reposts": 0} == item.metrics
    assert datetime(2026, 1, 7, 19, 0, 9, 202_000, tzinfo=UTC) == item.published_at


def test_tiktok() -> None:
    """Counts, length and fans."""
    item = sample("clockworks_tiktok-scraper", "tiktok_video", Capability.PROFILE_VIDEOS, "nogood.io")

    facts = (item.identity, item.metrics["plays"], item.metrics["likes"], item.metrics["comments"])
    assert ("7592641437091532062", 295, 23, 0, 73, 190000) == (*facts, item.media["duration"], item.media["fans"])


def test_youtube() -> None:
    """Counts, length and time."""
    item = sample("streamers_youtube-scraper", "youtube_video", Capability.CHANNEL_VIDEOS, "@nogoodhq")

    assert ("8eEOaCCxGwo", {"views": 316, "likes": 2, "comments": 4}) == (item.identity, item.metrics)
    assert (1631, datetime(2025, 6, 16, 20, 9, 39, tzinfo=UTC)) == (item.media["duration"], item.published_at)


def test_page() -> None:
    """A list of posts, told by a list of types."""
    item = sample("apify_website-content-crawler", "apify_page", Capability.CRAWL_PAGES, "https://nogood.io/blog")

    expected = ("https://nogood.io/blog", True, datetime(2021, 3, 17, 13, 58, 16, tzinfo=UTC), "NoGood")
    facts = (item.identity, item.is_collection_page, item.published_at, item.media["organisation_name"])
    assert expected == facts


def test_rows_of_a_whole_blog() -> None:
    """Every post becomes an item of its own."""
    source = NormaliseContext(
        platform=Platform.WEB, capability=Capability.CRAWL_PAGES, identifier="https://18f.gsa.gov"
    )
    lines = (DATA / "18f_posts.jsonl").read_text("utf-8").splitlines()

    items = [NORMALISERS["evidence_row"](json.loads(line), source) for line in lines]

    assert len(lines) == len({item.identity for item in items})
