"""A page of another origin, in a real browser, walks the whole loop and sees errors as errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM: Final = Path("/usr/bin/chromium")
QUIETLY: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Chromium at {CHROMIUM}"),
]

CALL: Final = """
window.call = async (method, path, body, headers = {}) => {
    const answer = await fetch(window.api + path, {
        method,
        credentials: "include",
        headers: body === undefined ? headers : {"Content-Type": "application/json", ...headers},
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return {
        status: answer.status,
        body: text ? JSON.parse(text) : null,
        etag: answer.headers.get("ETag"),
        location: answer.headers.get("Location"),
        again: answer.headers.get("Retry-After"),
        link: answer.headers.get("Link"),
        id: answer.headers.get("X-Request-Id"),
        replayed: answer.headers.get("Idempotency-Replayed"),
    };
};
"""
KICK_OFF: Final = """
async () => {
    const brand = (await call("POST", "/api/brands", {name: "Marrowby ⛵"})).body.id;
    const of = `/api/brands/${brand}`;
    const answers = {
        "tier0.what_we_do": "We mend sails.", "tier0.who_for": "Sailors.",
        "tier0.primary_goal": "leads", "tier0.cta_posture": "soft",
    };
    const refused = await call("POST", `${of}/brandbrain/compile`);
    await call("PUT", `${of}/onboarding`, {tier: 0, answers_json: answers});
    await call("POST", `${of}/sources`, {platform: "instagram", capability: "posts", identifier: "@marrowby"});
    const key = {"Idempotency-Key": "from a page"};
    const accepted = await call("POST", `${of}/brandbrain/compile`, {}, key);
    const repeated = await call("POST", `${of}/brandbrain/compile`, {}, key);
    return {brand, refused, accepted, repeated};
}
"""
FOLLOW: Final = """
(path) => new Promise((done) => {
    const statuses = [];
    const source = new EventSource(window.api + path, {withCredentials: true});
    source.addEventListener("status", (event) => {
        const status = JSON.parse(event.data).status;
        statuses.push(status);
        if (status === "PENDING") window.told = true;
        if (status === "SUCCEEDED" || status === "FAILED") { source.close(); done(statuses); }
    });
})
"""
EDIT: Final = """
async (brand) => {
    const of = `/api/brands/${brand}/brandbrain`;
    const latest = await call("GET", `${of}/latest`);
    const known = await call("GET", `${of}/latest`, undefined, {"If-None-Match": latest.etag});
    const overrides = await call("GET", `${of}/overrides`);
    const body = {overrides_json: {"positioning.what_we_do": "Sails, mended."}};
    const patched = await call("PATCH", `${of}/overrides`, body, {"If-Match": overrides.etag});
    const stale = await call("PATCH", `${of}/overrides`, body, {"If-Match": overrides.etag});
    const edited = await call("GET", `${of}/latest`);
    return {latest, known, patched, stale, edited};
}
"""
FAIL: Final = """
async () => ({
    unknown: await call("GET", "/nope"),
    method: await call("DELETE", "/api/brands"),
    body: await call("POST", "/api/brands", {name: 5}),
    large: await call("POST", "/api/brands", {name: "x".repeat(2000000)}),
    deleted: await call("DELETE", (await call("POST", "/api/brands", {name: "M"})).location),
    made: await call("POST", "/api/brands", {name: "N"}),
    paged: await call("GET", "/api/brands?limit=1"),
})
"""
FOREIGN: Final = "async () => { try { await call('GET', '/api/brands'); return 'read'; } catch (e) { return e.name; } }"


TUTORIAL: Final = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "api.md"
CORRECT: Final = """
async ([api, brand]) => {
    const edits = [1, 2, 3].map((number) => correct(api, brand, `mine.n${number}`, number));
    const edited = await Promise.all(edits);
    try { await correct(api, brand, "a..b", 1); } catch (error) { return [edited.length, error.message]; }
}
"""


class _Blank(BaseHTTPRequestHandler):
    """Serves a blank page."""

    def do_GET(self) -> None:
        """Answer with the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A page</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origins() -> Iterator[tuple[str, str]]:
    """Two origins that serve a page."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Blank) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ours, foreign = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    yield ours, foreign
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield browser.new_page()
        browser.close()


def _open(page: Page, origin: str, api: str) -> None:
    page.goto(origin)
    page.evaluate(f"window.api = {api!r}; {CALL}; null")


def test_a_page_of_another_origin(serve: Any, origins: tuple[str, str], page: Page) -> None:
    """It kicks off, follows, reads, edits; it can read every answer with its headers, errors too."""
    walk = serve(cors_allowed_origins=(origins[0],))
    _open(page, origins[0], walk.served.url)

    begun = page.evaluate(KICK_OFF)
    assert (422, "Compile gating failed", 2) == (
        begun["refused"]["status"],
        begun["refused"]["body"]["error"],
        len(begun["refused"]["body"]["errors"]),
    )
    accepted = begun["accepted"]
    assert (202, "2", accepted["body"]["poll_url"]) == (accepted["status"], accepted["again"], accepted["location"])
    assert (accepted["body"], "true") == (begun["repeated"]["body"], begun["repeated"]["replayed"])

    events = accepted["location"].replace("/status", "/events")
    page.evaluate(f"window.followed = ({FOLLOW})({events!r}); null")
    page.wait_for_function("window.told")
    assert walk.work(begun["brand"]) is not None
    statuses = page.evaluate("window.followed")
    assert ("PENDING", "SUCCEEDED") == (statuses[0], statuses[-1])

    edit = page.evaluate(EDIT, begun["brand"])
    assert [200, 304, 200, 412, 200] == [
        edit[name]["status"] for name in ("latest", "known", "patched", "stale", "edited")
    ]
    assert edit["patched"]["etag"] == edit["stale"]["etag"]
    assert "Sails, mended." == edit["edited"]["body"]["snapshot_json"]["positioning"]["what_we_do"]["value"]

    failed = page.evaluate(FAIL)
    assert [404, 405, 400, 413, 204, 201, 200] == [answer["status"] for answer in failed.values()]
    assert all(answer["id"] for answer in failed.values())
    assert "name is required and must be non-empty string" == failed["body"]["body"]["error"]
    assert failed["paged"]["link"]


def test_a_page_of_a_foreign_origin(serve: Any, origins: tuple[str, str], page: Page) -> None:
    """It reads nothing."""
    walk = serve(cors_allowed_origins=(origins[0],))
    _open(page, origins[1], walk.served.url)
    assert "TypeError" == page.evaluate(FOREIGN)


def test_the_example_in_the_tutorial(serve: Any, origins: tuple[str, str], page: Page) -> None:
    """Three corrections at once all take effect, and an error says what is wrong."""
    walk = serve(cors_allowed_origins=(origins[0],))
    brand = walk.brand()
    example = TUTORIAL.read_text("utf-8").partition("```js\n")[2].partition("```")[0]
    page.goto(origins[0])
    page.add_script_tag(content=example)

    edited, message = page.evaluate(CORRECT, [walk.served.url, brand])

    assert 3 == edited
    assert message.startswith("Invalid override path: a..b (request ")
    overrides = walk.client.get(f"/api/brands/{brand}/brandbrain/overrides").json()["overrides_json"]
    assert {"mine.n1": 1, "mine.n2": 2, "mine.n3": 3} == overrides
