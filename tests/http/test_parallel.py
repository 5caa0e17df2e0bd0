"""Many at once, in every store: one run, every edit, nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any


def test_ten_kick_offs_are_one_run(serve: Any, stored: Any) -> None:
    """All get its id."""
    walk = serve(stored)
    brand = walk.ready()
    with ThreadPoolExecutor(10) as pool:
        runs = set(pool.map(lambda _: walk.kick_off(brand), range(10)))
    assert 1 == len(runs)
    assert 1 == walk.client.get(f"/api/brands/{brand}/brandbrain/compile").json()["total"]


def test_a_hundred_edits_all_take_effect(serve: Any, stored: Any) -> None:
    """In the overrides and in the snapshot."""
    walk = serve(stored)
    brand = walk.compiled()
    url = f"/api/brands/{brand}/brandbrain"

    def edit(number: int) -> int:
        body = {"overrides_json": {f"mine.n{number}": number}}
        return int(walk.client.patch(f"{url}/overrides", json=body).status_code)

    with ThreadPoolExecutor(10) as pool:
        assert {200} == set(pool.map(edit, range(100)))
    assert {f"mine.n{n}": n for n in range(100)} == walk.client.get(f"{url}/overrides").json()["overrides_json"]
    latest = walk.client.get(f"{url}/latest").json()["snapshot_json"]
    assert {f"n{n}": n for n in range(100)} == {name: node["value"] for name, node in latest["mine"].items()}
    assert 101 == walk.client.get(f"{url}/history").json()["total"]


def test_one_of_many_conditional_writes_wins(serve: Any, stored: Any) -> None:
    """The others are told that something has changed."""
    walk = serve(stored)
    brand = walk.brand()
    for path, method, bodies in (
        (f"/api/brands/{brand}/onboarding", "PUT", [{"tier": 1, "answers_json": {"x": n}} for n in range(8)]),
        (f"/api/sources/{walk.source(brand)}", "PATCH", [{"settings_json": {"n": n}} for n in range(8)]),
        (f"/api/brands/{brand}/brandbrain/overrides", "PATCH", [{"overrides_json": {"mine": n}} for n in range(8)]),
    ):
        headers = {"if-match": walk.client.get(path).headers["etag"]}

        def write(body: Any, method: str = method, path: str = path, headers: dict[str, str] = headers) -> int:
            return int(walk.client.request(method, path, json=body, headers=headers).status_code)

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(write, bodies))
        assert [200] + [412] * 7 == statuses, path


def test_many_connect_one_source(serve: Any, stored: Any) -> None:
    """Once it is made, ever after it is returned."""
    walk = serve(stored)
    brand = walk.brand()
    body = {"platform": "instagram", "capability": "posts", "identifier": "marrowby"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: walk.client.post(f"/api/brands/{brand}/sources", json=body), range(8)))
    assert {200, 201} >= {answer.status_code for answer in answers}
    assert 1 == len({answer.json()["id"] for answer in answers})
