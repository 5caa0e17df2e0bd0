"""What robots.txt allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from brandbrain_sources.web.fetching import Fetcher, FetchFailed
from brandbrain_sources.web.robots import MAX_BYTES, Robots

Serve = Callable[[Mapping[str, Any]], Awaitable[Any]]


def rules(text: str, status: str = "200 OK") -> bytes:
    """Return an answer with a robots.txt."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    return (head + text).encode()


async def one_allowed(robots: Robots, url: str) -> bool:
    """Tell whether *url* may be fetched."""
    try:
        await robots.check(url)
    except FetchFailed as failure:
        if failure.code != "robots_disallowed":
            raise
        return False
    return True


async def allowed(server: Any, *paths: str) -> list[bool]:
    """Tell for each path whether it may be fetched."""
    async with Fetcher(user_agent="test/1", allow_private=True) as fetcher:
        robots = Robots(fetcher, "brandbrain")
        return [await one_allowed(robots, f"{server.url}{path}") for path in paths]


async def test_rules_are_obeyed_and_read_once(serve: Serve) -> None:
    """Wildcards, and the longest rule wins; one request however many pages."""
    text = "User-agent: *\nDisallow: /private\nDisallow: /*.cgi$\nAllow: /private/open\n"
    server = await serve({"/robots.txt": rules(text)})

    got = await allowed(server, "/", "/private/x", "/private/open/x", "/a.cgi", "/a.cgi?x")

    assert ([True, False, True, False, True], ["/robots.txt"]) == (got, server.requests)


async def test_rules_for_us_go_before_rules_for_all(serve: Serve) -> None:
    """A group that names us is the only one that counts."""
    server = await serve({"/robots.txt": rules("User-agent: *\nAllow: /\n\nUser-agent: BrandBrain\nDisallow: /\n")})

    assert [False] == await allowed(server, "/")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("404 Not Found", True), ("403 Forbidden", True), ("500 Oops", False), ("503 Later", False), ("200 OK", False)],
)
async def test_the_status_decides_where_there_are_no_rules(serve: Serve, status: str, expected: bool) -> None:
    """No file allows everything, a server that fails allows nothing, whatever the answer's text says."""
    server = await serve({"/robots.txt": rules("User-agent: *\nDisallow: /\n", status)})

    assert [expected] == await allowed(server, "/page")


async def test_a_file_of_rules_without_end_counts_as_far_as_it_is_read(serve: Serve) -> None:
    """What stands in the first 500 KiB is obeyed."""
    text = "User-agent: *\nDisallow: /early\n" + "# padding\n" * (MAX_BYTES // 10) + "Disallow: /late\n"
    server = await serve({"/robots.txt": rules(text)})

    assert [False, True] == await allowed(server, "/early", "/late")


@pytest.mark.parametrize(
    "text", ["\0" * 99, "User-agent", "Disallow: /", "Crawl-delay: nan", "é" * 50, "User-agent: *\n:"]
)
async def test_rules_that_make_no_sense_forbid_nothing(serve: Serve, text: str) -> None:
    """Garbage is as good as no file."""
    server = await serve({"/robots.txt": rules(text)})

    assert [True] == await allowed(server, "/")


@pytest.mark.parametrize(("line", "seconds"), [("2.5", 2.5), ("-1", 0.0), ("nan", 0.0), ("soon", 0.0)])
async def test_the_pause_that_a_site_wants_is_known(serve: Serve, line: str, seconds: float) -> None:
    """Seconds between two requests, never negative."""
    server = await serve({"/robots.txt": rules(f"User-agent: *\nCrawl-delay: {line}\n")})

    async with Fetcher(user_agent="test/1", allow_private=True) as fetcher:
        assert seconds == await Robots(fetcher, "brandbrain").crawl_delay(server.url)


async def test_a_host_that_is_out_of_reach_fails_for_that_reason() -> None:
    """Not because of rules that nobody has seen."""
    async with Fetcher(user_agent="test/1", allow_private=True) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await Robots(fetcher, "brandbrain").check("http://127.0.0.1:1/page")

    assert ("unreachable", "http://127.0.0.1:1/page") == (caught.value.code, caught.value.url)
