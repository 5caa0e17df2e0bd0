"""The collector ``web``: whole crawls over real and hostile sites."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Collected, CollectRequest
from brandbrain_sources.web import Limits, WebCollector

Serve = Callable[[Mapping[str, Any]], Awaitable[Any]]
PROSE = "We mend sails above the old ice house, and we write down every seam that we open. " * 8
SAMPLE = Path(__file__).parents[3] / "packages/brandbrain/src/brandbrain/sample/website"


class Runs:
    """Nothing external is ever started."""

    async def started(self, external_run_id: str) -> None:
        """Fail."""
        raise AssertionError(external_run_id)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return where the clock stands."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Move on by *seconds* at once."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def answer(body: str = "", status: str = "200 OK", kind: str = "text/html", **headers: str) -> bytes:
    """Return an answer as it goes over the wire."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\nConnection: close\r\n"
    return f"{head}{more}\r\n{body}".encode()


def html(title: str, *links: str) -> bytes:
    """Return a page with links."""
    anchors = "".join(f'<a href="{link}">{link}</a>' for link in links)
    return answer(f"<title>{title}</title>{anchors}<main><p>{PROSE}</p></main>")


def folder(path: Path) -> dict[str, bytes]:
    """Return the answers of a server for the files in a folder."""
    kinds = {".html": "text/html; charset=utf-8", ".txt": "text/plain"}
    pages = {f"/{file.relative_to(path).as_posix()}": file for file in path.rglob("*") if file.suffix in kinds}
    answers = {name: answer(file.read_text("utf-8"), kind=kinds[file.suffix]) for name, file in pages.items()}
    return answers | {"/": answers["/index.html"]}


def request(url: str, cap: int = 3, seconds: float = 60, at: datetime | None = None, **settings: Any) -> CollectRequest:
    """Return what the pipeline asks for."""
    return CollectRequest(
        platform=Platform.WEB,
        capability=Capability.CRAWL_PAGES,
        identifier=url,
        settings=settings,
        cap=cap,
        deadline=(at or datetime.now(UTC)) + timedelta(seconds=seconds),  # noqa: TID251 - real servers, real time
    )


async def collect(asked: CollectRequest, **options: Any) -> Collected:
    """Crawl with private addresses allowed, unless *options* say otherwise."""
    given: dict[str, Any] = {"allow_private": True, **options}
    return await WebCollector(**given).collect(asked, Runs())


async def failure(asked: CollectRequest, **options: Any) -> SourceFailed:
    """Return how the crawl fails."""
    with pytest.raises(SourceFailed) as caught:
        await collect(asked, **options)
    return caught.value


def paths(collected: Collected) -> list[str]:
    """Return the paths of the pages, in order."""
    return ["/" + item.payload["loaded_url"].split("/", 3)[3] for item in collected.items]


async def test_a_real_site_is_crawled_breadth_first(serve: Serve, manual: Path) -> None:
    """The start page, then what it links to, up to the cap."""
    server = await serve(folder(manual))

    collected = await collect(request(server.url, cap=6))

    assert ["/", *(f"/chapter{number}.html" for number in range(5))] == paths(collected)
    assert (["web_page"] * 6, ()) == ([item.shape for item in collected.items], collected.problems)
    assert "Chapter 3 is about sails" in collected.items[4].payload["text"]


async def test_the_sample_site_is_crawled_as_its_rules_allow(serve: Serve) -> None:
    """Its robots.txt closes one folder."""
    server = await serve(folder(SAMPLE))

    collected = await collect(request(server.url, cap=20, extra_start_urls=[f"{server.url}/internal/prices.html"]))

    assert ("/about.html" in paths(collected), "/internal/prices.html" in server.requests) == (True, False)
    assert any("/internal/prices.html: the site's robots.txt does not allow it" in each for each in collected.problems)


