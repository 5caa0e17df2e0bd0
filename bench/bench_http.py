"""What an answer costs inside the application: no socket, the store in memory, a brand with a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core.memory.given import memory_deps
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.compile_now import compile_now
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source
from brandbrain_core.testing import build
from brandbrain_http import Api, create_app

ANSWERS = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "Sailors.",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
}
ROUTES = {
    "health": "/healthz",
    "latest": "/api/brands/{brand}/brandbrain/latest",
    "status": "/api/brands/{brand}/brandbrain/compile/{run}/status",
    "history": "/api/brands/{brand}/brandbrain/history",
    "overrides": "/api/brands/{brand}/brandbrain/overrides",
    "bootstrap": "/api/brands/{brand}/bootstrap",
}


@attrs.frozen
class Asked:
    """An application, and a loop to ask it on."""

    api: Api
    loop: asyncio.AbstractEventLoop
    names: dict[str, str]

    def __call__(self, path: str) -> int:
        """Ask for a path; return the status."""
        return self.loop.run_until_complete(self._get(path))

    async def _get(self, path: str) -> int:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"accept", b"*/*")],
        }
        await self.api(scope, receive, send)
        return int(sent[0]["status"])


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    """An API over a brand with a snapshot."""
    loop = asyncio.new_event_loop()
    yield loop.run_until_complete(_prepared(loop))
    loop.close()


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer(benchmark: BenchmarkFixture, asked: Asked, route: str) -> None:
    """Everything between the server and the store; the budgets of the contract are a hundred times as much."""
    path = ROUTES[route].format(**asked.names)
    assert 200 == benchmark(asked, path)


async def _prepared(loop: asyncio.AbstractEventLoop) -> Asked:
    deps = memory_deps([build.normalised_item(number) for number in range(1, 41)])
    brand = await create_brand(deps, name="Marrowby")
    await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
    await connect_source(deps, brand.id, platform="instagram", capability="posts", identifier="marrowby")
    compiled = await compile_now(deps, brand.id)
    return Asked(create_app(deps), loop, {"brand": str(brand.id), "run": str(compiled.kickoff.run_id)})
