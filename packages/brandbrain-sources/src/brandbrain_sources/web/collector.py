"""The collector ``web``: a few pages of a brand's own site."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.policies.identifiers import extra_start_urls
from brandbrain_core.ports import Clock, Collected, CollectedItem, CollectRequest, ExternalRuns
from brandbrain_sources.sites import host_of, same_site, site_of
from brandbrain_sources.web.crawl import ACCEPT_HTML, Crawl, GetPage, crawl
from brandbrain_sources.web.fetching import Fetched, Fetcher, FetchFailed, Limits
from brandbrain_sources.web.pace import Pace, Sleep
from brandbrain_sources.web.page import SHAPE
from brandbrain_sources.web.pinning import Resolve, system_resolve
from brandbrain_sources.web.robots import Robots

AGENT: Final = "brandbrain"
"""The name that ``robots.txt`` files know us by."""

MAX_EXTRA: Final = 2
_SPARE: Final = timedelta(seconds=2)
"""Kept back to hand over what was fetched before the pipeline gives up."""


def user_agent(contact: str | None = None) -> str:
    """
    Return who we say we are: name, version and what we do.

    Args:
        contact: An address where a site's owner reaches whoever runs the crawler.
    """
    purpose = f"+{contact}" if contact else "reads a few pages; obeys robots.txt"
    return f"{AGENT}/{version('brandbrain-sources')} ({purpose})"


class WebCollector:
    """
    Crawls a few pages of a site; see `brandbrain_core.ports.Collector`.

    Args:
        allow_private: Let loopback and private addresses be crawled, for tests and intranets.
        contact: Goes into the ``User-Agent``.
        limits: What one page may cost.
        concurrency: So many pages at a time; 1 or more.
        resolve, tls, clock, sleep: What is otherwise the machine's.
    """

    name = "web"
    version = "1"
    capped = True

    def __init__(
        self,
        *,
        allow_private: bool = False,
        contact: str | None = None,
        limits: Limits | None = None,
        concurrency: int = 3,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._limits = limits or Limits()
        self._concurrency = concurrency
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._fetcher: Callable[[], Fetcher] = lambda: Fetcher(
            user_agent=user_agent(contact),
            limits=self._limits,
            allow_private=allow_private,
            resolve=resolve,
            tls=tls,
        )

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:  # noqa: ARG002
        """Pages of the web, whatever the settings."""
        return (platform, capability) == (Platform.WEB, Capability.CRAWL_PAGES)

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return the start pages and the cap."""
        return {"start_urls": list(start_urls(request)), "max_pages": request.cap}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:  # noqa: ARG002
        """
        Return up to the cap of pages; what failed on the way is in the problems.

        Raises:
            SourceFailed: No page could be fetched. Codes: those of `FetchFailed`.
        """
        starts = start_urls(request)
        left = request.deadline - self._clock.now()
        if left <= timedelta(0):
            raise SourceFailed("timeout", "There is no time left to crawl the site")
        deadline = request.deadline - min(_SPARE, left / 4)
        async with self._fetcher() as fetcher:
            robots = Robots(fetcher, AGENT)
            try:
                found = await crawl(
                    starts,
                    cap=request.cap,
                    get=self._polite(fetcher, robots, deadline, starts[0]),
                    concurrency=self._concurrency,
                    has_time=lambda: self._clock.now() < deadline,
                )
            finally:
                await robots.aclose()
        return _collected(found, request.cap)

    def _polite(self, fetcher: Fetcher, robots: Robots, deadline: datetime, start: str) -> GetPage:
        pace = Pace(self._clock, self._sleep, deadline)

        async def vet(hop: str) -> None:
            if not same_site(hop, start):
                why = f"leads to {site_of(hop) or 'nowhere'}, another site; if that is the brand's, add it as a source"
                raise FetchFailed("off_site", hop, why)
            await robots.check(hop)

        async def get(url: str) -> Fetched:
            await robots.check(url)
            await pace.turn(host_of(url), await robots.crawl_delay(url), url)
            left = (deadline - self._clock.now()).total_seconds()
            try:
                async with asyncio.timeout(max(left, 0.0)):
                    return await fetcher.fetch(url, accept=ACCEPT_HTML, vet=vet)
            except TimeoutError as error:
                raise FetchFailed("timeout", url, "did not answer before the time was up") from error

        return get


def start_urls(request: CollectRequest) -> tuple[str, ...]:
    """Return the pages that a crawl begins with: the identifier, then up to 2 of the setting ``extra_start_urls``."""
    extra = request.settings.get("extra_start_urls")
    more = extra_start_urls(extra, MAX_EXTRA + 1) if isinstance(extra, list | tuple) else ()
    others = [url for url in more if url != request.identifier]
    return (request.identifier, *others[:MAX_EXTRA])


def _collected(found: Crawl, cap: int) -> Collected:
    if not found.pages:
        first = found.failures[0] if found.failures else None
        if first is None:
            raise SourceFailed("timeout", "The time was up before a page was fetched")
        raise SourceFailed(first.code, f"No page could be fetched. {first}", first.retry_after)
    problems = [str(failure) for failure in found.failures]
    if found.out_of_time:
        problems.append("The time was up before all pages were fetched")
    items = tuple(CollectedItem(shape=SHAPE, payload=page.payload) for page in found.pages[:cap])
    return Collected(items=items, problems=tuple(problems))
