"""``Idempotency-Key``: one effect, one answer, in every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import attrs
import pytest

from brandbrain_core.memory.given import memory_deps
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock

KEY = {"idempotency-key": "a key of the client's"}


def _brands(walk: Any) -> int:
    return len(walk.client.get("/api/brands").json())


def test_a_repeated_request_has_one_effect(serve: Any, stored: Any) -> None:
    """And the very same answer, but for a header that says so."""
    walk = serve(stored)
    first = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    again = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    assert (201, first.content) == (again.status_code, again.content)
    assert (first.headers["location"], first.headers["etag"], "application/json") == (
        again.headers["location"],
        again.headers["etag"],
        again.headers["content-type"],
    )
    assert ("true", None) == (
        again.headers["idempotency-replayed"],
        first.headers.get("idempotency-replayed"),
    )
    assert 1 == _brands(walk)


def test_every_post_can_be_repeated(serve: Any, stored: Any) -> None:
    """Sources, kick-offs, cancellations, batches; in every store."""
    walk = serve(stored)
    brand = walk.ready()
    of = f"/api/brands/{brand}"
    run = walk.kick_off(brand)
    posts: list[tuple[str, Any, int]] = [
        (f"{of}/sources", {"platform": "tiktok", "capability": "profile_videos", "identifier": "@marrowby"}, 201),
        (f"{of}/brandbrain/compile/{run}/cancel", None, 202),
        (f"{of}/brandbrain/compile", {"force_refresh": True}, 202),
        ("/api/evidence/batch", {"ids": [brand]}, 200),
    ]
    for number, (path, body, status) in enumerate(posts):
        headers = {"idempotency-key": f"{number}"}
        first = walk.client.post(path, json=body, headers=headers)
        again = walk.client.post(path, json=body, headers=headers)
        assert (status, status, first.content, "true") == (
            first.status_code,
            again.status_code,
            again.content,
            again.headers["idempotency-replayed"],
        ), path


def test_a_compile_that_changes_nothing_is_replayed(serve: Any) -> None:
    """With its snapshot, though another has been made since."""
    walk = serve()
    brand = walk.compiled()
    url = f"/api/brands/{brand}/brandbrain"
    first = walk.client.post(f"{url}/compile", headers=KEY)
    walk.client.patch(f"{url}/overrides", json={"overrides_json": {"mine": 1}})
    again = walk.client.post(f"{url}/compile", headers=KEY)
    assert (200, "UNCHANGED", first.content) == (again.status_code, again.json()["status"], again.content)


@pytest.mark.parametrize("body", [{"name": "Other"}, {"name": "M", "x": 1}])
def test_another_body_is_refused(serve: Any, body: Any) -> None:
    """With a 422; nothing happens."""
    walk = serve()
    walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    answer = walk.client.post("/api/brands", json=body, headers=KEY)
    assert (422, "idempotency_key_reuse") == (answer.status_code, answer.json()["code"])
    assert 1 == _brands(walk)


def test_another_address_is_refused(serve: Any) -> None:
    """As it is another request."""
    walk = serve()
    brands = [walk.ready(), walk.ready()]
    first, second = (
        walk.client.post(f"/api/brands/{brand}/brandbrain/compile", headers=KEY).status_code for brand in brands
    )
    assert (202, 422) == (first, second)


def test_an_error_is_not_kept(serve: Any) -> None:
    """It had no effect; mended, the request goes through under the same key."""
    walk = serve()
    assert 400 == walk.client.post("/api/brands", json={"name": ""}, headers=KEY).status_code
    answer = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    assert (201, None) == (answer.status_code, answer.headers.get("idempotency-replayed"))


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none(walk: Any, key: str) -> None:
    """1 to 255 characters."""
    assert 400 == walk.client.post("/api/brands", json={"name": "M"}, headers={"idempotency-key": key}).status_code


def test_a_key_of_255_characters(walk: Any) -> None:
    """Is fine."""
    headers = {"idempotency-key": "x" * 255}
    assert 201 == walk.client.post("/api/brands", json={"name": "M"}, headers=headers).status_code


def test_many_at_once_have_one_effect(serve: Any, stored: Any) -> None:
    """Each gets the one answer, or is told that it is under way."""
    walk = serve(stored)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: walk.client.post("/api/brands", json={"name": "M"}, headers=KEY), range(16)))
    assert {201} <= {answer.status_code for answer in answers} <= {201, 409}
    assert 1 == len({answer.content for answer in answers if answer.status_code == 201})
    assert {"idempotency_in_progress"} >= {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert 1 == _brands(walk)


def test_a_key_is_kept_for_a_day(serve: Any) -> None:
    """Not longer."""
    clock = ManualClock()
    walk = serve(_with(clock))
    first = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    clock.advance(timedelta(hours=24))
    assert first.content == walk.client.post("/api/brands", json={"name": "M"}, headers=KEY).content
    clock.advance(seconds=1)
    later = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    assert (201, None) == (later.status_code, later.headers.get("idempotency-replayed"))
    assert first.content != later.content


def test_an_attempt_that_died_does_not_block_for_ever(serve: Any) -> None:
    """For a minute it counts as under way."""
    clock = ManualClock()
    walk = serve(_with(clock))
    walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    walk.served.run(_without_answers)
    under_way = walk.client.post("/api/brands", json={"name": "M"}, headers=KEY)
    assert (409, "1") == (under_way.status_code, under_way.headers["retry-after"])
    clock.advance(seconds=61)
    assert 201 == walk.client.post("/api/brands", json={"name": "M"}, headers=KEY).status_code


def test_effect_and_record_are_one(serve: Any) -> None:
    """Where the record cannot be written, nothing has happened, and the key is free again."""
    walk = serve(_forgetful)
    assert 500 == walk.client.post("/api/brands", json={"name": "M"}, headers=KEY).status_code
    assert 0 == _brands(walk)
    assert 201 == walk.client.post("/api/brands", json={"name": "M"}).status_code


def _with(clock: ManualClock) -> Any:
    async def make() -> Any:
        return memory_deps([build.normalised_item()], clock=clock)

    return make


async def _without_answers(deps: Any) -> None:
    """Leave behind what a process leaves that is killed while it works: claims without answers."""
    async with deps.store.transaction() as work:
        records = work.idempotency._records
        for key, record in list(records.items()):
            records[key] = attrs.evolve(record, answer=None)


class _ForgetfulStore:
    """A store that cannot write records of answers."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def transaction(self) -> Any:
        return _Forgetful(self._store.transaction())


class _Forgetful:
    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction

    async def __aenter__(self) -> Any:
        work = await self._transaction.__aenter__()
        work.idempotency.finish = self._finish
        return work

    async def __aexit__(self, *error: Any) -> Any:
        return await self._transaction.__aexit__(*error)

    async def _finish(self, *_: Any) -> None:
        raise ZeroDivisionError


async def _forgetful() -> Any:
    deps = memory_deps()
    return attrs.evolve(deps, store=_ForgetfulStore(deps.store))
