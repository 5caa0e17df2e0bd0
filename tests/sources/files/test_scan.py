"""What a file holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brandbrain_core.model.platform import Capability, Platform
from brandbrain_sources.files import FileGroup, detect, scan

RAW = Path(__file__).parents[2] / "fixtures" / "raw"
SAMPLE = Path(__file__).parents[3] / "packages/brandbrain/src/brandbrain/sample/posts"
SHAPES = {
    "apify_instagram-scraper": {"instagram_post"},
    "apify_instagram-reel-scraper": {"instagram_reel", "instagram_post"},
    "clockworks_tiktok-scraper": {"tiktok_video"},
    "streamers_youtube-scraper": {"youtube_video"},
    "apimaestro_linkedin-company-posts": {"linkedin_post"},
    "apimaestro_linkedin-profile-posts": {"linkedin_post"},
    "apify_website-content-crawler": {"apify_page"},
}
NO_ITEMS = {"error_item", "nothing", "minimal"}


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        (folder, file.name)
        for folder in SHAPES
        for file in sorted((RAW / folder).glob("*.json"))
        if file.stem not in NO_ITEMS
    ],
)
def test_every_raw_shape_is_told_from_the_others(folder: str, file: str) -> None:
    """By members that are there even where they are null."""
    item = json.loads((RAW / folder / file).read_text("utf-8"))["item"]

    assert detect(item) in SHAPES[folder]


@pytest.mark.parametrize("row", [{}, {"a": 1}, {"message": "No posts", "company_input": "x"}, {"platform": "myspace"}])
def test_other_rows_have_no_shape(row: dict[str, object]) -> None:
    """Nothing is guessed."""
    assert detect(row) is None


@pytest.mark.parametrize(
    ("name", "platform", "capability", "identifier", "count"),
    [
        ("instagram.json", Platform.INSTAGRAM, Capability.POSTS, "marrowbysailloft", 14),
        ("instagram_reels.json", Platform.INSTAGRAM, Capability.REELS, "marrowbysailloft", 5),
        ("linkedin.jsonl", Platform.LINKEDIN, Capability.COMPANY_POSTS, "marrowby-sail-loft", 10),
        ("tiktok.json", Platform.TIKTOK, Capability.PROFILE_VIDEOS, "marrowbysailloft", 8),
        ("youtube.json", Platform.YOUTUBE, Capability.CHANNEL_VIDEOS, "UCm4rr0wbyL0ftK3ttl3Qu4y", 6),
    ],
)
def test_the_sample_files_hold_one_account_each(
    name: str, platform: Platform, capability: Capability, identifier: str, count: int
) -> None:
    """A co-author's post belongs to the account that most posts name."""
    expected = FileGroup(platform=platform, capability=capability, identifier=identifier, count=count)

    assert (expected,) == scan(SAMPLE / name).groups


def test_bad_rows_are_told(tmp_path: Path) -> None:
    """Rows that cannot be read, have no known shape, or say nothing of their platform."""
    path = tmp_path / "mixed.jsonl"
    rows = ['{"shortCode": "DTA4-URETWb", "ownerUsername": "Loft"}', "{", '{"a": 1}', '{"text_primary": "x"}']
    path.write_text("\n".join([*rows, '{"message": "Wrong input", "company_input": "x"}']), encoding="utf-8")

    found = scan(path)

    assert [("loft", 1)] == [(group.identifier, group.count) for group in found.groups]
    assert [
        "line 2: it is no JSON: Expecting property name enclosed in double quotes at character 2",
        "line 3: it has no shape that is known",
        "line 4: it does not say of which platform it is",
        "line 5: The source answered: Wrong input",
    ] == list(found.problems)


def test_groups_are_by_kind_and_the_largest_first(tmp_path: Path) -> None:
    """Pages belong to the site that most of them are on."""
    path = tmp_path / "all.json"
    pages = [
        {"platform": "web", "canonical_url": url}
        for url in ("https://a.com/1", "https://www.b.com/2", "https://a.com/3")
    ]
    post = {"platform": "tiktok", "author_ref": "@Loft", "text_primary": "x"}
    path.write_text(json.dumps([post, *pages]), encoding="utf-8")

    found = [(group.capability, group.identifier, group.count) for group in scan(path).groups]

    assert [(Capability.CRAWL_PAGES, "https://a.com", 3), (Capability.PROFILE_VIDEOS, "loft", 1)] == found


def test_a_group_without_an_account_is_told(tmp_path: Path) -> None:
    """No source can be made of it."""
    path = tmp_path / "a.json"
    path.write_text('[{"platform": "tiktok", "text_primary": "x", "author_ref": "no such name!"}]', encoding="utf-8")

    assert ((), ("No row of tiktok.profile_videos names its account",)) == (scan(path).groups, scan(path).problems)


def test_an_empty_file_has_no_groups(tmp_path: Path) -> None:
    """And nothing is wrong with it."""
    path = tmp_path / "empty.json"
    path.write_text("[]", encoding="utf-8")

    assert ((), ()) == (scan(path).groups, scan(path).problems)
