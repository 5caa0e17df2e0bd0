"""Which page a page is, and whether it is a list."""

from __future__ import annotations

from typing import Any

import pytest

from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import NORMALISERS
from brandbrain_sources.normalise.json_ld import nodes, organisation, says_collection
from brandbrain_sources.normalise.page_identity import canonical, is_blog_index

SITE = NormaliseContext(platform=Platform.WEB, capability=Capability.CRAWL_PAGES, identifier="https://loft.example")


@pytest.mark.parametrize(
    ("loaded", "claimed", "expected"),
    [
        ("https://loft.example/a", None, "https://loft.example/a"),
        ("https://loft.example/a", "https://www.loft.example/a", "https://www.loft.example/a"),
        ("https://loft.example/index.html", "https://loft.example", "https://loft.example"),
        ("https://loft.example?utm=1", "https://loft.example", "https://loft.example"),
        ("https://loft.example/a", "https://www.loft.example", "https://loft.example/a"),
        ("https://loft.example/a", "https://evil.example/a", "https://loft.example/a"),
        ("https://loft.example/a", "https://loft.example/key", "https://loft.example/a"),
    ],
)
def test_canonical_addresses(loaded: str, claimed: str | None, expected: str) -> None:
    """Believed on the same site, but neither for the front page nor for a page that the crawl began with."""
    assert expected == canonical(loaded, claimed, ("https://loft.example/key/",))


def test_the_address_that_was_asked_for_is_the_page_s_own() -> None:
    """A redirect away from a start page does not make its claim somebody else's."""
    home = "https://loft.example"

    assert home == canonical(f"{home}/en", home, (home,), asked=home)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *[
            ("/blog", True),
            ("/en/news/", True),
            ("/journal/page/2", True),
            ("/category/sails", True),
            ("/2024/03", True),
        ],
        *[
            ("/blog/index.html", True),
            ("", False),
            ("/services", False),
            ("/blog/a-post", False),
            ("/about/team", False),
        ],
    ],
)
def test_a_list_of_posts_is_told_by_path_and_links(path: str, expected: bool) -> None:
    """Both are needed."""
    url = f"https://loft.example{path}"

    assert (expected, False) == (
        is_blog_index(url, links_below=9, links_in_headings=0),
        is_blog_index(url, links_below=4, links_in_headings=4),
    )


def test_our_crawler_s_lists_are_recognised() -> None:
    """From the counts of links that come with the page."""
    page: dict[str, Any] = {"loaded_url": "https://loft.example/blog", "text": "x" * 300}
    few, many = {**page, "links": {"below": 2}}, {**page, "links": {"headings": 7}}

    flags = [NORMALISERS["web_page"](each, SITE).is_collection_page for each in (page, few, many)]
    assert [False, False, True] == flags


def test_the_actor_s_lists_are_recognised() -> None:
    """From the links in its Markdown."""
    posts = "\n".join(f"## [Post {n}](https://loft.example/{n})\n" for n in range(6))
    page = {"url": "https://loft.example/blog/", "text": "x" * 300}
    aside = page | {"url": "https://loft.example/about"}

    normalise = NORMALISERS["apify_page"]
    assert normalise({**page, "markdown": posts}, SITE).is_collection_page
    assert not normalise({**aside, "markdown": posts}, SITE).is_collection_page
    assert not normalise({**page, "markdown": posts.replace("loft", "other")}, SITE).is_collection_page


@pytest.mark.parametrize(
    "described",
    [
        {"@type": "CollectionPage"},
        {"@type": ["WebPage", "CollectionPage"]},
        [{"@type": "Thing"}, {"@type": "https://schema.org/CollectionPage"}],
        {"@graph": [{"@type": "Organization"}, {"@type": ["CollectionPage"]}]},
        {"@graph": {"@type": "schema:CollectionPage"}},
        [[{"@graph": [{"@type": "CollectionPage"}]}], None, 7],
    ],
)
def test_every_way_to_name_a_collection_page_counts(described: object) -> None:
    """An object, a list, a graph; a string or a list of types."""
    assert says_collection(nodes(described))


@pytest.mark.parametrize(
    ("logo", "expected"),
    [
        ("https://loft.example/l.png", "https://loft.example/l.png"),
        ({"url": "https://loft.example/l.png"}, "https://loft.example/l.png"),
        ([None, {"contentUrl": "https://loft.example/l.png"}], "https://loft.example/l.png"),
        (7, None),
    ],
)
def test_the_organisation_has_a_name_and_a_logo(logo: object, expected: str | None) -> None:
    """However the logo is written."""
    described = nodes(
        {"@graph": [{"@type": "WebSite", "name": "No"}, {"@type": ["Organization"], "name": "Loft", "logo": logo}]}
    )

    assert ("Loft", expected) == organisation(described)
