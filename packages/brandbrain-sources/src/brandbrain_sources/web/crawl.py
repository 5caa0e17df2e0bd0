"""
Which pages are fetched, and in what order: breadth first from the start pages, on one site, up to a cap.

The order of the result depends on the pages alone, not on which of them answers first.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import attrs

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_sources.sites import same_site, site_of
from brandbrain_sources.web.fetching import Fetched, FetchFailed
from brandbrain_sources.web.page import Page, read_page

ACCEPT_HTML: Final = "text/html,application/xhtml+xml;q=0.9"
MAX_DEPTH: Final = 3
"""Links are followed at most so many steps from a start page."""

_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_ATTEMPTS_PER_PAGE: Final = 2
_ERRANDS: Final = frozenset(
    {
        "account",
        "admin",
        "basket",
        "cart",
        "checkout",
        "cookie",
        "cookies",
        "disclaimer",
        "impressum",
        "imprint",
        "login",
    }
    | {"logout", "password", "privacy", "register", "search", "signin", "signup", "sitemap", "terms", "unsubscribe"}
)

GetPage: TypeAlias = Callable[[str], Awaitable[Fetched]]
"""Fetches one page with all that politeness asks for; raises `FetchFailed`."""

HasTime: TypeAlias = Callable[[], bool]
"""Tells whether another page may be begun."""


@attrs.frozen(kw_only=True)
class Crawl:
    """
    What a crawl found.

    Attributes:
        pages: In the order in which they were found; the start pages first.
        failures: What could not be fetched, in the same order.
        out_of_time: Whether it ended early.
    """

    pages: tuple[Page, ...]
    failures: tuple[FetchFailed, ...]
    out_of_time: bool = False


@attrs.define
class _Progress:
    cap: int
    budget: int
    pages: list[Page] = attrs.field(factory=list)
    failures: list[FetchFailed] = attrs.field(factory=list)
    loaded: set[str] = attrs.field(factory=set)

    @property
    def wanted(self) -> int:
        return max(0, min(self.cap - len(self.pages), self.budget))

    def keep(self, found: Page | FetchFailed) -> tuple[str, ...]:
        """Take *found* in; return the links to go on with."""
        if isinstance(found, FetchFailed):
            self.failures.append(found)
            return ()
        loaded = _one_spelling(str(found.payload["loaded_url"]))
        if loaded in self.loaded:
            return ()
        self.loaded.add(loaded)
        self.pages.append(found)
        return found.links


async def crawl(
    starts: Sequence[str], *, cap: int, get: GetPage, concurrency: int, has_time: HasTime, max_depth: int = MAX_DEPTH
) -> Crawl:
    """
    Fetch up to *cap* pages, beginning with *starts*; pages that fail are reported and do not count.

    Args:
        starts: The first names the site; those of other sites are reported, not fetched.
        concurrency: So many pages at a time.
    """
    progress = _Progress(cap=cap, budget=_ATTEMPTS_PER_PAGE * cap + len(starts))
    site = starts[0]
    level = list(dict.fromkeys(url for url in starts if same_site(url, site)))
    progress.failures.extend(_strangers(starts, site))
    known = {_one_spelling(url) for url in level}
    for _depth in range(max_depth + 1):
        following: list[str] = []
        while level and progress.wanted:
            if not has_time():
                return _end(progress, out_of_time=True)
            batch, level = level[: min(progress.wanted, concurrency)], level[min(progress.wanted, concurrency) :]
            progress.budget -= len(batch)
            for found in await asyncio.gather(*(_fetched_page(url, get) for url in batch)):
                following.extend(progress.keep(found))
        fresh = (url for url in dict.fromkeys(following) if url not in known | progress.loaded)
        level = sorted(fresh, key=is_errand)
        known.update(level)
        if not level or not progress.wanted:
            break
    return _end(progress, out_of_time=False)


def is_errand(url: str) -> bool:
    """
    Tell whether the page at *url* is where visitors run errands or read the small print; such pages come last.

    >>> is_errand("https://a.com/login?next=/"), is_errand("https://a.com/about")
    (True, False)
    """
    return any(word in _ERRANDS for word in re.split(r"[^a-z]+", urlsplit(url).path.lower()))


def _end(progress: _Progress, *, out_of_time: bool) -> Crawl:
    return Crawl(pages=tuple(progress.pages), failures=tuple(progress.failures), out_of_time=out_of_time)


def _strangers(starts: Iterable[str], site: str) -> list[FetchFailed]:
    why = f"is not on {site_of(site)}; add it as a source of its own"
    return [FetchFailed("off_site", url, why) for url in starts if not same_site(url, site)]


def _one_spelling(url: str) -> str:
    try:
        return normalise_url(url)
    except InvalidIdentifier:
        return url


async def _fetched_page(url: str, get: GetPage) -> Page | FetchFailed:
    try:
        fetched = await get(url)
        if not 200 <= fetched.status < 300:
            raise FetchFailed("http_error", url, f"answered {fetched.status}", fetched.retry_after)
        if not _is_html(fetched):
            raise FetchFailed("not_html", url, "is no HTML page")
        return await asyncio.to_thread(read_page, fetched, url)
    except FetchFailed as failure:
        return failure


def _is_html(fetched: Fetched) -> bool:
    kind = fetched.content_type.partition(";")[0].strip().lower()
    if kind:
        return kind in _HTML_TYPES
    return fetched.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<head"))
