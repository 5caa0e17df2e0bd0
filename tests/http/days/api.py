"""The API in this process, with a worker beside it; and what is true of every answer, whatever was asked."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import cache
from typing import Any, Final, Self, TypeVar

import attrs
import httpx2
from schemathesis import openapi
from schemathesis.core.transport import Response
from tests.http.days.queue import WORKER
from tests.http.days.town import Town, plan_of

from brandbrain_core.ids import TenantId
from brandbrain_core.model.job import Lease
from brandbrain_core.model.key import Scope
from brandbrain_core.ports import Store
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.jobs import prune_jobs, release_stale
from brandbrain_core.services.keys import create_key
from brandbrain_core.testing.clock import ManualClock, SequentialIds
from brandbrain_http import create_app
from brandbrain_http.openapi.document import document
from brandbrain_http.routes import ENDPOINTS
from brandbrain_worker.attempt import End, attempt
from brandbrain_worker.held import HeldLease, Verdict

T = TypeVar("T")
MakeStore = Callable[[ManualClock], Awaitable[Store]]

ORIGIN: Final = "http://localhost"
TENANTS: Final = ("ours", "theirs")
WITHOUT_BODY: Final = (204, 304)


@attrs.frozen
class Described:
    """The description of the API, ready to judge answers by."""

    schema: Any
    routes: tuple[tuple[re.Pattern[str], str], ...]

    def judge(self, answer: httpx2.Response) -> None:
        """Fail unless the answer is one of those that are described."""
        path, method = answer.request.url.path, answer.request.method
        route = next(route for pattern, route in self.routes if pattern.fullmatch(path))
        operation = self.schema[route][method]
        assert str(answer.status_code) in operation.definition.raw["responses"], (method, route, answer.status_code)
        if answer.status_code in WITHOUT_BODY:
            assert not answer.content
        else:
            operation.validate_response(_as_schemathesis_has_it(answer))


def _as_schemathesis_has_it(answer: httpx2.Response) -> Response:
    """Return the answer for the judge, without the detours by which it would make one of it."""
    return Response(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=answer.request,  # type: ignore[arg-type]
        elapsed=0.0,
        verify=False,
    )


@cache
def described() -> Described:
    """Return the description of the API; fixed routes come before those with names in them."""
    served: Any = document(ENDPOINTS)
    paths = sorted(served["paths"], key=lambda path: path.count("{"))
    patterns = tuple((re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths)
    return Described(openapi.from_dict(served), patterns)


class Api:
    """The API over a store, asked directly, on an event loop of its own; `close` it."""

    def __init__(self, make_store: MakeStore) -> None:
        self.clock = ManualClock()
        self.town = Town()
        self.waits = 0
        self._runner = asyncio.Runner()
        store = self._wait_for(_awaited(make_store(self.clock)))
        self._deps = Deps(store=store, clock=self.clock, ids=SequentialIds(), plan=plan_of(self.town))
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app(self._deps)), base_url=ORIGIN)
        self._keys = {tenant: self._wait_for(_key(self._deps, tenant)) for tenant in TENANTS}

    def close(self) -> None:
        """Close the store and the loop."""
        self._wait_for(self._client.aclose())
        self._wait_for(_awaited(self._deps.store.close()))
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self, tenant: str, method: str, path: str, *, content: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> httpx2.Response:
        """Send a request of this tenant; check what is true of every answer."""
        sent = {"authorization": f"Bearer {self._keys[tenant]}", **headers}
        answer = self._wait_for(self._client.request(method, path, content=content, headers=sent))
        assert answer.status_code < 500, answer.text
        assert answer.headers["x-request-id"]
        if answer.status_code >= 400:
            assert answer.headers["x-request-id"] == answer.json()["request_id"]
        described().judge(answer)
        return answer

    def ask_at_once(self, tenant: str, method: str, path: str, contents: Sequence[bytes]) -> list[httpx2.Response]:
        """Send several requests of this tenant that differ in their body, all at once."""
        sent = {"authorization": f"Bearer {self._keys[tenant]}"}
        return self._wait_for(
            _together([self._client.request(method, path, content=content, headers=sent) for content in contents])
        )

    def claim(self) -> Lease | None:
        """Let the worker take one job, if there is one to take."""
        leases = self._wait_for(_claim(self._deps))
        return leases[0] if leases else None

    def work(self, lease: Lease, *, heed: bool) -> End:
        """Let the worker do a job and end it; *heed*: not without a sign of life first, which may tell it to stop."""
        return self._wait_for(_work(self._deps, lease, heed=heed))

    def sweep(self) -> None:
        """Let a worker look for the dead."""
        self._wait_for(_drained(release_stale(self._deps)))

    def prune(self, **older_than: Any) -> None:
        """Delete old jobs with their runs."""
        self._wait_for(_drained(prune_jobs(self._deps, **older_than)))

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        self.waits += 1
        return self._runner.run(work)


async def _key(deps: Deps, tenant: str) -> str:
    made = await create_key(
        deps, name=tenant, scopes=(Scope.WRITE,), random_bytes=_bytes_of(tenant), tenant=TenantId(tenant)
    )
    return made.text


def _bytes_of(tenant: str) -> Callable[[int], bytes]:
    return lambda count: (tenant * count)[:count].encode()


async def _claim(deps: Deps) -> tuple[Lease, ...]:
    async with deps.store.transaction() as work:
        return await work.jobs.claim(WORKER, limit=1, terms=deps.plan.terms)


async def _work(deps: Deps, lease: Lease, *, heed: bool) -> End:
    held = HeldLease(lease, begun=time.monotonic())
    if heed:
        async with deps.store.transaction() as work:
            (beat,) = await work.jobs.extend([lease], terms=deps.plan.terms)
        if beat.lost or beat.cancel:
            held.judge(Verdict.LOST if beat.lost else Verdict.CANCELLED)
    return await attempt(deps, held)


async def _drained(batches: Any) -> None:
    async for _ in batches:
        pass


async def _together(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    return await asyncio.gather(*work)


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable
