"""Every row of the contract about sources."""

from __future__ import annotations

from typing import Any

import pytest

UNKNOWN = "01890000-0000-7000-8000-000000000000"
SOURCE = {"platform": "instagram", "capability": "posts", "identifier": "marrowby"}
MEMBERS = {
    "id",
    "brand_id",
    "platform",
    "capability",
    "identifier",
    "is_enabled",
    "settings_json",
    "created_at",
    "updated_at",
}


def test_a_source_is_connected(walk: Any) -> None:
    """Its identifier in one spelling, with exactly the members of the contract."""
    brand = walk.brand()
    body = {**SOURCE, "identifier": "https://www.instagram.com/Marrowby/", "settings_json": {"a": 1}}
    answer = walk.client.post(f"/api/brands/{brand}/sources", json=body)
    source = answer.json()
    assert (201, MEMBERS) == (answer.status_code, source.keys())
    assert ("marrowby", True, {"a": 1}) == (source["identifier"], source["is_enabled"], source["settings_json"])
    assert source == walk.client.get(answer.headers["location"]).json()
    assert [source] == walk.client.get(f"/api/brands/{brand}/sources").json()


def test_a_source_that_is_there_is_returned(walk: Any) -> None:
    """With a note, as it is, whatever else was sent."""
    brand = walk.brand()
    source = walk.source(brand)
    body = {**SOURCE, "identifier": " @MARROWBY ", "is_enabled": False}
    answer = walk.client.post(f"/api/brands/{brand}/sources", json=body)
    assert (200, "existing_source_returned") == (answer.status_code, answer.json()["_note"])
    assert (source, True) == (answer.json()["id"], answer.json()["is_enabled"])


@pytest.mark.parametrize("settings", [None, {}])
def test_empty_settings_are_null(walk: Any, settings: Any) -> None:
    """Not an empty object, not absent."""
    body = {**SOURCE, "settings_json": settings}
    assert walk.client.post(f"/api/brands/{walk.brand()}/sources", json=body).json()["settings_json"] is None


REFUSED: list[tuple[Any, int, str]] = [
    ({}, 400, "platform is required and must be non-empty string"),
    ({"platform": " "}, 400, "platform is required and must be non-empty string"),
    ({"platform": 1}, 400, "platform is required and must be non-empty string"),
    ({"platform": "instagram"}, 400, "capability is required and must be non-empty string"),
    ({**SOURCE, "capability": None}, 400, "capability is required and must be non-empty string"),
    ({**SOURCE, "identifier": ""}, 400, "identifier is required and must be non-empty string"),
    ({**SOURCE, "is_enabled": "false"}, 400, "is_enabled must be a boolean"),
    ({**SOURCE, "is_enabled": 1}, 400, "is_enabled must be a boolean"),
    ({**SOURCE, "settings_json": []}, 400, "settings_json must be an object"),
    ({**SOURCE, "settings_json": "x"}, 400, "settings_json must be an object"),
    ({**SOURCE, "platform": "myspace"}, 422, "Unsupported platform/capability: myspace/posts"),
    ({**SOURCE, "capability": "crawl_pages"}, 422, "Unsupported platform/capability: instagram/crawl_pages"),
]


@pytest.mark.parametrize(("body", "status", "text"), REFUSED)
def test_what_is_no_source_is_refused(walk: Any, body: Any, status: int, text: str) -> None:
    """With the text of the contract; nothing is made."""
    brand = walk.brand()
    answer = walk.client.post(f"/api/brands/{brand}/sources", json=body)
    assert (status, text) == (answer.status_code, answer.json()["error"])
    assert [] == walk.client.get(f"/api/brands/{brand}/sources").json()


def test_an_identifier_that_names_nobody_is_refused(walk: Any) -> None:
    """With the reason."""
    body = {**SOURCE, "identifier": "not a handle!"}
    answer = walk.client.post(f"/api/brands/{walk.brand()}/sources", json=body)
    assert 422 == answer.status_code
    assert answer.json()["error"].startswith("Invalid identifier for instagram: ")


@pytest.mark.parametrize(("method", "content"), [("GET", b""), ("POST", b"["), ("POST", b"{}")])
@pytest.mark.parametrize(
    ("brand", "status", "text"), [("x", 400, "Invalid brand_id"), (UNKNOWN, 404, "Brand not found")]
)
def test_the_brand_comes_first(walk: Any, method: str, content: bytes, brand: str, status: int, text: str) -> None:
    """Whatever is wrong with the body."""
    answer = walk.client.request(method, f"/api/brands/{brand}/sources", content=content)
    assert (status, text) == (answer.status_code, answer.json()["error"])


def test_sources_are_listed_newest_first(walk: Any) -> None:
    """All of them."""
    brand = walk.brand()
    made = [walk.source(brand, identifier=f"handle{number}") for number in range(3)]
    assert made[::-1] == [source["id"] for source in walk.client.get(f"/api/brands/{brand}/sources").json()]


def test_a_source_never_collected(walk: Any) -> None:
    """It has no evidence, would be collected, and no run is made up."""
    brand = walk.brand()
    walk.source(brand)
    (source,) = walk.client.get(f"/api/brands/{brand}/sources", params={"include_evidence": "true"}).json()
    assert {"has_evidence": False, "next_action": "refresh", "ttl_hours": 24} == source["evidence_status"]


