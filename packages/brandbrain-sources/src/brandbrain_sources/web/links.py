"""The links of a page, and what they say about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_sources.sites import same_site

MAX_LINKS: Final = 2_000
"""More links than this of one page are not looked at."""

_NO_PAGE: Final = re.compile(
    r"\.(?:7z|avi|bmp|bz2|css|csv|dmg|docx?|eot|epub|exe|gif|gz|ico|iso|jpe?g|js|json|m4a|m4v|mov|mp3|mp4|mpe?g|ogg|ogv"
    r"|otf|pdf|png|pptx?|rar|rss|svg|tar|tgz|tiff?|ttf|txt|wav|webm|webp|woff2?|xlsx?|xml|zip)$",
    re.IGNORECASE,
)


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """Return what relative links of the page at *url* are relative to."""
    node = tree.css_first("base[href]")
    href = (node.attributes.get("href") or "") if node is not None else ""
    return _joined(url, href) or url


def links_of(tree: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Return the pages of the same site that the page links to: normalised, each once, in order, itself left out."""
    return tuple(_pages(tree.css("a[href], area[href]"), base_of(tree, url), url))


def heading_links_of(tree: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Return the pages of the same site that headings and teasers link to, as lists of posts do."""
    nodes = tree.css("h1 a[href], h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, article a[href]")
    return tuple(_pages((_anchor(node) for node in nodes), base_of(tree, url), url))


def below(url: str, links: Iterable[str]) -> tuple[str, ...]:
    """
    Return those of *links* whose path goes on from that of *url*.

    >>> below("https://a.com/blog", ("https://a.com/blog/x", "https://a.com/blogs", "https://a.com/about"))
    ('https://a.com/blog/x',)
    """
    stem = re.sub(r"/(?:index\.\w+)?$", "", urlsplit(url).path) + "/"
    return tuple(link for link in links if urlsplit(link).path.startswith(stem) and urlsplit(link).path != stem)


def _anchor(node: LexborNode) -> LexborNode:
    here: LexborNode | None = node
    while here is not None and here.tag != "a":
        here = here.parent
    return here or node


def _pages(nodes: Iterable[LexborNode], base: str, url: str) -> Iterator[str]:
    try:
        own = normalise_url(url)
    except InvalidIdentifier:
        own = url
    seen = {own}
    for index, node in enumerate(nodes):
        if index >= MAX_LINKS:
            return
        target = _page(base, node.attributes.get("href") or "")
        if target is not None and target not in seen and same_site(target, url):
            seen.add(target)
            yield target


def _page(base: str, href: str) -> str | None:
    joined = _joined(base, href.strip())
    if not joined.startswith(("http://", "https://")) or _NO_PAGE.search(urlsplit(joined).path):
        return None
    try:
        return normalise_url(joined)
    except InvalidIdentifier:
        return None


def _joined(base: str, href: str) -> str:
    try:
        joined = urljoin(base, href)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined
