"""Every row of the contract about snapshots and overrides."""

from __future__ import annotations

from typing import Any

import pytest

UNKNOWN = "01890000-0000-7000-8000-000000000000"
LATEST = {"snapshot_id", "brand_id", "snapshot_json", "created_at", "compile_run_id"}
EMPTY: dict[str, Any] = {"overrides_json": {}, "pinned_paths": [], "updated_at": None}


def _of(brand: str) -> str:
    return f"/api/brands/{brand}/brandbrain"


def test_there_is_no_snapshot_yet(walk: Any) -> None:
    """Told apart from a brand that is not there."""
    answer = walk.client.get(f"{_of(walk.brand())}/latest")
    assert (404, "No snapshot found") == (answer.status_code, answer.json()["error"])
    gone = walk.client.get(f"{_of(UNKNOWN)}/latest")
    assert (404, "Brand not found") == (gone.status_code, gone.json()["error"])


@pytest.mark.parametrize(
    ("include", "added"),
    [
        ("", set()),
        ("nonsense,,", set()),
        ("evidence", {"evidence_status"}),
        (" QA , nonsense", {"qa_report"}),
        ("bundle,evidence", {"bundle_summary", "evidence_status"}),
        ("Full", {"bundle_summary", "evidence_status", "qa_report"}),
    ],
)
def test_the_newest_snapshot(walk: Any, compiled: str, include: str, added: set[str]) -> None:
    """With what was asked for beside it."""
    answer = walk.client.get(f"{_of(compiled)}/latest", params={"include": include})
    assert (200, LATEST | added) == (answer.status_code, answer.json().keys())
    assert "We mend sails." == answer.json()["snapshot_json"]["positioning"]["what_we_do"]["value"]


def test_the_tag_follows_what_is_shown(walk: Any) -> None:
    """Another version, and another part of the same one, have tags of their own; the same answer has the same."""
    latest = f"{_of(walk.compiled())}/latest"

    def tags() -> list[str]:
        asked = ("", "evidence", "qa", "full")
        return [walk.client.get(latest, params={"include": include}).headers["etag"] for include in asked]

    before = tags()
    walk.client.patch(latest.replace("latest", "overrides"), json={"overrides_json": {"voice.emoji_policy": "none"}})
    assert 4 == len(set(before))
    assert 8 == len({*before, *tags()})
    assert tags() == tags()


def test_an_edit_shows_at_once(walk: Any) -> None:
    """In a version of its own, of which the history tells."""
    brand = walk.compiled()
    before = walk.client.get(f"{_of(brand)}/latest").json()
    body = {"overrides_json": {"positioning.what_we_do": "Sails, mended."}, "pinned_paths": ["voice.emoji_policy"]}
    patched = walk.client.patch(f"{_of(brand)}/overrides", json=body)
    assert (200, {"brand_id", *EMPTY}) == (patched.status_code, patched.json().keys())
    assert patched.json() == walk.client.get(f"{_of(brand)}/overrides").json()
    after = walk.client.get(f"{_of(brand)}/latest").json()
    node = after["snapshot_json"]["positioning"]["what_we_do"]
    assert ("Sails, mended.", "Sails, mended.", "We mend sails.") == (
        node["value"],
        node["override_value"],
        node["inferred_value"],
    )
    history = walk.client.get(f"{_of(brand)}/history").json()
    assert [(2, "override"), (1, "compile")] == [(each["version"], each["origin"]) for each in history["snapshots"]]
    assert {"fields_changed": 1, "fields_added": 0, "fields_removed": 0} == history["snapshots"][0]["diff_summary"]
    assert {} == history["snapshots"][1]["diff_summary"]
    diff = walk.client.get(
        f"{_of(brand)}/snapshots/{after['snapshot_id']}/diff", params={"against": before["snapshot_id"]}
    ).json()
    change = {"path": "positioning.what_we_do", "before": "We mend sails.", "after": "Sails, mended."}
    assert ([change], 1) == (diff["changes"], diff["summary"]["fields_changed"])