def test_a_source_just_collected(walk: Any) -> None:
    """It would be reused; its latest run is named."""
    brand = walk.compiled()
    (source,) = walk.client.get(f"/api/brands/{brand}/sources?include_evidence=true").json()
    status = source["evidence_status"]
    assert (True, "reuse", "succeeded") == (status["has_evidence"], status["next_action"], status["latest_run_status"])
    assert 0.0 <= status["latest_run_age_hours"] < 1
    latest = walk.client.get(f"/api/sources/{source['id']}/status").json()
    assert source["id"] == latest["source_connection_id"]
    assert (status["latest_run_id"], "succeeded") == (latest["latest_run"]["run_id"], latest["latest_run"]["status"])
    assert 4 == latest["latest_run"]["normalized_count"]


def test_a_source_that_is_switched_off_is_skipped(walk: Any) -> None:
    """As the compile does."""
    brand = walk.brand()
    walk.source(brand, is_enabled=False)
    (source,) = walk.client.get(f"/api/brands/{brand}/sources?include_evidence=true").json()
    assert "skip" == source["evidence_status"]["next_action"]


def test_a_kind_of_source_that_is_switched_off_is_skipped(walk: Any) -> None:
    """LinkedIn profiles are by default, so a compile leaves them alone."""
    brand = walk.brand()
    profile = {"platform": "linkedin", "capability": "profile_posts", "identifier": "marrowby"}
    walk.source(brand, **profile)
    (source,) = walk.client.get(f"/api/brands/{brand}/sources?include_evidence=true").json()
    assert "skip" == source["evidence_status"]["next_action"]


def test_evidence_is_told_when_it_is_asked_for(walk: Any) -> None:
    """And not otherwise."""
    brand = walk.brand()
    walk.source(brand)
    for query in ("", "?include_evidence=false", "?include_evidence="):
        (source,) = walk.client.get(f"/api/brands/{brand}/sources{query}").json()
        assert MEMBERS == source.keys()


@pytest.mark.parametrize(
    ("body", "member", "expected"),
    [
        ({"identifier": "@Other"}, "identifier", "other"),
        ({"is_enabled": False}, "is_enabled", False),
        ({"settings_json": {"b": 2}}, "settings_json", {"b": 2}),
        ({"settings_json": None}, "settings_json", None),
        ({"settings_json": {}}, "settings_json", None),
        ({"is_enabled": True}, "settings_json", {"a": 1}),
    ],
)
def test_a_source_is_changed(walk: Any, body: Any, member: str, expected: Any) -> None:
    """What is absent stays; null clears the settings."""
    source = walk.source(walk.brand(), settings_json={"a": 1})
    answer = walk.client.patch(f"/api/sources/{source}", json=body)
    assert (200, expected) == (answer.status_code, answer.json()[member])
    assert answer.json() == walk.client.get(f"/api/sources/{source}").json()


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        (b"", 400, "Request body cannot be empty"),
        (b"{}", 400, "Request body cannot be empty"),
        (b"[]", 400, "Request body must be an object"),
        (b'{"identifier": ""}', 400, "identifier must be non-empty string"),
        (b'{"identifier": null}', 400, "identifier must be non-empty string"),
        (b'{"identifier": 5}', 400, "identifier must be non-empty string"),
        (b'{"is_enabled": "false"}', 400, "is_enabled must be a boolean"),
        (b'{"is_enabled": null}', 400, "is_enabled must be a boolean"),
        (b'{"settings_json": []}', 400, "settings_json must be an object or null"),
        (b'{"identifier": "taken"}', 409, "A source with this identifier already exists"),
    ],
)
def test_a_change_that_is_none(walk: Any, content: bytes, status: int, text: str) -> None:
    """Is refused, and nothing changes."""
    brand = walk.brand()
    source = walk.source(brand)
    walk.source(brand, identifier="taken")
    before = walk.client.get(f"/api/sources/{source}").json()
    answer = walk.client.patch(f"/api/sources/{source}", content=content)
    assert (status, text) == (answer.status_code, answer.json()["error"])
    assert before == walk.client.get(f"/api/sources/{source}").json()


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("DELETE", ""), ("GET", ""), ("GET", "/status")])
@pytest.mark.parametrize(
    ("source", "status", "text"), [("x", 400, "Invalid source_id"), (UNKNOWN, 404, "Source not found")]
)
def test_the_source_comes_first(walk: Any, method: str, path: str, source: str, status: int, text: str) -> None:
    """Whatever is wrong with the body."""
    answer = walk.client.request(method, f"/api/sources/{source}{path}", content=b"[" if method == "PATCH" else b"")
    assert (status, text) == (answer.status_code, answer.json()["error"])


def test_a_source_is_disconnected(walk: Any) -> None:
    """It is gone, and can be connected anew."""
    brand = walk.brand()
    source = walk.source(brand)
    assert (204, b"") == ((answer := walk.client.delete(f"/api/sources/{source}")).status_code, answer.content)
    assert 404 == walk.client.delete(f"/api/sources/{source}").status_code
    assert source != walk.source(brand)


def test_a_source_without_a_run_has_no_latest_run(walk: Any) -> None:
    """Absent, not null."""
    source = walk.source(walk.brand())
    assert {"source_connection_id": source} == walk.client.get(f"/api/sources/{source}/status").json()
