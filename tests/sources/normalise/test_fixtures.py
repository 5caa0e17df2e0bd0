"""What each raw item of the fixtures becomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brandbrain_core.errors import ItemRejected
from brandbrain_core.model.evidence import NormalisedItem, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import NORMALISERS

RAW = Path(__file__).parents[2] / "fixtures" / "raw"
HOME = "https://lantern-row.example"
FOLDERS: Mapping[str, tuple[str, Platform, Capability, str]] = {
    "apify_instagram-scraper": ("instagram_post", Platform.INSTAGRAM, Capability.POSTS, "lanternrowpress"),
    "apify_instagram-reel-scraper": ("instagram_reel", Platform.INSTAGRAM, Capability.REELS, "lanternrowpress"),
    "clockworks_tiktok-scraper": ("tiktok_video", Platform.TIKTOK, Capability.PROFILE_VIDEOS, "lanternrowpress"),
    "streamers_youtube-scraper": ("youtube_video", Platform.YOUTUBE, Capability.CHANNEL_VIDEOS, "@lanternrowpress"),
    "apimaestro_linkedin-company-posts": (
        "linkedin_post",
        Platform.LINKEDIN,
        Capability.COMPANY_POSTS,
        "lantern-row-press",
    ),
    "apimaestro_linkedin-profile-posts": (
        "linkedin_post",
        Platform.LINKEDIN,
        Capability.PROFILE_POSTS,
        "odile-marchbank",
    ),
    "apify_website-content-crawler": ("apify_page", Platform.WEB, Capability.CRAWL_PAGES, HOME),
}
REJECTED = {
    "apify_instagram-scraper/nothing": "It has neither an identity nor any text",
    "apimaestro_linkedin-company-posts/error_item": "The source answered: No posts found or wrong input",
    "clockworks_tiktok-scraper/error_item": "The source answered: Post not found or private",
}
CASES = sorted(f"{folder}/{file.stem}" for folder in FOLDERS for file in (RAW / folder).glob("*.json"))


def item(case: str, start_urls: tuple[str, ...] = ()) -> NormalisedItem:
    """Return what the fixture becomes."""
    shape, platform, capability, identifier = FOLDERS[case.partition("/")[0]]
    payload = json.loads((RAW / f"{case}.json").read_text("utf-8"))["item"]
    source = NormaliseContext(platform=platform, capability=capability, identifier=identifier, start_urls=start_urls)
    return NORMALISERS[shape](payload, source)


def instagram(name: str) -> NormalisedItem:
    """Return a post."""
    return item(f"apify_instagram-scraper/{name}")


def page(name: str) -> NormalisedItem:
    """Return a page."""
    return item(f"apify_website-content-crawler/{name}")


def linkedin(name: str) -> NormalisedItem:
    """Return a company's post."""
    return item(f"apimaestro_linkedin-company-posts/{name}")


def video(name: str) -> NormalisedItem:
    """Return a video."""
    return item(f"streamers_youtube-scraper/{name}")


@pytest.mark.parametrize("case", CASES)
def test_only_items_with_nothing_in_them_are_rejected(case: str) -> None:
    """Nulls, wrong types and absent members cost no item; neither identity nor text does."""
    if case in REJECTED:
        with pytest.raises(ItemRejected) as caught:
            item(case)
        assert REJECTED[case] == caught.value.why
    else:
        assert FOLDERS[case.partition("/")[0]][1] is item(case).platform


def test_an_instagram_image() -> None:
    """Every fact that the item has, and a repeated hashtag once."""
    expected = NormalisedItem(
        platform=Platform.INSTAGRAM,
        capability=Capability.POSTS,
        content_type=ContentType.POST,
        external_id="3951000000000000101",
        canonical_url="https://www.instagram.com/p/DbUkimage01/",
        published_at=datetime(2026, 5, 2, 9, 30, 15, tzinfo=UTC),
        author_ref="lanternrowpress",
        text_primary="Wet ink, dry wit. #letterpress #LanternRow #letterpress",
        hashtags=("letterpress", "LanternRow"),
        metrics={"likes": 120, "comments": 7},
        media={"type": "image", "shortcode": "DbUkimage01", "owner_id": "70000000001"},
        flags={"is_coauthored": False},
    )
    assert expected == instagram("image")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("image", ContentType.POST),
        ("sidecar", ContentType.POST),
        ("video_feed", ContentType.POST),
        ("video_clips", ContentType.REEL),
    ],
)
def test_only_clips_are_reels(name: str, kind: ContentType) -> None:
    """A video in the feed is a post."""
    assert kind is instagram(name).content_type


def test_a_clip_has_views_plays_duration_and_music() -> None:
    """The facts of the medium."""
    clip = instagram("video_clips")

    facts = (clip.metrics["views"], clip.metrics["plays"], clip.media["duration"], clip.media["music_id"])
    assert (5200, 9100, 60.2, "25400000000000001") == facts


def test_one_medium_through_both_actors_has_one_identity() -> None:
    """So that it is one item; both are reels."""
    post, reel = instagram("video_clips"), item("apify_instagram-reel-scraper/with_transcript")

    assert (post.identity, post.content_type) == (reel.identity, reel.content_type)


