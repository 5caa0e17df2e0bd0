"""Every row of the contract about onboarding."""

from __future__ import annotations

from typing import Any

import pytest


def test_answers_never_saved(walk: Any) -> None:
    """Tier 0, no answers, null."""
    brand = walk.brand()
    answer = walk.client.get(f"/api/brands/{brand}/onboarding")
    expected = {"brand_id": brand, "tier": 0, "answers_json": {}, "updated_at": None}
    assert (200, expected) == (answer.status_code, answer.json())


def test_answers_are_replaced(walk: Any) -> None:
    """All of them; ids that nobody knows are kept, with whatever they hold."""
    brand = walk.brand()
    url = f"/api/brands/{brand}/onboarding"
    walk.client.put(url, json={"tier": 2, "answers_json": {"tier0.what_we_do": "Sails."}})
    odd = {"mine": {"n": 10**30, "x": [1.5, None, "é ⛵"]}}
    answer = walk.client.put(url, json={"tier": 1, "answers_json": odd})
    assert (200, 1, odd) == (answer.status_code, answer.json()["tier"], answer.json()["answers_json"])
    assert answer.json() == walk.client.get(url).json()


REFUSED: list[tuple[Any, str]] = [
    ({}, "tier is required"),
    ({"answers_json": {}}, "tier is required"),
    ({"tier": None, "answers_json": {}}, "tier must be 0, 1, or 2"),
    ({"tier": True, "answers_json": {}}, "tier must be 0, 1, or 2"),
    ({"tier": "1", "answers_json": {}}, "tier must be 0, 1, or 2"),
    ({"tier": 1.0, "answers_json": {}}, "tier must be 0, 1, or 2"),
    ({"tier": 3, "answers_json": {}}, "tier must be 0, 1, or 2"),
    ({"tier": 1}, "answers_json is required"),
    ({"tier": 1, "answers_json": None}, "answers_json must be an object"),
    ({"tier": 1, "answers_json": []}, "answers_json must be an object"),
    ({"tier": 1, "answers_json": {"tier0.what_we_do": 5}}, "Invalid answers"),
]


@pytest.mark.parametrize(("body", "text"), REFUSED)
def test_what_are_no_answers_is_refused(walk: Any, body: Any, text: str) -> None:
    """With a 422 and the text of the contract; nothing is saved."""
    url = f"/api/brands/{walk.brand()}/onboarding"
    answer = walk.client.put(url, json=body)
    assert (422, text) == (answer.status_code, answer.json()["error"])
    assert walk.client.get(url).json()["updated_at"] is None


def test_every_wrong_answer_is_named(walk: Any) -> None:
    """One entry for each, with a pointer to it."""
    answers = {"tier0.what_we_do": " ", "tier0.taboos": ["x", 5], "tier0.who_for": "Fine."}
    answer = walk.client.put(f"/api/brands/{walk.brand()}/onboarding", json={"tier": 0, "answers_json": answers})
    problems = answer.json()["errors"]
    assert 2 == len(problems)
    assert all({"code", "message"} <= problem.keys() for problem in problems)
    assert {"tier0.what_we_do", "tier0.taboos"} == {
        name for name in answers for problem in problems if name in problem["message"] + problem.get("pointer", "")
    }


@pytest.mark.parametrize(("method", "content"), [("GET", b""), ("PUT", b"["), ("PUT", b"{}")])
@pytest.mark.parametrize(
    ("brand", "status", "text"),
    [("x", 400, "Invalid brand_id"), ("01890000-0000-7000-8000-000000000000", 404, "Brand not found")],
)
def test_the_brand_comes_first(walk: Any, method: str, content: bytes, brand: str, status: int, text: str) -> None:
    """Whatever is wrong with the body."""
    answer = walk.client.request(method, f"/api/brands/{brand}/onboarding", content=content)
    assert (status, text) == (answer.status_code, answer.json()["error"])


WEB = {"platform": "web", "capability": "crawl_pages", "identifier": "https://marrowby.example"}
PAGES = ["https://marrowby.example/a", "nonsense", "https://marrowby.example/a", "https://marrowby.example/b"]


def test_key_pages_reach_a_web_source_that_is_there(walk: Any) -> None:
    """The first two that differ and are URLs."""
    brand = walk.brand()
    source = walk.source(brand, **WEB, settings_json={"depth": 1})
    body = {"tier": 1, "answers_json": {"tier1.key_pages": PAGES}}
    assert 200 == walk.client.put(f"/api/brands/{brand}/onboarding", json=body).status_code
    settings = walk.client.get(f"/api/sources/{source}").json()["settings_json"]
    assert {"depth": 1, "extra_start_urls": [PAGES[0], PAGES[3]]} == settings


def test_key_pages_reach_a_web_source_that_comes_later(walk: Any) -> None:
    """And no source of another kind."""
    brand = walk.brand()
    body = {"tier": 1, "answers_json": {"tier1.key_pages": PAGES}}
    assert 200 == walk.client.put(f"/api/brands/{brand}/onboarding", json=body).status_code
    web, other = walk.source(brand, **WEB), walk.source(brand)
    extra = {"extra_start_urls": [PAGES[0], PAGES[3]]}
    assert extra == walk.client.get(f"/api/sources/{web}").json()["settings_json"]
    assert walk.client.get(f"/api/sources/{other}").json()["settings_json"] is None


def test_the_catalogue_is_served(walk: Any) -> None:
    """So that no client has a list of its own."""
    answer = walk.client.get("/api/onboarding/questions")
    questions = {question["id"]: question for question in answer.json()["questions"]}
    assert 200 == answer.status_code
    assert "required" == questions["tier0.what_we_do"]["need"]
    assert {"id", "tier", "type", "need", "feeds", "label", "help"} <= questions["tier0.taboos"].keys()