def test_overrides_merge_and_pins_replace(walk: Any) -> None:
    """Key by key; null takes one away; repeated pins count once, in the order given."""
    url = f"{_of(walk.brand())}/overrides"
    walk.client.patch(url, json={"overrides_json": {"voice.cta_policy": "soft", "mine.a": 1}, "pinned_paths": ["b"]})
    answer = walk.client.patch(
        url,
        json={
            "overrides_json": {"voice.cta_policy": None, "mine.b": [1, {"x": None}]},
            "pinned_paths": ["voice.do", "mine.a", "voice.do"],
        },
    ).json()
    assert ({"mine.a": 1, "mine.b": [1, {"x": None}]}, ["voice.do", "mine.a"]) == (
        answer["overrides_json"],
        answer["pinned_paths"],
    )
    assert answer == walk.client.patch(url).json()


def test_overrides_never_set(walk: Any) -> None:
    """Empty, null."""
    brand = walk.brand()
    assert {"brand_id": brand, **EMPTY} == walk.client.get(f"{_of(brand)}/overrides").json()


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"overrides_json": None}, 400, "overrides_json must be an object"),
        ({"overrides_json": []}, 400, "overrides_json must be an object"),
        ({"pinned_paths": None}, 400, "pinned_paths must be an array"),
        ({"pinned_paths": {}}, 400, "pinned_paths must be an array"),
        ({"pinned_paths": "voice.do"}, 400, "pinned_paths must be an array"),
        ({"pinned_paths": ["a", 1]}, 400, "pinned_paths items must be strings"),
        ({"overrides_json": {" ": 1}}, 422, "Invalid override path:  "),
        ({"overrides_json": {"a..b": 1}}, 422, "Invalid override path: a..b"),
        ({"pinned_paths": [""]}, 422, "Invalid override path: "),
        ({"overrides_json": {"mine": 1}, "pinned_paths": ["x."]}, 422, "Invalid override path: x."),
    ],
)
def test_an_edit_that_is_none_changes_nothing(walk: Any, body: Any, status: int, text: str) -> None:
    """Not even the part of it that was right."""
    url = f"{_of(walk.brand())}/overrides"
    answer = walk.client.patch(url, json=body)
    assert (status, text) == (answer.status_code, answer.json()["error"])
    assert EMPTY.items() <= walk.client.get(url).json().items()


def test_a_value_of_another_type_is_refused(walk: Any) -> None:
    """With the path and the reason."""
    answer = walk.client.patch(f"{_of(walk.brand())}/overrides", json={"overrides_json": {"voice.do": "x"}})
    assert 422 == answer.status_code
    assert answer.json()["error"].startswith("Invalid override value for voice.do: ")


@pytest.mark.parametrize(("method", "content"), [("GET", b""), ("PATCH", b"[]")])
@pytest.mark.parametrize(
    ("brand", "status", "text"), [("x", 400, "Invalid brand_id"), (UNKNOWN, 404, "Brand not found")]
)
def test_the_brand_comes_first(walk: Any, method: str, content: bytes, brand: str, status: int, text: str) -> None:
    """Whatever is wrong with the body."""
    answer = walk.client.request(method, f"{_of(brand)}/overrides", content=content)
    assert (status, text) == (answer.status_code, answer.json()["error"])


@pytest.fixture(scope="module")
def compiled(walk: Any) -> str:
    """A brand with a snapshot, which no test changes."""
    return str(walk.compiled())


@pytest.fixture(scope="module")
def edited(walk: Any) -> str:
    """A brand with twelve versions, which no test changes."""
    brand = walk.compiled()
    for number in range(11):
        walk.client.patch(f"{_of(brand)}/overrides", json={"overrides_json": {"mine": number}})
    return str(brand)