def test_hidden_likes_are_unknown() -> None:
    """Minus one is not a count."""
    assert {"comments": 12} == instagram("hidden_likes").metrics


@pytest.mark.parametrize(("name", "author"), [("coauthored", "quillandquoin"), ("sponsored", "paper.and.pear")])
def test_posts_of_other_owners_are_kept_and_marked(name: str, author: str) -> None:
    """They are shown on the account, but it did not write them."""
    post = instagram(name)

    assert (author, True) == (post.author_ref, post.flags["is_coauthored"])


def test_strings_are_cut_to_what_can_be_stored() -> None:
    """No NUL, at most 255 characters of an author, and a link made from the code where the given one is too long."""
    post = instagram("nul_and_long_strings")

    facts = (post.text_primary, len(post.author_ref or ""), post.canonical_url)
    assert ("Black letter", 255, "https://www.instagram.com/p/DbUknul0001/") == facts


def test_what_is_of_a_wrong_type_is_absent() -> None:
    """Counts, times and names that cannot be read; tags come from the text then."""
    post = instagram("wrong_types")

    facts = (post.metrics, post.published_at, post.author_ref, post.hashtags)
    assert ({}, None, None, ("letterpress", "LanternRow")) == facts


def test_a_post_with_only_id_and_caption() -> None:
    """It gets the account's address, since it has none of its own."""
    post = instagram("minimal")

    facts = (post.canonical_url, post.hashtags, post.flags)
    assert ("https://www.instagram.com/lanternrowpress/", ("small",), {}) == facts


@pytest.mark.parametrize(
    ("name", "transcript"),
    [("with_transcript", True), ("without_transcript", False), ("transcript_null", False), ("transcript_blank", False)],
)
def test_a_reel_may_have_a_transcript(name: str, transcript: bool) -> None:
    """Null and blank are as good as absent."""
    reel = item(f"apify_instagram-reel-scraper/{name}")

    assert (transcript, transcript) == (reel.all_flags["has_transcript"], reel.text_secondary is not None)


def test_a_reel_without_caption_is_kept_for_its_words() -> None:
    """A transcript is text."""
    reel = item("apify_instagram-reel-scraper/transcript_only")

    assert ("", True) == (reel.text_primary, reel.transcript is not None)


def test_a_tiktok_video() -> None:
    """Counts, length, fans and tags; links to subtitles are no transcript."""
    clip = item("clockworks_tiktok-scraper/video")

    assert {"plays": 4800, "likes": 310, "comments": 17, "shares": 12, "saves": 26} == clip.metrics
    facts = (clip.media["duration"], clip.media["fans"], clip.hashtags, clip.text_secondary, clip.language)
    assert (42, 2150, ("letterpress", "presstok"), None, "en") == facts


def test_tiktok_flags_types_and_gaps() -> None:
    """Advertisements are marked, slideshows are told apart, holes in lists do no harm."""
    ad, slides = item("clockworks_tiktok-scraper/ad"), item("clockworks_tiktok-scraper/slideshow")

    assert (True, True) == (ad.flags["is_ad"], ad.flags["is_sponsored"])
    assert ("slideshow", 0) == (slides.media["type"], slides.media["duration"])
    assert ("press",) == item("clockworks_tiktok-scraper/nulls").hashtags
    assert ("", "7635000000000000205") == (
        item("clockworks_tiktok-scraper/no_text").text_primary,
        item("clockworks_tiktok-scraper/no_text").identity,
    )


def test_a_youtube_video_without_subtitles() -> None:
    """The title, the description as such, seconds, and no tag out of a link."""
    clip = video("without_subtitles")

    facts = (clip.text_primary, clip.title, clip.secondary_kind, clip.media["duration"], clip.hashtags)
    expected_title = "Setting a poster by hand"
    assert (expected_title, expected_title, SecondaryKind.DESCRIPTION, 754, ("letterpress",)) == facts
    assert {"views": 1840, "likes": 96, "comments": 8} == clip.metrics


def test_subtitles_are_read_as_words() -> None:
    """Neither numbers nor times."""
    clip = video("with_subtitles")

    assert "Today we set a poster by hand. The cat will not help." == clip.transcript


def test_youtube_gaps() -> None:
    """Subtitles that are only linked are none; hours count; what is off is marked; nulls leave identity and title."""
    hours = video("hours_and_comments_off")

    assert SecondaryKind.DESCRIPTION is video("subtitles_without_text").secondary_kind
    facts = (hours.media["duration"], hours.flags["comments_off"], hours.flags["is_members_only"])
    assert (3723, True, True, "comments" in hours.metrics) == (*facts, False)
    assert ("Lr0wPress05", {}) == (video("nulls").identity, video("nulls").metrics)


