"""The beginning of the machine: how it asks, what it expects, and what it knows of everything that was asked before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs
import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from tests.http.days.api import Api, MakeStore
from tests.http.days.model import Brand, Json, Kept, Source, living
from tests.http.days.queue import Queue, Run

from brandbrain_core.model.job import Lease

T = TypeVar("T")

UNKNOWN: Final = "01890000-0000-7000-8000-000000000000"
KEYS: Final = ("monday", "tuesday", "x" * 255)
REUSED: Final = "This Idempotency-Key was used for another request"
CHANGED: Final = "It was changed in the meantime; read it again"

picks = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 5])
"""Which one is meant: mostly the newest of its kind, of brands the oldest."""

keys = st.sampled_from([None, None, None, None, *KEYS])
"""Idempotency keys, mostly none."""

matches = st.sampled_from([None, None, None, "*", "now", "now", "seen", "seen", '"nonsense"'])
"""What a write is made conditional on: the state now, or the one that this client has seen last."""


@attrs.frozen(kw_only=True)
class Expected:
    """
    What should come of a request.

    Attributes:
        error: How the text of the error begins.
        then: Compares the body, and lets the model follow; called only where the request is really carried out.
    """

    status: int
    error: str | None = None
    then: Callable[[httpx2.Response], None] | None = None


def refused(status: int, error: str) -> Expected:
    """Return that a request is refused."""
    return Expected(status=status, error=error)


GONE: Final = refused(404, "Brand not found")


class Acting(RuleBasedStateMachine):
    """What all rules share; *make_store* is the class's own."""

    make_store: MakeStore

    def __init__(self) -> None:
        super().__init__()
        self.api = Api(self.make_store)
        self.clock, self.town = self.api.clock, self.api.town
        self.brands: list[Brand] = []
        self.queue = Queue()
        self.kept: dict[tuple[str, str], Kept] = {}
        self.tagged: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.seen: dict[str, str] = {}
        self.named: list[tuple[str, Json, str]] = []
        self.meant: Brand | None = None
        self.steps = 0
        self.right_until = -1
        self.leases: list[tuple[Lease, Run]] = []

    def teardown(self) -> None:
        """Read everything if nothing is wrong yet, then close the store."""
        try:
            if self.right_until == self.api.waits:
                self.read_everything()
        finally:
            self.api.close()

    def read_everything(self) -> None:
        """Read all that is there."""

    def brand(self, pick: int) -> Brand:
        """Return a living brand: mostly the oldest, with which most has been done."""
        found = living(self.brands)
        self.meant = found[pick % len(found)]
        return self.meant

    def sources(self) -> list[Source]:
        """Return the sources of living brands."""
        return [source for brand in living(self.brands) for source in brand.sources]

    def source(self, pick: int) -> tuple[Brand, Source]:
        """Return a source, with its brand."""
        source = _picked(self.sources(), pick)
        return next(brand for brand in self.brands if source in brand.sources), source

    def runs(self) -> list[Run]:
        """Return the runs of living brands."""
        return [run for run in self.queue.runs if not run.brand.is_deleted]

    def run(self, pick: int) -> Run:
        """Return a run of a living brand."""
        return _picked(self.runs(), pick)

    def send(
        self,
        tenant: str,
        method: str,
        path: str,
        body: Any,
        expected: Expected,
        *,
        key: str | None = None,
        headers: Mapping[str, str] = {},
    ) -> httpx2.Response:
        """Send a request and compare its answer; with a key that is known, what the first one was answered."""
        content = b"" if body is None else json.dumps(body).encode()
        asked = (method, path, content)
        known = None if key is None else self.kept.get((tenant, key))
        sent = {**headers, **({} if key is None else {"idempotency-key": key})}
        answer = self.api.ask(tenant, method, path, content=content, headers=sent)
        if known is not None and known.counts(self.clock.now()):
            self._repeated(answer, known, asked)
            return answer
        assert "idempotency-replayed" not in answer.headers
        assert expected.status == answer.status_code, (method, path, body, answer.text)
        if expected.error is not None:
            assert answer.json()["error"].startswith(expected.error), (expected.error, answer.text)
        if expected.then is not None:
            expected.then(answer)
        if key is not None and answer.is_success:
            made = Kept(asked=asked, status=answer.status_code, content=answer.content, at=self.clock.now())
            self.kept[tenant, key] = made
            self._repeated(self.api.ask(tenant, method, path, content=content, headers=sent), made, asked)
            other = (method, path, b'{"name": "Another"}')
            self._repeated(self.api.ask(tenant, method, path, content=other[2], headers=sent), made, other)
        return answer

    def get(self, tenant: str, path: str, **query: Any) -> Any:
        """Read; return the JSON. Its ETag is the old one if and only if its bytes are."""
        address = _with(path, query)
        answer = self.api.ask(tenant, "GET", address)
        assert 200 == answer.status_code, (path, answer.text)
        etag, before = answer.headers["etag"], self.tagged.get((tenant, address))
        if before is not None:
            assert (before[0] == etag) == (before[1] == answer.content), path
            if self.steps % 3 == 0:
                known = self.api.ask(tenant, "GET", address, headers={"if-none-match": before[0]})
                expected = (304, b"") if before[0] == etag else (200, answer.content)
                assert (*expected, etag) == (known.status_code, known.content, known.headers["etag"])
        self.tagged[tenant, address] = etag, answer.content
        return answer.json()

    def condition(self, tenant: str, path: str, match: str | None, now: Json) -> tuple[dict[str, str], bool]:
        """
        Return the headers of a conditional write, and whether the condition holds.

        Args:
            tenant: Who writes.
            path: What is written to; it can be read there, too.
            match: One of `matches`.
            now: What a read would give.
        """
        if match is None:
            return {}, True
        known = self.seen.get(path)
        assert now == self.look(tenant, path)
        etag = self.seen[path]
        if match == "seen" and known is not None:
            self.seen[path] = known
            return {"if-match": known}, known == etag
        return ({"if-match": etag}, True) if match == "now" else ({"if-match": match}, match == "*")

    def look(self, tenant: str, path: str) -> Any:
        """Read, and remember what was seen for a later condition."""
        body = self.get(tenant, path)
        self.seen[path] = self.tagged[tenant, path][0]
        return body

    def _repeated(self, answer: httpx2.Response, known: Kept, asked: tuple[str, str, bytes]) -> None:
        if known.asked == asked:
            assert (known.status, known.content) == (answer.status_code, answer.content)
            assert "true" == answer.headers["idempotency-replayed"]
        else:
            assert (422, REUSED) == (answer.status_code, answer.json()["error"])


def _picked(of: Sequence[T], pick: int) -> T:
    return of[-1 - pick % len(of)]


def _with(path: str, query: Mapping[str, Any]) -> str:
    return str(httpx2.URL(path, params=query)) if query else path
