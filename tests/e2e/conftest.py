"""What the tests with a browser share: Chromium, a page of another origin, and the API as a process."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from tests.brandbrain.conftest import Command
from tests.brandbrain.serving import Serving, Site

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

PAGE = Path(__file__).parent / "page"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Tab:
    """A page that is open in the browser."""

    def __init__(self, page: Page, run: Run) -> None:
        self._page = page
        self._run = run

    def walk(self, name: str, *args: Any) -> Any:
        """Let the page do one of its walks; return what it saw."""
        return self._run(self._page.evaluate(f"args => window.walks.{name}(...args)", list(args)))


class Chromium:
    """The browser, on a thread and a loop of its own, so that tests beside it may have theirs."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._contexts: list[BrowserContext] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._playwright: Playwright = self._run(async_playwright().start())
        self._browser: Browser = self._run(
            self._playwright.chromium.launch(executable_path=self._program, args=["--no-sandbox", "--disable-gpu"])
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._browser.close())
        self._run(self._playwright.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, url: str) -> Tab:
        """Open the page at *url*, with nothing remembered of those before."""
        return Tab(self._run(self._opened(url)), self._run)

    def forget(self) -> None:
        """Close all pages."""
        while self._contexts:
            self._run(self._contexts.pop().close())

    async def _opened(self, url: str) -> Page:
        context = await self._browser.new_context()
        self._contexts.append(context)
        page = await context.new_page()
        await page.goto(url)
        await page.wait_for_function("window.walks !== undefined")
        return page

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium; without it the tests are left out, but fail where CI says that they must run."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail("there is no Chromium, and these tests must run; on Debian: apt-get install chromium")
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    with Chromium(program) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def pages() -> Iterator[int]:
    """The port at which the page is served: ``localhost`` and ``127.0.0.1`` are two origins there."""
    handler = functools.partial(_Quiet, directory=str(PAGE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


OpenPage = Callable[[str], Tab]


@pytest.fixture
def open_page(chromium: Chromium, pages: int) -> Iterator[OpenPage]:
    """A function that opens the page under a host name."""
    yield lambda host: chromium.open(f"http://{host}:{pages}/")
    chromium.forget()


@pytest.fixture
def page(open_page: OpenPage) -> Tab:
    """The page, at the origin that the API lets in."""
    return open_page("localhost")


@pytest.fixture
def site() -> Iterator[Site]:
    """A site to crawl."""
    with Site() as site:
        yield site


@pytest.fixture
def command(tmp_path: Path, pages: int) -> Command:
    """The command, in an empty folder; its API lets the page in."""
    return Command(
        folder=tmp_path,
        env={
            "BRANDBRAIN_CRAWLER_ALLOW_PRIVATE": "on",
            "BRANDBRAIN_POLL_SECONDS": "0.2",
            "CORS_ALLOWED_ORIGINS": f"http://localhost:{pages}",
        },
    )


@pytest.fixture
def up(command: Command) -> Iterator[Serving]:
    """`brandbrain up`: the API and a worker."""
    with Serving(command, "up", "--port", "0") as up:
        yield up