def test_a_linkedin_post() -> None:
    """The exact time, the link without tracking, the author without the list of posts."""
    post = linkedin("image")

    assert datetime(2026, 5, 4, 9, 0, 5, 123_000, tzinfo=UTC) == post.published_at
    assert {"reactions": 30, "likes": 22, "comments": 4, "reposts": 2} == post.metrics
    facts = (post.author_ref, "?" in post.canonical_url, post.media["type"], post.media["items"])
    media = ["https://media.lantern-row.example/l1.jpg"]
    assert ("https://www.linkedin.com/company/lantern-row-press", False, "image", media) == facts


@pytest.mark.parametrize(
    ("case", "identity"),
    [
        ("apimaestro_linkedin-company-posts/image", "urn:li:activity:7455000000000000301"),
        ("apimaestro_linkedin-company-posts/no_full_urn", "urn:li:activity:7455000000000000310"),
        ("apimaestro_linkedin-company-posts/ugc_post", "urn:li:ugcPost:7455000000000000999"),
        ("apimaestro_linkedin-profile-posts/image", "urn:li:share:7456000000000000400"),
        ("apimaestro_linkedin-profile-posts/flat_urn", "urn:li:activity:7456000000000000402"),
        ("apimaestro_linkedin-profile-posts/urn_object_only", "urn:li:activity:7456000000000000403"),
        ("apimaestro_linkedin-profile-posts/nulls", "urn:li:activity:7456000000000000404"),
    ],
)
def test_linkedin_identities(case: str, identity: str) -> None:
    """The full name of the post, or one made from its number."""
    assert identity == item(case).identity


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("total_comments", {"reactions": 12, "likes": 12, "comments": 9, "reposts": 1}),
        ("counts_absent", {"reactions": 2, "likes": 0, "comments": 0, "reposts": 0}),
        ("stats_null", {"reactions": 0, "likes": 0, "comments": 0, "reposts": 0}),
    ],
)
def test_linkedin_counts_that_are_absent_are_zero(name: str, metrics: dict[str, int]) -> None:
    """The actor leaves out what nobody did."""
    assert metrics == linkedin(name).metrics


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[("image", "image"), ("video", "video"), ("document", "document"), ("document_without_media", "document")],
        *[("article", "article"), ("text_only", None)],
    ],
)
def test_linkedin_media(name: str, kind: str | None) -> None:
    """What is attached, wherever it stands."""
    assert kind == linkedin(name).media.get("type")


def test_a_profile_s_post_has_its_person_as_author() -> None:
    """And its images stand elsewhere than a company's."""
    post = item("apimaestro_linkedin-profile-posts/image")

    assert "https://www.linkedin.com/in/odile-marchbank" == post.author_ref
    assert ["https://media.lantern-row.example/p1.jpg"] == post.media["items"]


def test_an_article_of_a_site() -> None:
    """The time of the structured data goes first; organisation, logo and image are known."""
    article = page("article")

    assert datetime(2026, 4, 11, 8, 30, tzinfo=UTC) == article.published_at
    assert {
        "http_status": 200,
        "og_image": "https://media.lantern-row.example/ink.jpg",
        "og_type": "article",
        "organisation_name": "Lantern Row Press",
        "organisation_logo": "https://media.lantern-row.example/logo.png",
    } == article.media
    assert ("lantern-row.example", "What ink remembers", "en") == (article.author_ref, article.title, article.language)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("article_opengraph_date", datetime(2026, 4, 12, tzinfo=UTC)),
        ("broken_jsonld", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_times_of_pages(name: str, published: datetime) -> None:
    """OpenGraph's where there is no other; broken data before a usable date is passed over."""
    assert published == page(name).published_at


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("home", HOME),
        ("canonical_same_site", f"{HOME}/journal/press.html"),
        ("canonical_other_site", f"{HOME}/journal/guest.html"),
        ("canonical_to_home", f"{HOME}/services.html"),
        ("redirected", f"{HOME}/new.html"),
    ],
)
def test_the_address_that_a_page_is_known_by(name: str, url: str) -> None:
    """The canonical one, unless it is another site's or another page's."""
    assert url == page(name).identity


def test_a_page_that_claims_to_be_another_start_page_is_not_believed() -> None:
    """Whatever page the crawl began with keeps its place."""
    case = "apify_website-content-crawler/canonical_same_site"

    assert f"{HOME}/journal/press.html?ref=nav" == item(case, start_urls=(f"{HOME}/journal/press.html",)).identity


@pytest.mark.parametrize("case", [case for case in CASES if "crawler/" in case])
def test_collection_pages_are_recognised(case: str) -> None:
    """However the type is written; and no other page is taken for one."""
    assert ("/collection_" in case) is item(case).is_collection_page


def test_short_pages_and_error_pages_can_be_told() -> None:
    """Little text is low value; the status stays with the page."""
    assert (True, False, 404) == (
        page("short_page").is_low_value,
        page("article").is_low_value,
        page("not_found").media["http_status"],
    )


def test_pages_with_nulls_keep_their_text() -> None:
    """Null metadata costs nothing but itself."""
    facts: list[Any] = [(page(name).title, page(name).published_at) for name in ("null_metadata", "null_everywhere")]

    assert [(None, None), (None, None)] == facts
    assert len(page("null_everywhere").text_primary) > 200