@pytest.mark.parametrize(
    ("query", "page", "size", "versions"),
    [
        ("", 1, 10, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]),
        ("page=2", 2, 10, [2, 1]),
        ("page=2&page_size=3", 2, 3, [9, 8, 7]),
        ("page=0&page_size=2", 1, 2, [12, 11]),
        ("page=-7&page_size=2", 1, 2, [12, 11]),
        ("page_size=0", 1, 1, [12]),
        ("page_size=-3", 1, 1, [12]),
        ("page_size=999", 1, 50, list(range(12, 0, -1))),
        ("page=3", 3, 10, []),
        (f"page={10**30}", 10**30, 10, []),
        ("page=+2", 1, 10, None),
    ],
)
def test_history_by_page(walk: Any, edited: str, query: str, page: int, size: int, versions: Any) -> None:
    """Clamped, never an error for a number, and the total is that of all."""
    answer = walk.client.get(f"{_of(edited)}/history?{query}")
    body = answer.json()
    assert 200 == answer.status_code
    if versions is not None:
        assert (page, size, 12) == (body["page"], body["page_size"], body["total"])
        assert versions == [entry["version"] for entry in body["snapshots"]]


def test_a_page_of_any_number_of_digits_is_empty(walk: Any, edited: str) -> None:
    """However large the number."""
    answer = walk.client.get(f"{_of(edited)}/history?page={'9' * 6000}")
    assert (200, []) == (answer.status_code, answer.json()["snapshots"])


@pytest.mark.parametrize(
    "query", ["page=x", "page=1.5", "page=", "page=NaN", "page=1e3", "page_size=x", "page_size=%D9%A3", "page=--1"]
)
def test_a_page_that_is_no_number(walk: Any, edited: str, query: str) -> None:
    """Is refused."""
    answer = walk.client.get(f"{_of(edited)}/history?{query}")
    assert (400, "Invalid pagination params") == (answer.status_code, answer.json()["error"])


def test_history_by_cursor(walk: Any, edited: str) -> None:
    """From page to page, until there is no more."""
    versions: list[int] = []
    query: dict[str, Any] = {"page_size": 5}
    while True:
        body = walk.client.get(f"{_of(edited)}/history", params=query).json()
        versions += [entry["version"] for entry in body["snapshots"]]
        if "next_cursor" not in body:
            break
        query["cursor"] = body["next_cursor"]
    assert list(range(12, 0, -1)) == versions


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 40])
def test_a_cursor_that_is_none(walk: Any, edited: str, cursor: str) -> None:
    """Is refused."""
    answer = walk.client.get(f"{_of(edited)}/history", params={"cursor": cursor})
    assert (400, "Invalid cursor") == (answer.status_code, answer.json()["error"])


def test_a_version_never_changes(walk: Any, edited: str) -> None:
    """So it may be kept for ever."""
    entries = walk.client.get(f"{_of(edited)}/history?page_size=50").json()["snapshots"]
    for entry in (entries[0], entries[-1]):
        answer = walk.client.get(f"{_of(edited)}/snapshots/{entry['snapshot_id']}")
        assert (200, entry["version"]) == (answer.status_code, answer.json()["version"])
        assert "private, max-age=31536000, immutable" == answer.headers["cache-control"]
        assert entry["version"] == answer.json()["snapshot_json"]["version"]


def test_versions_that_are_not_there(walk: Any, edited: str) -> None:
    """Nor are those of another brand."""
    brand = walk.brand()
    snapshot = walk.client.get(f"{_of(edited)}/latest").json()["snapshot_id"]
    for path, status, text in (
        (f"{_of(edited)}/snapshots/x", 400, "Invalid snapshot_id"),
        (f"{_of(edited)}/snapshots/{UNKNOWN}", 404, "No snapshot found"),
        (f"{_of(brand)}/snapshots/{snapshot}", 404, "No snapshot found"),
        (f"{_of(edited)}/snapshots/{snapshot}/diff", 400, "Invalid snapshot_id"),
        (f"{_of(edited)}/snapshots/{snapshot}/diff?against=x", 400, "Invalid snapshot_id"),
        (f"{_of(edited)}/snapshots/{snapshot}/diff?against={UNKNOWN}", 404, "No snapshot found"),
        (f"{_of(brand)}/snapshots/{snapshot}/diff?against={snapshot}", 404, "No snapshot found"),
    ):
        answer = walk.client.get(path)
        assert (status, text) == (answer.status_code, answer.json()["error"]), path


