"""The stream of events: each change once, and no longer than it is wanted."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.model.run import Progress, Stage


@pytest.fixture
def run(walk: Any) -> tuple[str, str]:
    """A brand, and the address of a run of it that waits."""
    brand = walk.ready()
    return brand, f"/api/brands/{brand}/brandbrain/compile/{walk.kick_off(brand)}"


def _events(answer: httpx2.Response) -> Iterator[dict[str, str]]:
    """Give each event of a stream as its fields; comments have the name ''."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif fields:
            yield fields
            fields = {}


def _stream(walk: Any, url: str, **headers: str) -> Any:
    return walk.client.stream("GET", f"{url}/events", headers=headers)


def test_every_change_is_told_once(walk: Any, run: tuple[str, str]) -> None:
    """From waiting to the end, each as the status would say it; then the stream is closed."""
    brand, url = run
    with _stream(walk, url) as answer:
        assert (200, "text/event-stream") == (answer.status_code, answer.headers["content-type"].split(";")[0])
        events = _events(answer)
        first = next(events)
        assert ("status", {"compile_run_id": url.rpartition("/")[2], "status": "PENDING"}) == (
            first["event"],
            json.loads(first["data"]),
        )
        assert walk.work(brand) is not None
        rest = list(events)
    assert "SUCCEEDED" == json.loads(rest[-1]["data"])["status"]
    assert walk.client.get(f"{url}/status").json() == json.loads(rest[-1]["data"])
    ids = [event["id"] for event in [first, *rest]]
    assert len(ids) == len(set(ids))


def test_progress_is_told(walk: Any, run: tuple[str, str]) -> None:
    """As it is written."""
    _, url = run
    with _stream(walk, url) as answer:
        events = _events(answer)
        next(events)
        walk.served.run(lambda deps: _begin(deps, url, Stage.BUNDLING))
        stages = iter(json.loads(event["data"]).get("progress", {}).get("stage") for event in events)
        assert "bundling" in stages


def test_who_comes_back_is_told_what_is_new(walk: Any, run: tuple[str, str]) -> None:
    """Not what they have seen; after the last event a browser is told to stop."""
    brand, url = run
    with _stream(walk, url) as answer:
        seen = next(_events(answer))["id"]
    walk.client.post(f"{url}/cancel")
    with _stream(walk, url, **{"last-event-id": seen}) as answer:
        (last,) = _events(answer)
    assert "FAILED" == json.loads(last["data"])["status"]
    assert 204 == walk.client.get(f"{url}/events", headers={"last-event-id": last["id"]}).status_code
    assert brand


def test_a_silent_stream_says_that_it_is_alive(serve: Any) -> None:
    """By comments."""
    walk = serve(events_comment_seconds=0.02)
    brand = walk.ready()
    url = f"/api/brands/{brand}/brandbrain/compile/{walk.kick_off(brand)}"
    with _stream(walk, url) as answer:
        events = _events(answer)
        assert ["event", "id", "data"] == list(next(events))
        assert {"": "still here"} == next(events)


def test_a_stream_ends_with_its_client(walk: Any, run: tuple[str, str]) -> None:
    """Nobody looks any more for one who is gone."""
    with _Ended(f"{run[1]}/events") as ended:
        with _stream(walk, run[1]) as answer:
            events = _events(answer)
            next(events)
            assert not ended.is_set()
        assert ended.wait(10)


def test_streams_end_when_the_server_stops(serve: Any) -> None:
    """They would hold it up for ever."""
    walk = serve()
    brand = walk.ready()
    url = f"/api/brands/{brand}/brandbrain/compile/{walk.kick_off(brand)}"
    with _stream(walk, url) as answer:
        events = _events(answer)
        next(events)
        walk.served.server.stop()
        assert [] == list(events)


def test_a_stream_ends_with_its_brand(walk: Any, run: tuple[str, str]) -> None:
    """Quietly."""
    brand, url = run
    with _stream(walk, url) as answer:
        events = _events(answer)
        next(events)
        walk.client.delete(f"/api/brands/{brand}")
        assert [] == [event for event in events if json.loads(event["data"])["status"] != "FAILED"]


def test_the_head_of_a_stream(walk: Any, run: tuple[str, str]) -> None:
    """Does not stream."""
    answer = walk.client.head(f"{run[1]}/events")
    assert (200, b"") == (answer.status_code, answer.content)


async def _begin(deps: Any, url: str, stage: Stage) -> None:
    run = RunId(UUID(url.rpartition("/")[2]))
    async with deps.store.transaction() as work:
        lease = await work.jobs.claim_run(run, "loft-00000001", terms=LeaseTerms())
        await work.jobs.progress(lease, Progress(stage=stage, sources_completed=1, sources_total=1))


class _Ended(logging.Handler):
    """Waits for the line in the log that says that the stream at an address has ended."""

    def __init__(self, path: str) -> None:
        super().__init__(logging.INFO)
        self._path = path
        self._event = threading.Event()
        self._log = logging.getLogger("brandbrain_http.middleware.conversation")
        self._level = self._log.level

    def __enter__(self) -> threading.Event:
        self._log.addHandler(self)
        self._log.setLevel(logging.INFO)
        return self._event

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)
        self._log.setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        """Notice the end of a stream."""
        if vars(record).get("path") == self._path:
            self._event.set()
