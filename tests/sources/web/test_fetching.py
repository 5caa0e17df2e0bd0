"""Fetching from hosts that mean no good."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from brandbrain_sources.web.fetching import Fetched, Fetcher, FetchFailed, Limits

Serve = Callable[[Mapping[str, Any]], Awaitable[Any]]
SMALL = Limits(max_bytes=10_000, page_seconds=5.0)


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = {"Content-Type": "text/html", "Content-Length": str(len(body)), "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def moved(location: str) -> bytes:
    """Return a redirect."""
    return answer(status="302 Found", Location=location)


def resolver(**addresses: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Return a name service that knows these hosts (``_`` for a dot); each call takes the next answer."""
    calls = {name.replace("_", "."): iter(answers) for name, answers in addresses.items()}

    async def resolve(host: str, port: int) -> Sequence[str]:
        return (next(calls.get(host, iter((host,)))),)

    return resolve


async def anywhere(url: str) -> None:
    """Allow every hop."""


async def fetch(url: str, limits: Limits = SMALL, **options: Any) -> Fetched:
    """Fetch *url* with private addresses allowed, unless *options* say otherwise."""
    given: dict[str, Any] = {"user_agent": "test/1", "limits": limits, "allow_private": True, **options}
    async with Fetcher(**given) as fetcher:
        return await fetcher.fetch(url, accept="text/html", vet=anywhere)


async def failure(url: str, limits: Limits = SMALL, **options: Any) -> str:
    """Return the code with which the fetch of *url* fails."""
    with pytest.raises(FetchFailed) as caught:
        await fetch(url, limits, **options)
    return caught.value.code


async def test_a_page_comes_with_status_headers_and_body(serve: Serve) -> None:
    """The answer as the server gave it, under the address it came from."""
    server = await serve({"/a?b=c": answer(b"<p>hello", X_Powered_By="sails")})

    fetched = await fetch(f"{server.url}/a?b=c#top")

    expected = (f"{server.url}/a?b=c", 200, b"<p>hello", "sails")
    assert expected == (fetched.url, fetched.status, fetched.body, fetched.headers["x-powered-by"])


async def test_we_say_who_we_are_and_nothing_more(serve: Serve) -> None:
    """The request has our name, and neither cookies nor credentials."""
    server = await serve({"/": moved("/next"), "/next": answer(b"ok")})
    server.answers["/"] = answer(status="302 Found", Location="/next", Set_Cookie="id=1; Path=/")

    await fetch(server.url)

    names = {line.partition(":")[0].lower() for line in server.heads[1].split("\r\n")[1:] if line}
    assert {"host", "user-agent", "accept-encoding", "accept", "connection"} == names


