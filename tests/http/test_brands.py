"""Every row of the contract about brands."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

UNKNOWN = "01890000-0000-7000-8000-000000000000"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def test_a_brand_is_made(client: httpx2.Client) -> None:
    """Trimmed, with its address, and nothing but the members of the contract."""
    answer = client.post("/api/brands", json={"name": " Marrowby ", "website_url": " https://marrowby.example "})
    brand = answer.json()
    assert 201 == answer.status_code
    assert f"/api/brands/{brand['id']}" == answer.headers["location"]
    assert {"id", "name", "website_url", "created_at"} == brand.keys()
    assert ("Marrowby", "https://marrowby.example") == (brand["name"], brand["website_url"])
    assert MOMENT.fullmatch(brand["created_at"])
    assert brand == client.get(answer.headers["location"]).json()


@pytest.mark.parametrize("website", [None, "", "   "])
def test_a_blank_website_is_null(client: httpx2.Client, website: str | None) -> None:
    """Null, not absent."""
    assert client.post("/api/brands", json={"name": "M", "website_url": website}).json()["website_url"] is None


NAME = "name is required and must be non-empty string"
REFUSED: list[tuple[Any, str]] = [
    ({}, NAME),
    ({"name": ""}, NAME),
    ({"name": "   "}, NAME),
    ({"name": None}, NAME),
    ({"name": 5}, NAME),
    ({"name": ["x"]}, NAME),
    ({"name": "x" * 256}, "name must be at most 255 characters"),
    ({"name": "M", "website_url": 5}, "website_url must be a string"),
    ({"name": "M", "website_url": ["https://a.example"]}, "website_url must be a string"),
    ({"name": "M", "website_url": "ftp://a.example"}, "website_url must be an http(s) URL"),
    ({"name": "M", "website_url": "javascript:alert(1)"}, "website_url must be an http(s) URL"),
]


@pytest.mark.parametrize(("body", "text"), REFUSED)
def test_what_is_no_brand_is_refused(client: httpx2.Client, body: Any, text: str) -> None:
    """With the text of the contract."""
    answer = client.post("/api/brands", json=body)
    assert (400, text) == (answer.status_code, answer.json()["error"])


def test_a_name_of_255_characters_is_fine(client: httpx2.Client) -> None:
    """Characters, not bytes."""
    assert 201 == client.post("/api/brands", json={"name": "ü" * 255}).status_code


def test_brands_are_listed_newest_first(walk: Any) -> None:
    """In pages that lead to one another."""
    made = sorted(walk.brand() for _ in range(3))
    first = walk.client.get("/api/brands", params={"limit": 2})
    assert made[:0:-1] == [brand["id"] for brand in first.json()]
    link = re.fullmatch(r'<(.*)>; rel="next"', first.headers["link"])
    assert link is not None
    second = walk.client.get(link[1])
    assert made[0] == second.json()[0]["id"]
    assert 2 >= len(second.json())


def test_the_last_page_has_no_next(client: httpx2.Client) -> None:
    """There is nothing behind the oldest brand."""
    answer = client.get("/api/brands", params={"cursor": "00000000-0000-0000-0000-000000000000"})
    assert ([], None) == (answer.json(), answer.headers.get("link"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("limit=x", "Invalid pagination params"),
        ("limit=1.5", "Invalid pagination params"),
        ("limit=", "Invalid pagination params"),
        ("cursor=x", "Invalid cursor"),
    ],
)
def test_a_page_that_is_none(client: httpx2.Client, query: str, text: str) -> None:
    """Is refused."""
    answer = client.get(f"/api/brands?{query}")
    assert (400, text) == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("limit", ["0", "-5", "9" * 5000])
def test_a_limit_out_of_range_is_cut(client: httpx2.Client, limit: str) -> None:
    """To 1 or 100."""
    assert 200 == client.get("/api/brands", params={"limit": limit}).status_code


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("brand", "status", "text"),
    [
        ("x", 400, "Invalid brand_id"),
        ("{01890000-0000-7000-8000-000000000000}", 400, "Invalid brand_id"),
        ("01890000000070008000000000000000", 400, "Invalid brand_id"),
        ("urn:uuid:01890000-0000-7000-8000-0000", 400, "Invalid brand_id"),
        (UNKNOWN, 404, "Brand not found"),
    ],
)
def test_what_is_not_there(client: httpx2.Client, method: str, brand: str, status: int, text: str) -> None:
    """Ids are checked before anything is looked for, and both before the body."""
    answer = client.request(method, f"/api/brands/{brand}", content=b"[" if method == "PATCH" else b"")
    assert (status, text) == (answer.status_code, answer.json()["error"])


def test_ids_are_read_in_any_case(walk: Any) -> None:
    """As RFC 9562 asks for."""
    brand = walk.brand()
    assert brand == walk.client.get(f"/api/brands/{brand.upper()}").json()["id"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("Marrowby", "https://marrowby.example")),
        ({"name": " New "}, ("New", "https://marrowby.example")),
        ({"website_url": "http://new.example"}, ("Marrowby", "http://new.example")),
        ({"website_url": None}, ("Marrowby", None)),
        ({"website_url": ""}, ("Marrowby", None)),
        ({"unknown": 1}, ("Marrowby", "https://marrowby.example")),
    ],
)
def test_a_brand_is_changed(walk: Any, body: Any, expected: Any) -> None:
    """What is absent stays; null takes the website away."""
    brand = walk.brand(website_url="https://marrowby.example")
    answer = walk.client.patch(f"/api/brands/{brand}", json=body).json()
    assert expected == (answer["name"], answer["website_url"])
    assert answer == walk.client.get(f"/api/brands/{brand}").json()


@pytest.mark.parametrize(
    ("body", "text"),
    [({"name": None}, NAME), ({"name": " "}, NAME), ({"website_url": 1}, "website_url must be a string")],
)
def test_a_change_that_is_none_changes_nothing(walk: Any, body: Any, text: str) -> None:
    """And says why."""
    brand = walk.brand()
    answer = walk.client.patch(f"/api/brands/{brand}", json=body)
    assert (400, text) == (answer.status_code, answer.json()["error"])
    assert "Marrowby" == walk.client.get(f"/api/brands/{brand}").json()["name"]


def test_a_deleted_brand_is_gone_everywhere(walk: Any) -> None:
    """By its own address, by those of what is its own, and it does not compile any more."""
    brand = walk.compiled()
    of = f"/api/brands/{brand}"
    source = walk.client.get(f"{of}/sources").json()[0]["id"]
    item = walk.client.get(f"{of}/evidence").json()[0]["id"]
    run = walk.kick_off(brand, force_refresh=True)
    snapshot = walk.client.get(f"{of}/brandbrain/latest").json()["snapshot_id"]

    answer = walk.client.delete(of)

    assert (204, b"") == (answer.status_code, answer.content)
    for path in (
        of,
        f"{of}/onboarding",
        f"{of}/sources",
        f"{of}/bootstrap",
        f"{of}/evidence",
        f"{of}/brandbrain/latest",
        f"{of}/brandbrain/history",
        f"{of}/brandbrain/overrides",
        f"{of}/brandbrain/compile",
        f"{of}/brandbrain/compile/{run}/status",
        f"{of}/brandbrain/compile/{run}/events",
        f"{of}/brandbrain/snapshots/{snapshot}",
        f"/api/sources/{source}",
        f"/api/sources/{source}/status",
        f"/api/evidence/{item}",
    ):
        assert 404 == walk.client.get(path).status_code, path
    assert [] == walk.client.post("/api/evidence/batch", json={"ids": [item]}).json()
    assert 404 == walk.client.post(f"{of}/brandbrain/compile").status_code
    assert 404 == walk.client.delete(of).status_code
    assert brand not in {each["id"] for each in walk.client.get("/api/brands").json()}

    async def stopped(deps: Any) -> tuple[Any, ...]:
        async with deps.store.reading() as work:
            return tuple(await work.jobs.claimable(limit=100))

    assert run not in {str(job.compile_run_id) for job in walk.served.run(stopped)}