def test_a_version_does_not_differ_from_itself(walk: Any, compiled: str) -> None:
    """By nothing."""
    snapshot = walk.client.get(f"{_of(compiled)}/latest").json()["snapshot_id"]
    diff = walk.client.get(f"{_of(compiled)}/snapshots/{snapshot}/diff?against={snapshot}").json()
    assert ([], 0) == (diff["changes"], diff["summary"]["fields_changed"])


def test_bootstrap_of_a_new_brand(walk: Any) -> None:
    """Everything, and no snapshot yet."""
    brand = walk.brand()
    body = walk.client.get(f"/api/brands/{brand}/bootstrap").json()
    assert {
        "brand": walk.client.get(f"/api/brands/{brand}").json(),
        "onboarding": {"tier": 0, "answers_json": {}, "updated_at": None},
        "sources": [],
        "overrides": EMPTY,
        "latest": None,
    } == body


def test_bootstrap_of_a_compiled_brand(walk: Any, edited: str) -> None:
    """It says the same as the single addresses."""
    body = walk.client.get(f"/api/brands/{edited}/bootstrap").json()
    latest = walk.client.get(f"{_of(edited)}/latest").json()
    assert {
        "snapshot_id": latest["snapshot_id"],
        "created_at": latest["created_at"],
        "has_data": True,
    } == body["latest"]
    assert walk.client.get(f"/api/brands/{edited}/sources").json() == body["sources"]
    assert {"mine": 10} == body["overrides"]["overrides_json"]


def test_evidence_by_id_batch_and_page(walk: Any, compiled: str) -> None:
    """Each with exactly the members of the contract."""
    listed = walk.client.get(f"/api/brands/{compiled}/evidence").json()
    (first, *_) = listed
    assert 4 == len(listed)
    assert {
        "id",
        "brand_id",
        "platform",
        "content_type",
        "canonical_url",
        "published_at",
        "author_ref",
        "title",
        "text_primary",
        "text_secondary",
        "metrics_json",
        "media_json",
        "hashtags",
        "flags_json",
    } == first.keys()
    assert ({"likes": 12, "comments": 3}, ["sailing"]) == (first["metrics_json"], first["hashtags"])
    assert first == walk.client.get(f"/api/evidence/{first['id']}").json()
    ids = [listed[2]["id"], UNKNOWN, listed[0]["id"]]
    assert [listed[2], listed[0]] == walk.client.post("/api/evidence/batch", json={"ids": ids}).json()


def test_evidence_is_paged_and_filtered(walk: Any, compiled: str) -> None:
    """Behind a cursor; an unknown filter is refused."""
    url = f"/api/brands/{compiled}/evidence"
    listed = [item["id"] for item in walk.client.get(url).json()]
    first = walk.client.get(url, params={"limit": 3, "platform": "instagram"})
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    second = walk.client.get(link[1 : link.index(">")])
    assert listed == [item["id"] for item in [*first.json(), *second.json()]]
    assert "link" not in second.headers
    assert [] == walk.client.get(url, params={"content_type": "video"}).json()
    for query, text in (("platform=x", "Invalid platform"), ("content_type=x", "Invalid content_type")):
        assert text == walk.client.get(f"{url}?{query}").json()["error"]


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": None}, {"ids": []}, {"ids": "x"}, {"ids": [UNKNOWN] * 101}, {"ids": [5]}, {"ids": ["x"]}],
)
def test_a_batch_that_is_none(walk: Any, body: Any) -> None:
    """Is refused."""
    assert 400 == walk.client.post("/api/evidence/batch", json=body).status_code


def test_evidence_that_is_not_there(walk: Any) -> None:
    """By id, and of a brand that is not there."""
    for path, status, text in (
        ("/api/evidence/x", 400, "Invalid evidence_id"),
        (f"/api/evidence/{UNKNOWN}", 404, "Evidence not found"),
        ("/api/brands/x/evidence", 400, "Invalid brand_id"),
        (f"/api/brands/{UNKNOWN}/evidence", 404, "Brand not found"),
    ):
        answer = walk.client.get(path)
        assert (status, text) == (answer.status_code, answer.json()["error"])