async def test_proxies_of_the_environment_are_ignored(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would make the check of the address worthless."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server = await serve({"/": answer(b"direct")})

    assert b"direct" == (await fetch(server.url)).body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_loopback_is_refused_unless_allowed(serve: Serve, host: str) -> None:
    """Names and spellings of our own machine are not fetched."""
    server = await serve({"/": answer(b"secret")})

    assert "blocked_address" == await failure(f"http://{host}:{server.port}/", allow_private=False)
    assert [] == server.requests


async def test_a_redirect_to_a_metadata_service_is_refused(serve: Serve) -> None:
    """Each hop is checked like the first."""
    server = await serve({"/": moved("http://169.254.169.254/latest/meta-data/")})

    assert "blocked_address" == await failure(server.url)


async def test_a_redirect_to_a_private_name_is_refused(serve: Serve) -> None:
    """A public page that sends us to a name which leads inside."""
    server = await serve({"/": moved("http://inside.example/")})

    code = await failure(server.url, resolve=resolver(inside_example=["169.254.1.1"]))

    assert "blocked_address" == code


async def test_answers_of_the_name_service_that_change_lead_nowhere(serve: Serve) -> None:
    """The name is asked for once per connection, and the address that was checked is the one connected to."""
    server = await serve({"/": answer(b"page")})
    resolve = resolver(turn_example=["127.0.0.1", "169.254.169.254"])
    url = f"http://turn.example:{server.port}/"

    async with Fetcher(user_agent="test/1", limits=SMALL, allow_private=True, resolve=resolve) as fetcher:
        first = await fetcher.fetch(url, accept="*/*", vet=anywhere)
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(url, accept="*/*", vet=anywhere)

    assert (b"page", "blocked_address", ["/"]) == (first.body, caught.value.code, server.requests)


async def test_one_bad_address_among_good_ones_refuses_the_host() -> None:
    """A name that leads both outside and inside is not trusted."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ("93.184.215.14", "10.0.0.1")

    assert "blocked_address" == await failure("http://both.example/", allow_private=False, resolve=resolve)


async def test_the_host_header_keeps_the_name(serve: Serve) -> None:
    """Connecting to the address does not change what is asked for."""
    server = await serve({"/": answer(b"named")})
    await fetch(f"http://shop.example:{server.port}/", resolve=resolver(shop_example=["127.0.0.1"]))

    assert f"Host: shop.example:{server.port}" in server.heads[0].split("\r\n")


@pytest.mark.parametrize(
    "location",
    ["ftp://127.0.0.1/", "file:///etc/passwd", "javascript:1", "http://a:b@127.0.0.1/", "http://[", "gopher:x"],
)
async def test_redirects_to_anything_but_plain_web_addresses_are_refused(serve: Serve, location: str) -> None:
    """Only http and https, and no user names."""
    server = await serve({"/": moved(location)})

    assert "bad_redirect" == await failure(server.url)


async def test_a_redirect_loop_ends(serve: Serve) -> None:
    """Five redirects are followed, no more."""
    server = await serve({"/": moved("/")})

    assert ("bad_redirect", 6) == (await failure(server.url), len(server.requests))


async def test_every_hop_is_shown_to_the_caller(serve: Serve) -> None:
    """Whoever fetches can refuse a hop before it is made."""
    server = await serve({"/": moved("/closed"), "/closed": answer(b"never")})

    async def vet(url: str) -> None:
        if url.endswith("/closed"):
            raise FetchFailed("robots_disallowed", url, "no")

    async with Fetcher(user_agent="test/1", limits=SMALL, allow_private=True) as fetcher:
        with pytest.raises(FetchFailed, match="/closed: no"):
            await fetcher.fetch(server.url, accept="*/*", vet=vet)

    assert ["/"] == server.requests


async def test_a_body_without_end_is_cut_off(serve: Serve) -> None:
    """The size counts while it comes, not when it is there."""

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 4096)
            await writer.drain()

    server = await serve({"/": endless})

    assert "too_large" == await failure(server.url)


async def test_a_stated_size_is_enough_to_refuse(serve: Serve) -> None:
    """Nothing is read of a body that says it is too large."""
    server = await serve({"/": answer(b"x", Content_Length="99999999999999999999")})

    assert "too_large" == await failure(server.url)


async def test_a_bomb_is_cut_off_while_it_unpacks(serve: Serve) -> None:
    """20 MB in 20 KB: the unpacked size counts."""
    packed = gzip.compress(b"\0" * 20_000_000)
    server = await serve({"/": answer(packed, Content_Encoding="gzip")})

    assert "too_large" == await failure(server.url, Limits(max_bytes=1_000_000))


async def test_packed_pages_are_unpacked(serve: Serve) -> None:
    """An honest packed page."""
    server = await serve({"/": answer(gzip.compress(b"<p>hello"), Content_Encoding="gzip")})

    assert b"<p>hello" == (await fetch(server.url)).body


@pytest.mark.parametrize(("encoding", "code"), [("br", "not_html"), ("gzip, gzip", "not_html"), ("gzip", "http_error")])
async def test_packing_that_cannot_be_undone_is_an_error(serve: Serve, encoding: str, code: str) -> None:
    """Packings that were not asked for, or that are broken."""
    server = await serve({"/": answer(b"no such thing", Content_Encoding=encoding)})

    assert code == await failure(server.url)


async def test_a_slow_drip_ends_in_time(serve: Serve) -> None:
    """The time counts for the whole page, however many bytes have come."""
    stopped = asyncio.Event()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not stopped.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    server = await serve({"/": drip})

    assert "timeout" == await failure(server.url, Limits(page_seconds=0.2))
    stopped.set()


async def test_headers_without_end_are_an_error(serve: Serve) -> None:
    """A head of half a megabyte is no answer."""
    server = await serve({"/": answer(b"x", X_Long="y" * 500_000)})

    assert "http_error" == await failure(server.url)


@pytest.mark.parametrize("garbage", [b"", b"hello\r\n\r\n", b"HTTP/1.1 999999\r\n\r\n", b"\0\xff" * 100])
async def test_garbage_is_an_error_of_the_host(serve: Serve, garbage: bytes) -> None:
    """What is no HTTP does not come through as anything else."""
    server = await serve({"/": garbage})

    assert "http_error" == await failure(server.url)


async def test_a_closed_port_and_an_unknown_name_are_unreachable(serve: Serve) -> None:
    """Nobody there."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host == "127.0.0.1":
            return (host,)
        raise OSError("unknown")

    codes = [await failure(url, resolve=resolve) for url in ("http://127.0.0.1:1/", "http://nowhere.example/")]

    assert ["unreachable", "unreachable"] == codes


async def test_tls_asks_for_the_name_and_not_for_the_address() -> None:
    """The handshake names the host; a server that speaks no TLS is an error, not a reason to do without."""
    greetings: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greetings.append(await reader.read(4096))
        writer.write(b"plain text")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        url = f"https://shop.example:{server.sockets[0].getsockname()[1]}/"
        code = await failure(url, resolve=resolver(shop_example=["127.0.0.1"]))

    assert ("unreachable", True) == (code, b"shop.example" in greetings[0])


async def test_the_beginning_is_enough_where_that_is_asked_for(serve: Serve) -> None:
    """A long file of rules is read up to the limit."""
    server = await serve({"/": answer(b"0123456789" * 3000)})

    async with Fetcher(user_agent="test/1", allow_private=True) as fetcher:
        fetched = await fetcher.fetch(server.url, accept="*/*", vet=anywhere, max_bytes=15, truncate=True)

    assert (b"012345678901234", True) == (fetched.body, fetched.truncated)
