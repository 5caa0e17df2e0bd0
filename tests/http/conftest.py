"""What the tests of the HTTP layer share: an API behind a real socket, and a client that knows its way about."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import attrs
import httpx2
import pytest

from brandbrain_core.ids import BrandId
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.ports import Ended
from brandbrain_core.services.compile_now import compile_now
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_http import HttpOptions, create_app
from brandbrain_http.server import Server, make_server
from brandbrain_store import open_store

T = TypeVar("T")
MakeDeps = Callable[[], Awaitable[Deps]]
MakeLoop = Callable[[], asyncio.AbstractEventLoop]

ANSWERS = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "People who sail far.",
    "tier0.primary_goal": "awareness",
    "tier0.cta_posture": "soft",
}
SOURCE = {"platform": "instagram", "capability": "posts", "identifier": "marrowby"}
ITEMS = [build.normalised_item(number) for number in range(1, 5)]


class Served:
    """An API on a thread and a loop of its own, behind a socket."""

    def __init__(self, make_deps: MakeDeps, options: HttpOptions, make_loop: MakeLoop | None = None) -> None:
        self._make_deps = make_deps
        self._options = options
        self._make_loop = make_loop
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.loop: asyncio.AbstractEventLoop
        self.server: Server
        self.deps: Deps
        self.url = ""

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._up.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()

    def run(self, work: Callable[[Deps], Awaitable[T]]) -> T:
        """Do something with the services, on the server's own loop."""

        async def done() -> T:
            return await work(self.deps)

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(30)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._make_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.deps = await self._make_deps()
        self.server = make_server(create_app(self.deps, self._options), port=0)
        serving = asyncio.create_task(self.server.serve())
        while not self.server.started:  # noqa: ASYNC110 - the server tells no other way
            await asyncio.sleep(0.005)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._up.set()
        await serving
        await self.deps.store.close()


@attrs.frozen
class Walk:
    """A client that makes what a test needs, each brand a new one."""

    client: httpx2.Client
    served: Served

    def brand(self, **members: Any) -> str:
        """Make a brand; return its id."""
        answer = self.client.post("/api/brands", json={"name": "Marrowby", **members})
        assert 201 == answer.status_code, answer.text
        return str(answer.json()["id"])

    def source(self, brand: str, **members: Any) -> str:
        """Connect a source; return its id."""
        answer = self.client.post(f"/api/brands/{brand}/sources", json={**SOURCE, **members})
        assert 201 == answer.status_code, answer.text
        return str(answer.json()["id"])

    def ready(self, **members: Any) -> str:
        """Make a brand that can be compiled; return its id."""
        brand = self.brand(**members)
        answer = self.client.put(f"/api/brands/{brand}/onboarding", json={"tier": 0, "answers_json": ANSWERS})
        assert 200 == answer.status_code, answer.text
        self.source(brand)
        return brand

    def kick_off(self, brand: str, **body: Any) -> str:
        """Kick a compile off; return the id of the run."""
        answer = self.client.post(f"/api/brands/{brand}/brandbrain/compile", json=body)
        assert 202 == answer.status_code, answer.text
        return str(answer.json()["compile_run_id"])

    def work(self, brand: str) -> Ended | None:
        """Compile what waits, as a worker would."""
        return self.served.run(lambda deps: compile_now(deps, BrandId(UUID(brand)))).ended

    def compiled(self) -> str:
        """Make a brand with a snapshot; return its id."""
        brand = self.ready()
        self.kick_off(brand)
        assert self.work(brand) is not None
        return brand


async def in_memory() -> Deps:
    """Everything in memory, with four posts to collect."""
    return memory_deps(ITEMS)


def in_database(url: str) -> MakeDeps:
    """Everything in a database, with four posts to collect."""

    async def make() -> Deps:
        return attrs.evolve(memory_deps(ITEMS), store=await open_store(url, migrate=True))

    return make


@contextmanager
def walking(make_deps: MakeDeps, options: HttpOptions, make_loop: MakeLoop | None = None) -> Iterator[Walk]:
    """Serve an API and give a client that walks it."""
    with Served(make_deps, options, make_loop) as served, httpx2.Client(base_url=served.url, timeout=30) as client:
        yield Walk(client, served)


@pytest.fixture(scope="session")
def walk() -> Iterator[Walk]:
    """An API in memory, open to all, the same for all tests: each makes a brand of its own."""
    with walking(in_memory, HttpOptions(events_poll_seconds=0.01)) as walk:
        yield walk


@pytest.fixture(scope="session")
def client(walk: Walk) -> httpx2.Client:
    """A client of that API."""
    return walk.client


Serve = Callable[..., Walk]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that serves an API of the test's own, with the options it is given."""
    with ExitStack() as stack:

        def make(make_deps: MakeDeps = in_memory, make_loop: MakeLoop | None = None, **options: Any) -> Walk:
            chosen = HttpOptions(**{"events_poll_seconds": 0.01} | options)
            return stack.enter_context(walking(make_deps, chosen, make_loop))

        yield make


@pytest.fixture(name="in_database")
def in_database_fixture() -> Callable[[str], MakeDeps]:
    """A function that puts everything into the database at a URL."""
    return in_database


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> MakeDeps:
    """Everything, in each of the stores in turn."""
    if request.param == "memory":
        return in_memory
    if request.param == "sqlite":
        return in_database(f"sqlite:///{tmp_path / 'brands.db'}")
    return in_database(request.getfixturevalue("postgres_database"))
