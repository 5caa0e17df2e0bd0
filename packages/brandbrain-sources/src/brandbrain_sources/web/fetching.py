"""
Fetching one page from a host that nobody vouches for.

Only http and https; only addresses that were checked; redirects one by one, each checked like the first; bounded in
time and in size, before and after decompression; no cookies, no credentials, no proxies of the environment.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Final, Self, TypeAlias
from urllib.parse import urljoin

import attrs
import httpcore2
import httpx2

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_sources.web.pinning import AddressRefused, CheckedBackend, CheckedTransport, Resolve, system_resolve

Vet: TypeAlias = Callable[[str], Awaitable[None]]
"""Looks at an address before it is fetched; raises `FetchFailed` to keep the fetch from going there."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_MAX_RETRY_AFTER: Final = 86_400


class FetchFailed(Exception):
    """
    A page that could not be fetched.

    Attributes:
        code: ``unreachable``, ``blocked_address``, ``robots_disallowed``, ``not_html``, ``http_error``, ``timeout``,
            ``too_large``, ``off_site`` or ``bad_redirect``.
        why: A part of a sentence, after the URL.
        retry_after: Seconds that the server asked to wait; None: it did not say.
    """

    def __init__(self, code: str, url: str, why: str, retry_after: float | None = None) -> None:
        super().__init__(code, url, why, retry_after)
        self.code = code
        self.url = url
        self.why = why
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.url}: {self.why}"


@attrs.frozen(kw_only=True)
class Limits:
    """
    What one fetch may cost.

    Attributes:
        max_bytes: Of the body, as sent and as unpacked.
        page_seconds: From the first name that is resolved to the last byte, all redirects included.
        max_redirects: How many are followed.
        connections: How many are open at the same time.
    """

    max_bytes: int = 5 * 2**20
    page_seconds: float = 20.0
    max_redirects: int = 5
    connections: int = 4


@attrs.frozen(kw_only=True)
class Fetched:
    """
    What a server answered.

    Attributes:
        url: Where the last redirect led.
        headers: By lower-case name.
        truncated: Whether the body was longer than asked for.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool = False

    @property
    def content_type(self) -> str:
        """The header as it came; empty if there is none."""
        return self.headers.get("content-type", "")

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait, at most a day; None: it does not say."""
        text = self.headers.get("retry-after", "").strip()
        return float(min(int(text), _MAX_RETRY_AFTER)) if text.isascii() and text.isdigit() and len(text) < 10 else None


@cache
def system_trust() -> ssl.SSLContext:
    """Return the certificates that the machine trusts, read once; the environment is not asked."""
    return httpx2.create_ssl_context(trust_env=False)


class Fetcher:
    """
    Fetches pages; an asynchronous context manager that closes its connections.

    Args:
        user_agent: Who we say we are.
        allow_private: Let loopback and private addresses pass.
        resolve: Where the addresses of a host come from.
        tls: Which certificates are trusted; None: those of the machine.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits | None = None,
        allow_private: bool = False,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or Limits()
        backend = CheckedBackend(resolve, allow_private=allow_private)
        self._client = httpx2.AsyncClient(
            transport=CheckedTransport(backend, tls=tls or system_trust(), connections=self._limits.connections),
            headers={"user-agent": user_agent, "accept-encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=self._limits.page_seconds,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(
        self, url: str, *, accept: str, vet: Vet, max_bytes: int | None = None, truncate: bool = False
    ) -> Fetched:
        """
        Return what *url* answers, whatever its status; raise `FetchFailed`.

        Args:
            accept: The ``Accept`` header.
            vet: Asked before each hop, the first included.
            max_bytes: Instead of the limit for pages.
            truncate: Return the beginning of a longer body instead of failing.
        """
        here = url
        try:
            async with asyncio.timeout(self._limits.page_seconds):
                for _ in range(self._limits.max_redirects + 1):
                    here = _plain(here, url)
                    await vet(here)
                    fetched, target = await self._hop(here, accept, max_bytes or self._limits.max_bytes, truncate)
                    if target is None:
                        return fetched
                    here = _joined(here, target)
        except TimeoutError as error:
            why = f"did not answer in full within {self._limits.page_seconds:g} seconds"
            raise FetchFailed("timeout", here, why) from error
        raise FetchFailed("bad_redirect", url, f"redirects more than {self._limits.max_redirects} times")

    async def _hop(self, url: str, accept: str, max_bytes: int, truncate: bool) -> tuple[Fetched, str | None]:
        try:
            async with self._client.stream("GET", url, headers={"accept": accept}) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                fetched = Fetched(url=url, status=response.status_code, headers=headers, body=b"")
                if response.status_code in _REDIRECTS and headers.get("location"):
                    return fetched, headers["location"]
                body, truncated = await _bounded_body(response, url, max_bytes, truncate)
                return attrs.evolve(fetched, body=body, truncated=truncated), None
        except AddressRefused as error:
            raise FetchFailed("blocked_address", url, f"{error}; it is not fetched") from error
        except (httpcore2.TimeoutException, httpx2.TimeoutException) as error:
            raise FetchFailed("timeout", url, "did not answer in time") from error
        except (httpcore2.ProtocolError, httpx2.ProtocolError, httpx2.DecodingError) as error:
            raise FetchFailed("http_error", url, "answered with something that is no valid HTTP") from error
        except (httpcore2.NetworkError, httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
            raise FetchFailed("unreachable", url, f"cannot be reached: {_reason(error)}") from error


async def _bounded_body(response: httpx2.Response, url: str, max_bytes: int, truncate: bool) -> tuple[bytes, bool]:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise FetchFailed("not_html", url, "is packed in a way that was not asked for")
    stated = response.headers.get("content-length", "")
    if not truncate and stated.isascii() and stated.isdigit() and int(stated[:20]) > max_bytes:
        raise FetchFailed("too_large", url, f"is larger than {max_bytes} bytes")
    chunks = bytearray()
    async for chunk in response.aiter_bytes():
        chunks += chunk
        if len(chunks) > max_bytes or response.num_bytes_downloaded > max_bytes:
            if truncate:
                return bytes(chunks[:max_bytes]), True
            raise FetchFailed("too_large", url, f"is larger than {max_bytes} bytes")
    return bytes(chunks), False


def _plain(url: str, start: str) -> str:
    """Return *url* without user name, fragment and odd spellings; the slash at its end is kept."""
    try:
        normal = normalise_url(url)
    except InvalidIdentifier as error:
        raise FetchFailed("bad_redirect", start, f"leads to no address that can be fetched: {error.why}") from error
    bare, mark, query = normal.partition("?")
    path = url.partition("#")[0].partition("?")[0]
    return f"{bare}/{mark}{query}" if path.endswith("/") or bare.count("/") == 2 else normal


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return location


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError) or "CERTIFICATE" in str(error).upper():
        return "its certificate is not valid"
    text = str(error).strip()
    return text.splitlines()[0][:120] if text else type(error).__name__