async def test_the_result_does_not_depend_on_who_answers_first(serve: Serve) -> None:
    """Pages are in the order of the links, however slow each one is."""
    released = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.write(html("late"))

    async def early(writer: asyncio.StreamWriter) -> None:
        writer.write(html("early"))
        released.set()

    server = await serve({"/": html("home", "/late", "/early"), "/late": late, "/early": early})

    assert ["/", "/late", "/early"] == paths(await collect(request(server.url)))


async def test_start_pages_come_first_and_at_most_two_are_extra(serve: Serve) -> None:
    """The identifier, then the first two distinct valid pages of the settings; a wrong setting is no failure."""
    names = ["/", "/a", "/b", "/c"]
    server = await serve({name: html(name) for name in names})
    extra = [
        server.url + "/",
        None,
        "no link",
        f"{server.url}/a",
        f"{server.url}/a/",
        f"{server.url}/b",
        f"{server.url}/c",
    ]

    assert ["/", "/a", "/b"] == paths(await collect(request(server.url, cap=9, extra_start_urls=extra)))
    assert ["/"] == paths(await collect(request(server.url, cap=9, extra_start_urls="nonsense")))


async def test_the_cap_holds(serve: Serve) -> None:
    """No more pages than asked for are fetched."""
    server = await serve({"/": html("home", *(f"/{n}" for n in range(9))), **{f"/{n}": html(str(n)) for n in range(9)}})

    collected = await collect(request(server.url, cap=2))

    assert (["/", "/0"], 3) == (paths(collected), len(server.requests))


async def test_pages_that_fail_are_reported_and_others_take_their_place(serve: Serve) -> None:
    """404 and 500 are no evidence, nor are files; the crawl goes on."""
    answers = {
        "/": html("home", "/gone", "/broken", "/file", "/good"),
        "/broken": answer("oops", "500 Internal Server Error"),
        "/file": answer("%PDF", kind="application/pdf"),
        "/good": html("good"),
    }
    server = await serve(answers)

    collected = await collect(request(server.url, cap=2))

    expected = (
        f"{server.url}/gone: answered 404",
        f"{server.url}/broken: answered 500",
        f"{server.url}/file: is no HTML page",
    )
    assert (["/", "/good"], expected) == (paths(collected), collected.problems)


async def test_small_print_comes_last(serve: Serve) -> None:
    """A cap of three is not spent on the login and the privacy policy."""
    links = ("/login", "/privacy-policy", "/about", "/services")
    server = await serve({"/": html("home", *links), **{link: html(link) for link in links}})

    assert ["/", "/about", "/services"] == paths(await collect(request(server.url)))


async def test_two_addresses_of_one_page_give_one_item(serve: Serve) -> None:
    """A redirect to a page that is there already adds nothing."""
    server = await serve(
        {"/": html("home", "/old"), "/old": answer(status="301 Moved", Location="/"), "/new": html("x")}
    )

    assert ["/"] == paths(await collect(request(server.url)))


