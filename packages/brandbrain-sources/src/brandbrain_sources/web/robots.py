"""
What a site lets crawlers fetch: ``robots.txt`` as RFC 9309 has it.

No such file (an answer from 400 to 499) allows everything; a server that fails (500 and more) allows nothing for the
moment. One that cannot be reached at all fails for that reason. A file is read up to 500 KiB.
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlsplit

import attrs
from protego import Protego

from brandbrain_sources.sites import same_site
from brandbrain_sources.web.charsets import decoded
from brandbrain_sources.web.fetching import Fetched, Fetcher, FetchFailed

MAX_BYTES: Final = 500 * 1024
_OUT_OF_REACH: Final = frozenset({"unreachable", "blocked_address", "timeout"})


@attrs.frozen(kw_only=True)
class _Rules:
    parsed: Protego | None = None
    refusal: FetchFailed | None = None


class Robots:
    """
    The rules of every host that one crawl meets, each file fetched once.

    Args:
        agent: The name that rules are looked up by.
    """

    def __init__(self, fetcher: Fetcher, agent: str) -> None:
        self._fetcher = fetcher
        self._agent = agent
        self._rules: dict[str, asyncio.Task[_Rules]] = {}

    async def check(self, url: str) -> None:
        """Raise `FetchFailed` unless the site lets us fetch *url*."""
        rules = await self._rules_for(url)
        if rules.refusal is not None:
            raise FetchFailed(rules.refusal.code, url, rules.refusal.why, rules.refusal.retry_after)
        if rules.parsed is not None and not rules.parsed.can_fetch(url, self._agent):
            raise FetchFailed("robots_disallowed", url, "the site's robots.txt does not allow it")

    async def crawl_delay(self, url: str) -> float:
        """Return how many seconds the site wants between two requests; 0.0: it does not say."""
        rules = await self._rules_for(url)
        delay = rules.parsed.crawl_delay(self._agent) if rules.parsed is not None else None
        return delay if delay is not None and delay > 0.0 else 0.0

    async def _rules_for(self, url: str) -> _Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._read(origin))
        return await asyncio.shield(self._rules[origin])

    async def _read(self, origin: str) -> _Rules:
        address = f"{origin}/robots.txt"

        async def stay_on_site(hop: str) -> None:
            if not same_site(hop, origin):
                raise FetchFailed("off_site", hop, "is on another site")

        try:
            fetched = await self._fetcher.fetch(
                address, accept="text/plain, */*;q=0.1", vet=stay_on_site, max_bytes=MAX_BYTES, truncate=True
            )
        except FetchFailed as failure:
            if failure.code in {"off_site", "bad_redirect"}:
                return _Rules()
            if failure.code in _OUT_OF_REACH:
                return _Rules(refusal=failure)
            return _Rules(refusal=_closed(address, "its robots.txt cannot be read"))
        return await asyncio.to_thread(_rules_in, fetched, address)

    async def aclose(self) -> None:
        """Stop what is still being fetched."""
        for task in self._rules.values():
            task.cancel()
        await asyncio.gather(*self._rules.values(), return_exceptions=True)


def _closed(address: str, why: str, retry_after: float | None = None) -> FetchFailed:
    return FetchFailed("robots_disallowed", address, why, retry_after)


def _rules_in(fetched: Fetched, address: str) -> _Rules:
    if fetched.status >= 500:
        why = f"its robots.txt answers {fetched.status}, so nothing is fetched at present"
        return _Rules(refusal=_closed(address, why, fetched.retry_after))
    if not 200 <= fetched.status < 300:
        return _Rules()
    body = fetched.body.rpartition(b"\n")[0] if fetched.truncated else fetched.body
    return _Rules(parsed=Protego.parse(decoded(body.replace(b"\0", b""), fetched.content_type)))
