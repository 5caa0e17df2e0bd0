"""HTML to raw items."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_sources.web.fetching import Fetched
from brandbrain_sources.web.page import read_page

HOME = "https://loft.example/about/"
PROSE = "We mend sails above the old ice house, and we write down every seam that we open. " * 8


def page(html: str | bytes, url: str = HOME, **headers: str) -> dict[str, Any]:
    """Return the raw item that *html* becomes."""
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    fetched = Fetched(url=url, status=200, headers={"content-type": "text/html", **headers}, body=body)
    return dict(read_page(fetched, url).payload)


def test_what_a_page_says_of_itself_is_read() -> None:
    """Title, description, canonical URL, language, OpenGraph and JSON-LD."""
    html = f"""<!doctype html><html lang="en-GB"><head><title> About
        us </title><meta name="Description" content="Who we are"><meta property="og:image" content="/a.jpg">
        <meta property="article:published_time" content="2026-01-02"><link rel="canonical" href="/about">
        <script type="application/ld+json">{{"@type": "AboutPage"}}</script></head>
        <body><nav>Menu</nav><main><h1>About</h1><p>{PROSE}</p></main><footer>Imprint</footer></body></html>"""

    item = page(html)

    expected = {
        "url": HOME,
        "loaded_url": HOME,
        "http_status": 200,
        "canonical_url": "https://loft.example/about",
        "title": "About us",
        "description": "Who we are",
        "language": "en-GB",
        "open_graph": {"og:image": "/a.jpg", "article:published_time": "2026-01-02"},
        "json_ld": [{"@type": "AboutPage"}],
        "links": {"same_site": 0, "below": 0, "headings": 0},
        "headers": {"content-type": "text/html"},
    }
    assert expected == {name: value for name, value in item.items() if name != "text"}


def test_the_text_is_the_page_s_own() -> None:
    """Menu, footer and scripts are left out."""
    html = f"<body><nav>Menu</nav><main><p>{PROSE}</p></main><script>alert(1)</script><footer>Imprint</footer></body>"

    text = page(html)["text"]

    assert (True, False, False, False) == tuple(part in text for part in (PROSE[:80], "Menu", "alert", "Imprint"))


def test_a_page_of_snippets_still_has_text() -> None:
    """Where no article is found, all that is not plainly around it counts."""
    html = "<body><nav>Menu</nav><div>Sails</div><div>Bags</div><div>Repairs</div></body>"

    assert ["Sails", "Bags", "Repairs"] == page(html)["text"].split("\n")


def test_links_are_of_the_same_site_distinct_and_in_order() -> None:
    """Other sites, files, mail and the page itself are no pages to go on with."""
    html = """<a href="/b">b</a><a href="c?x=1#top">c</a><a href="/b/">b</a><a href="https://other.example/">o</a>
        <a href="mailto:a@b.c">m</a><a href="/x.pdf">f</a><a href="/about">self</a><a href="//shop.loft.example/d">d</a>
        <a href="http://[">broken</a><a>none</a><a href="javascript:void(0)">j</a>"""
    fetched = Fetched(url=HOME, status=200, headers={}, body=html.encode())

    expected = ("https://loft.example/b", "https://loft.example/about/c?x=1", "https://shop.loft.example/d")
    assert expected == read_page(fetched, HOME).links


def test_links_are_counted_by_what_they_tell() -> None:
    """Links below the page and links of headings tell a list of posts from a post."""
    teasers = "".join(f'<article><h2><a href="/blog/{n}">Post {n}</a></h2><p>…</p></article>' for n in range(7))

    item = page(f'<a href="/about">About</a>{teasers}', url="https://loft.example/blog")

    assert {"same_site": 8, "below": 7, "headings": 7} == item["links"]


@pytest.mark.parametrize("script", ["{", "null", '"x"', "[" * 100_000, "NaN", "x" * 300_000, '{"a": ' * 5000])
def test_broken_structured_data_is_left_out(script: str) -> None:
    """One bad script costs no other."""
    good = '<script type="application/ld+json">[{"@type": "WebPage"}]</script>'
    html = f'<script type="application/ld+json">{script}</script>{good}'

    assert [[{"@type": "WebPage"}]] == page(html)["json_ld"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0\0\0",
        "<" * 5000,
        "<div>" * 20_000 + "deep" + "</div>" * 20_000,
        "<table><tr><td>" * 3000,
        "<html><html><body><head><title>x",
        b"\xff\xfe\x00\xd8" * 50,
        "<p>" + "&#xD800;" * 50 + "&#0;",
        f"<main><p>{'word ' * 300_000}</p></main>",
        "<!--" * 1000,
        "<a href='" + "x" * 100_000 + "'>long</a>",
        "<base href='http://['><a href='b'>b</a><link rel=canonical href='http://[::'>",
    ],
)
def test_malformed_pages_are_read_as_far_as_they_go(html: str | bytes) -> None:
    """No page fails, and what comes out can be stored."""
    item = page(html)

    assert item == json.loads(json.dumps(item).encode("utf-8"))


@given(st.text(alphabet="<>/='\"abdhprsc \n&#;!-0\0\ud800", max_size=200))
def test_no_text_fails(html: str) -> None:
    """Whatever comes, an item comes out that holds no NUL and no lone surrogate."""
    text = json.dumps(page(html), ensure_ascii=False)

    assert ("\0" not in text, text) == (True, text.encode("utf-8").decode("utf-8"))