async def test_only_the_start_site_is_crawled(serve: Serve) -> None:
    """Neither links, nor key pages, nor redirects lead to another registrable domain; subdomains are fine."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ("127.0.0.1",)

    server = await serve({"/": html("home"), "/b": html("b"), "/away": b""})
    port = server.port
    server.answers["/"] = html("home", f"http://blog.loft.com:{port}/b", f"http://else.com:{port}/b", "/away")
    server.answers["/away"] = answer(status="302 Found", Location=f"http://else.com:{port}/b")

    asked = request(f"http://www.loft.com:{port}", extra_start_urls=[f"http://third.com:{port}/b"])
    collected = await collect(asked, resolve=resolve)

    assert ["/", "/b"] == paths(collected)
    assert (
        f"http://third.com:{port}/b: is not on loft.com; add it as a source of its own",
        f"http://else.com:{port}/b: leads to else.com, another site; if that is the brand's, add it as a source",
    ) == collected.problems
    assert not [head for head in server.heads if "else.com" in head or "third.com" in head]


async def test_the_pause_of_the_rules_is_kept(serve: Serve) -> None:
    """Two pages, two seconds between them, without waiting for the first."""
    time = Time()
    text = "User-agent: *\nCrawl-delay: 2\n"
    server = await serve({"/": html("home", "/a", "/b"), "/a": html("a"), "/b": html("b"), "/robots.txt": answer(text)})

    collected = await collect(request(server.url, at=time.at), clock=time, sleep=time.sleep, concurrency=1)

    assert (["/", "/a", "/b"], [2.0, 2.0]) == (paths(collected), time.slept)


async def test_a_pause_longer_than_the_time_there_is_ends_the_crawl(serve: Serve) -> None:
    """What was fetched is kept, the rest is reported; nobody waits for an hour."""
    time = Time()
    text = "User-agent: *\nCrawl-delay: 3600\n"
    server = await serve({"/": html("home", "/a"), "/a": html("a"), "/robots.txt": answer(text)})

    collected = await collect(request(server.url, at=time.at), clock=time, sleep=time.sleep)

    assert (["/"], []) == (paths(collected), time.slept)
    assert [f"{server.url}/a: would have to wait longer than there is time: its site asks for pauses"] == list(
        collected.problems
    )


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "http_error"),
        ({"/": answer("{}", kind="application/json")}, "not_html"),
        ({"/": answer("x" * 20_000)}, "too_large"),
        ({"/": html("x"), "/robots.txt": answer("User-agent: *\nDisallow: /\n")}, "robots_disallowed"),
        ({"/": html("x"), "/robots.txt": answer(status="503 Later")}, "robots_disallowed"),
        ({"/": answer(status="302 Found", Location="http://169.254.169.254/")}, "off_site"),
        ({"/": answer(status="302 Found", Location="/")}, "bad_redirect"),
    ],
)
async def test_a_site_without_a_single_page_is_a_failed_source(serve: Serve, answers: Any, code: str) -> None:
    """The code says why, the text what to look at."""
    server = await serve(answers)

    failed = await failure(request(server.url), limits=Limits(max_bytes=10_000))

    assert (code, True) == (failed.error_code, failed.why.startswith("No page could be fetched. http://"))


async def test_a_failing_site_says_when_to_come_back(serve: Serve) -> None:
    """Retry-After reaches whoever plans the next try."""
    server = await serve({"/": answer("", "503 Later", Retry_After="120")})

    assert 120.0 == (await failure(request(server.url))).retry_after


async def test_private_sites_are_refused_by_default(serve: Serve) -> None:
    """Loopback needs a setting; the reason names the address's kind, and nothing was asked."""
    server = await serve({"/": html("secret")})

    failed = await failure(request(server.url), allow_private=False)

    assert ("blocked_address", []) == (failed.error_code, server.requests)


async def test_an_unreachable_site_is_a_failed_source() -> None:
    """Nobody listens there."""
    assert "unreachable" == (await failure(request("http://127.0.0.1:1"))).error_code


async def test_a_passed_deadline_starts_nothing(serve: Serve) -> None:
    """No time, no request."""
    server = await serve({"/": html("home")})

    failed = await failure(request(server.url, seconds=-1))

    assert ("timeout", []) == (failed.error_code, server.requests)


def test_what_is_collected_depends_on_the_start_pages_and_the_cap() -> None:
    """Other key pages are another input; the deadline is no part of it."""
    collector = WebCollector()
    url = "https://loft.example"
    one, same = request(url, extra_start_urls=[f"{url}/a"]), request(url, seconds=5, extra_start_urls=[f"{url}/a/"])

    assert {"start_urls": [url, f"{url}/a"], "max_pages": 3} == collector.input_of(one) == collector.input_of(same)


def test_only_pages_of_the_web_are_served() -> None:
    """Nothing else can be crawled."""
    served = [WebCollector().serves(Platform.WEB, Capability.CRAWL_PAGES, {})]
    served += [WebCollector().serves(Platform.INSTAGRAM, Capability.POSTS, {})]

    assert [True, False] == served
