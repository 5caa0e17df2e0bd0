"""A page of another origin walks the whole loop in a real browser, and sees mistakes as mistakes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.brandbrain.conftest import ANSWERS, Command
from tests.brandbrain.serving import Serving, Site
from tests.e2e.conftest import OpenPage, Tab

pytestmark = pytest.mark.browser

NOBODY = "01a1ffd1-4689-7835-87a3-457989f268f2"


def test_a_page_walks_the_loop(page: Tab, up: Serving, site: Site) -> None:
    """Create, answer, connect, compile, follow by three ways, read, override, read again, delete."""
    seen = page.walk("loop", up.url, site.url, ANSWERS)

    assert [201, 201, 200, 201, 202] == [
        seen[step]["status"] for step in ("brand", "again", "onboarding", "source", "kickoff")
    ]
    assert seen["brand"]["body"] == seen["again"]["body"]
    assert "true" == seen["again"]["headers"]["idempotency-replayed"]
    assert f"/api/brands/{seen['brand']['body']['id']}" == seen["brand"]["headers"]["location"]
    assert (seen["kickoff"]["body"]["poll_url"], "2") == (
        seen["kickoff"]["headers"]["location"],
        seen["kickoff"]["headers"]["retry-after"],
    )

    assert "SUCCEEDED" == seen["followed"][-1] == seen["streamed"]["events"][-1] == seen["polled"]["last"]["status"]
    assert {"PENDING", "RUNNING", "SUCCEEDED"} >= {*seen["followed"], *seen["streamed"]["events"]}
    assert (200, "text/event-stream; charset=utf-8") == (seen["streamed"]["status"], seen["streamed"]["type"])
    assert {"2"} >= set(seen["polled"]["waits"])

    latest, newest = seen["latest"]["body"], seen["newest"]["body"]
    assert ["bundle_summary", "evidence_status", "qa_report"] == sorted(
        {"bundle_summary", "evidence_status", "qa_report"} & latest.keys()
    )
    assert latest["snapshot_id"] == seen["polled"]["last"]["snapshot"]["snapshot_id"]
    assert 304 == seen["unchanged"]["status"] or latest == seen["unchanged"]["body"]
    assert ANSWERS["tier0.what_we_do"] == latest["snapshot_json"]["positioning"]["what_we_do"]["value"]
    assert 200 == seen["overridden"]["status"], seen["overridden"]["body"]
    assert "We save sails." == newest["snapshot_json"]["positioning"]["what_we_do"]["override_value"]
    assert [newest["snapshot_id"], latest["snapshot_id"]] == [
        snapshot["snapshot_id"] for snapshot in seen["history"]["body"]["snapshots"]
    ]
    assert (204, 404) == (seen["deleted"]["status"], seen["gone"]["status"])


def test_mistakes_are_read_as_mistakes(page: Tab, up: Serving, command: Command) -> None:
    """Status, sentence, code and request id of each, 4xx and 5xx, are there for the page: none looks like CORS."""
    with up.client() as client:
        brand = client.post("/api/brands", json={"name": "Marrowby"}).json()["id"]
    of = f"/api/brands/{brand}"
    cases: list[tuple[list[Any], int, str]] = [
        (["GET", "/api/brands/seven"], 400, "Invalid brand_id"),
        (["GET", f"/api/brands/{NOBODY}"], 404, "Brand not found"),
        (["GET", "/api/nothing"], 404, "Not found"),
        (["PUT", "/api/brands"], 405, "Method not allowed"),
        (["POST", "/api/brands", "{"], 400, "Invalid JSON body"),
        (["POST", "/api/brands", {}], 400, "name is required and must be non-empty string"),
        (["POST", "/api/brands", " " * (2 << 20)], 413, "Request body is too large: at most 1 MiB"),
        (["POST", f"{of}/brandbrain/compile", {}], 422, "Compile gating failed"),
        (["GET", f"{of}/brandbrain/latest"], 404, "No snapshot found"),
        (["PATCH", f"{of}/brandbrain/overrides", {}, {"if-match": '"stale"'}], 412, ""),
        (["POST", "/api/brands", {"name": "A"}, {"idempotency-key": "once"}], 201, ""),
        (["POST", "/api/brands", {"name": "B"}, {"idempotency-key": "once"}], 422, ""),
    ]
    seen = page.walk("mistakes", up.url, [case[0] for case in cases])

    assert [status for _, status, _ in cases] == [answer["status"] for answer in seen]
    for (_, status, error), answer in zip(cases, seen, strict=True):
        assert not error or error.lower() == answer["error"].lower()
        assert status < 400 or (answer["code"] and answer["logged"])

    with closing(sqlite3.connect(command.folder / "brandbrain.db")) as connection:
        (table,) = connection.execute("select name from sqlite_master where name in ('brand', 'brands')").fetchone()
        connection.execute(f"alter table {table} rename to elsewhere")
    (broken,) = page.walk("mistakes", up.url, [["GET", of]])
    assert broken["status"] in (500, 503)
    assert broken["error"]
    assert broken["logged"]


def test_a_page_with_a_key_walks_the_loop(page: Tab, command: Command, site: Site) -> None:
    """Without a key the page reads the 401, with one that may not enough the 403, with the right one it gets all."""
    key, reader = (command("keys", "create", name, "--scope", name).stdout.strip() for name in ("write", "read"))
    with Serving(command, "up", "--port", "0") as up:
        headers = [{}, {"authorization": "Bearer bb_guess"}, {"authorization": f"Bearer {reader}"}]
        refused = page.walk("mistakes", up.url, [["POST", "/api/brands", {"name": "A"}, given] for given in headers])
        seen = page.walk("loop", up.url, site.url, ANSWERS, {"authorization": f"Bearer {key}"})

    assert [(401, "unauthenticated"), (401, "unauthenticated"), (403, "forbidden")] == [
        (answer["status"], answer["code"]) for answer in refused
    ]
    assert (200, "SUCCEEDED") == (seen["streamed"]["status"], seen["streamed"]["events"][-1])
    assert "We save sails." == seen["newest"]["body"]["snapshot_json"]["positioning"]["what_we_do"]["override_value"]


def test_a_page_of_a_foreign_origin_gets_nothing(open_page: OpenPage, up: Serving) -> None:
    """The same page under another name is another origin: the browser keeps every answer from it."""
    foreign, ours = open_page("127.0.0.1"), open_page("localhost")

    for path in ("/api/brands", "/api/nothing", "/healthz"):
        assert foreign.walk("isBlocked", up.url, path)
        assert not ours.walk("isBlocked", up.url, path)
