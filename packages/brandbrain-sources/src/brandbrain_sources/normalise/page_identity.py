"""Which page a page is, and whether it only lists others: decided from addresses and links."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from brandbrain_sources.normalise.reading import page_url
from brandbrain_sources.sites import same_site

ENOUGH_LINKS: Final = 5
"""A list of posts links to at least so many."""

_INDEX_WORDS: Final = frozenset(
    {
        "articles",
        "archive",
        "archives",
        "blog",
        "blogs",
        "insights",
        "journal",
        "latest",
        "magazine",
        "news",
        "newsroom",
    }
    | {"posts", "press", "publications", "resources", "stories", "updates", "category", "tag", "topics", "author"}
)
_ABOUT_WORDS: Final = frozenset({"author", "category", "tag", "topics"})
_ARCHIVE: Final = re.compile(r"(?:.+/)?page/\d{1,4}|(?:[^/]+/)?(?:19|20)\d\d(?:/\d{1,2}){0,2}")
_FRONT_PAGE: Final = re.compile(r"/?(?:(?:index|home|default)(?:\.\w{1,5})?)?", re.IGNORECASE)


def canonical(loaded: str, claimed: str | None, start_urls: Collection[str], *, asked: str | None = None) -> str:
    """
    Return the address that a page is known by, given normalised addresses; *asked* is the one that led to it.

    The address that it claims counts only on the same site, and only if it is not that of another page that the crawl
    began with, nor the front page: many pages name it out of carelessness and would overwrite it.

    >>> canonical("https://a.com/x?ref=nav", "https://a.com/x", ())
    'https://a.com/x'
    >>> canonical("https://a.com/services", "https://a.com", ("https://a.com",))
    'https://a.com/services'
    """
    if claimed is None or claimed == loaded or not same_site(loaded, claimed):
        return loaded
    if claimed == asked:
        return claimed
    if claimed in {page_url(url) for url in start_urls}:
        return loaded
    if _is_front(claimed) and not _is_front(loaded):
        return loaded
    return claimed


def _is_front(url: str) -> bool:
    return _FRONT_PAGE.fullmatch(urlsplit(url).path) is not None


def is_blog_index(url: str, *, links_below: int, links_in_headings: int) -> bool:
    """
    Tell whether the page at *url* is a list of posts: its path says so, and its links.

    >>> is_blog_index("https://a.com/blog", links_below=12, links_in_headings=0)
    True
    >>> is_blog_index("https://a.com/blog/how-we-mend", links_below=0, links_in_headings=6)
    False
    """
    if max(links_below, links_in_headings) < ENOUGH_LINKS:
        return False
    path = urlsplit(url).path.strip("/").lower()
    *before, last = path.removesuffix("/index.html").removesuffix("/index.php").split("/")
    about = before[-1] if before else ""
    return last in _INDEX_WORDS or about in _ABOUT_WORDS or _ARCHIVE.fullmatch(path) is not None
