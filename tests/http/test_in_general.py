"""The table "In general" of the contract: what holds for every answer."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from brandbrain_core.errors import Unavailable
from brandbrain_core.ids import TenantId
from brandbrain_core.memory.given import memory_deps

ORIGIN = "http://localhost:3000"
EXPOSED = "Location, Retry-After, ETag, Link, X-Request-Id, Idempotency-Replayed"
CORS = "access-control-"


class _Failing:
    """A store that fails, one way or another."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def reading(self) -> Any:
        raise self._error

    transaction = step = reading

    def scoped(self, _: TenantId) -> Any:
        raise self._error

    async def check(self) -> None:
        raise self._error

    async def close(self) -> None:
        """Nothing is open."""


FAILING: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown route": ("GET", "/nope", {}, 404, "not_found"),
    "trailing slash": ("GET", "/api/brands/", {}, 404, "not_found"),
    "wrong method": ("DELETE", "/api/brands", {}, 405, "method_not_allowed"),
    "strange method": ("PROPFIND", "/api/brands", {}, 405, "method_not_allowed"),
    "bad id": ("GET", "/api/brands/x", {}, 400, "invalid_brand_id"),
    "bad body": ("POST", "/api/brands", {"content": b"{"}, 400, "invalid_json"),
    "large body": ("POST", "/api/brands", {"content": b" " * (1 << 21)}, 413, "payload_too_large"),
    "foreign host": ("GET", "/api/brands", {"headers": {"host": "evil.example"}}, 400, "invalid_host"),
    "not there": ("GET", "/api/brands/01890000-0000-7000-8000-000000000000", {}, 404, "brand_not_found"),
}


@pytest.mark.parametrize("what", FAILING)
def test_every_error_has_one_shape(walk: Any, what: str) -> None:
    """JSON with text, code and request id, and the headers that let a page of an allowed origin read it."""
    method, path, more, status, code = FAILING[what]
    headers = {"origin": ORIGIN, "x-request-id": "trace-1", **more.get("headers", {})}
    answer = walk.client.request(method, path, **{**more, "headers": headers})
    assert (status, "application/json") == (answer.status_code, answer.headers["content-type"])
    assert {"error", "code", "request_id"} == answer.json().keys()
    assert (code, "trace-1") == (answer.json()["code"], answer.json()["request_id"])
    assert (ORIGIN, "true", EXPOSED, "trace-1") == (
        answer.headers["access-control-allow-origin"],
        answer.headers["access-control-allow-credentials"],
        answer.headers["access-control-expose-headers"],
        answer.headers["x-request-id"],
    )


def test_a_surprise_is_a_500_that_says_nothing(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The same shape and headers; what went wrong is in the log, under the id of the request."""
    broken = serve(_broken)
    answer = broken.client.get("/api/brands", headers={"origin": ORIGIN, "x-request-id": "trace-2"})
    assert (500, "Internal server error", "trace-2") == (
        answer.status_code,
        answer.json()["error"],
        answer.json()["request_id"],
    )
    assert ORIGIN == answer.headers["access-control-allow-origin"]
    assert "secret" not in answer.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "trace-2" == vars(record)["request_id"]
    assert record.exc_info is not None


def test_a_database_that_is_away_is_a_503(serve: Any) -> None:
    """With advice when to come back; readiness says why, liveness does not care."""
    away = serve(_away)
    answer = away.client.get("/api/brands", headers={"authorization": "Bearer bb_x"})
    assert (503, "unavailable", "7") == (answer.status_code, answer.json()["code"], answer.headers["retry-after"])
    ready = away.client.get("/readyz")
    assert (503, "Not ready") == (ready.status_code, ready.json()["error"])
    assert "The database is not available: it sleeps" == ready.json()["errors"][0]["message"]
    assert 200 == away.client.get("/healthz").status_code


def test_the_wrong_method_is_told_the_right_ones(walk: Any) -> None:
    """In ``Allow``."""
    assert "GET, HEAD, OPTIONS, POST" == walk.client.delete("/api/brands").headers["allow"]
    plain = walk.client.options("/api/brands")
    assert (204, "GET, HEAD, OPTIONS, POST") == (plain.status_code, plain.headers["allow"])


def test_problem_json_for_those_who_ask(walk: Any) -> None:
    """The same members, and those of RFC 9457."""
    answer = walk.client.get("/api/brands/x", headers={"accept": "application/problem+json"})
    body = answer.json()
    assert (400, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert {"error", "code", "request_id", "type", "title", "status", "detail", "instance"} == body.keys()
    assert ("Invalid brand_id", 400, "Invalid brand_id", "/api/brands/x") == (
        body["error"],
        body["status"],
        body["detail"],
        body["instance"],
    )


@pytest.mark.parametrize("chosen", ["a", "x" * 128, "0af7651916cd43dd8448eb211c80319c", "a-b_c.d:e"])
def test_a_safe_request_id_is_echoed(walk: Any, chosen: str) -> None:
    """Up to 128 characters."""
    assert chosen == walk.client.get("/healthz", headers={"x-request-id": chosen}).headers["x-request-id"]


@pytest.mark.parametrize("chosen", ["", "x" * 129, "a b", "<script>", "a\tb", "é"])
def test_another_request_id_is_minted(walk: Any, chosen: str) -> None:
    """It could do harm in a log, or none was given."""
    answer = walk.client.get("/healthz", headers=[(b"x-request-id", chosen.encode())])
    assert 36 == len(answer.headers["x-request-id"])


def test_a_preflight_is_answered(walk: Any) -> None:
    """With everything that the contract allows, for a day."""
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "content-type,if-match,Idempotency-Key,authorization,last-event-id",
    }
    answer = walk.client.options("/api/brands", headers=asked)
    headers = answer.headers
    assert (204, ORIGIN, "true", "86400") == (
        answer.status_code,
        headers["access-control-allow-origin"],
        headers["access-control-allow-credentials"],
        headers["access-control-max-age"],
    )
    assert "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" == headers["access-control-allow-methods"]
    allowed = {name.strip().lower() for name in headers["access-control-allow-headers"].split(",")}
    assert {
        "accept",
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "last-event-id",
        "traceparent",
        "x-request-id",
        "x-csrftoken",
        "x-requested-with",
    } <= allowed
    assert "x-request-id" in headers


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3001", ORIGIN + ".evil.example"])
def test_a_foreign_origin_gets_no_word(walk: Any, method: str, origin: str) -> None:
    """Neither for a request nor for a preflight."""
    headers = {"origin": origin, "access-control-request-method": "GET"}
    answer = walk.client.request(method, "/api/brands", headers=headers)
    assert [] == [name for name in answer.headers if name.startswith(CORS)]
    assert "Origin" in answer.headers["vary"]


def test_a_preflight_for_more_is_refused(walk: Any) -> None:
    """In JSON, too."""
    headers = {"origin": ORIGIN, "access-control-request-method": "GET", "access-control-request-headers": "x-mine"}
    answer = walk.client.options("/api/brands", headers=headers)
    assert (400, "cors_refused") == (answer.status_code, answer.json()["code"])


def test_any_origin_cannot_be_allowed(serve: Any) -> None:
    """Since credentials are."""
    with pytest.raises(ValueError, match="the origin \\* cannot be allowed"):
        serve(cors_allowed_origins=("*",))


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2", "localhost:80:80"])
def test_another_host_is_refused(walk: Any, host: str) -> None:
    """Whatever the route."""
    for path in ("/healthz", "/api/brands", "/nope"):
        assert 400 == walk.client.get(path, headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1"])
def test_our_hosts_are_answered(walk: Any, host: str) -> None:
    """At any port, in any case."""
    assert 200 == walk.client.get("/healthz", headers={"host": host}).status_code


GETS = ["/api/brands", "/api/onboarding/questions", "/healthz", "/readyz", "/health/", "/api/health", "/openapi.json"]


@pytest.fixture(scope="module")
def reads(walk: Any) -> list[str]:
    """Every address that can be read, of a brand with everything."""
    brand = walk.compiled()
    of = f"/api/brands/{brand}"
    latest = walk.client.get(f"{of}/brandbrain/latest").json()
    source = walk.client.get(f"{of}/sources").json()[0]["id"]
    item = walk.client.get(f"{of}/evidence").json()[0]["id"]
    snapshot = f"{of}/brandbrain/snapshots/{latest['snapshot_id']}"
    return [
        *GETS,
        of,
        f"{of}/onboarding",
        f"{of}/bootstrap",
        f"{of}/sources",
        f"{of}/evidence",
        f"{of}/brandbrain/latest",
        f"{of}/brandbrain/history",
        f"{of}/brandbrain/overrides",
        f"{of}/brandbrain/compile",
        f"{of}/brandbrain/compile/{latest['compile_run_id']}/status",
        snapshot,
        f"{snapshot}/diff?against={latest['snapshot_id']}",
        f"/api/sources/{source}",
        f"/api/sources/{source}/status",
        f"/api/evidence/{item}",
    ]


def test_every_read_has_a_strong_etag(walk: Any, reads: list[str]) -> None:
    """Whoever has that version gets a 304 without a body; the tag may stand in a list, be weak, or be ``*``."""
    for path in reads:
        first = walk.client.get(path)
        etag = first.headers["etag"]
        assert etag.startswith('"'), path
        assert first.headers["cache-control"] in ("private, no-cache", "private, max-age=31536000, immutable"), path
        for known in (etag, f'"other", W/{etag}', "*"):
            again = walk.client.get(path, headers={"if-none-match": known, "origin": ORIGIN})
            assert (304, b"", etag) == (again.status_code, again.content, again.headers["etag"]), path
            assert first.headers["cache-control"] == again.headers["cache-control"], path
        for other in ('"other"', "", etag.strip('"')):
            assert 200 == walk.client.get(path, headers={"if-none-match": other}).status_code, path


def test_every_read_can_be_asked_for_its_head(walk: Any, reads: list[str]) -> None:
    """The same headers, no body."""
    for path in reads:
        head, full = walk.client.head(path), walk.client.get(path)
        assert (full.status_code, b"") == (head.status_code, head.content), path
        varying = ("date", "x-request-id")
        assert {k: v for k, v in full.headers.items() if k not in varying} == {
            k: v for k, v in head.headers.items() if k not in varying
        }, path


def test_reads_create_nothing(serve: Any) -> None:
    """However often one reads."""
    walk = serve()
    brand = walk.brand()
    before = walk.served.run(_rows)
    for path in ("", "/onboarding", "/bootstrap", "/sources", "/brandbrain/overrides", "/brandbrain/history"):
        assert 200 == walk.client.get(f"/api/brands/{brand}{path}").status_code
    assert before == walk.served.run(_rows)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/api/brands/{brand}/brandbrain/overrides", {"overrides_json": {"mine": 2}}),
        ("PUT", "/api/brands/{brand}/onboarding", {"tier": 2, "answers_json": {}}),
        ("PATCH", "/api/sources/{source}", {"is_enabled": False}),
        ("DELETE", "/api/sources/{source}", None),
    ],
)
def test_a_write_that_is_conditional(walk: Any, method: str, path: str, body: Any) -> None:
    """It is refused with the current tag if that is another one, and nothing changes; else it goes ahead."""
    brand = walk.brand()
    path = path.format(brand=brand, source=walk.source(brand))
    read = path
    before = walk.client.get(read)
    etag = before.headers["etag"]
    for stale in ('"stale"', f"W/{etag}", "", "nonsense"):
        refused = walk.client.request(method, path, json=body, headers={"if-match": stale})
        assert (412, "precondition_failed", etag) == (
            refused.status_code,
            refused.json()["code"],
            refused.headers["etag"],
        )
    assert before.content == walk.client.get(read).content
    done = walk.client.request(method, path, json=body, headers={"if-match": f'"other", {etag}'})
    assert done.status_code in (200, 204)
    if body is not None:
        assert walk.client.get(read).headers["etag"] == done.headers["etag"] != etag
        assert 200 == walk.client.request(method, path, json=body, headers={"if-match": "*"}).status_code


def test_health_says_what_the_contract_says(walk: Any) -> None:
    """To the letter."""
    assert {"status": "ok", "service": "brandbrain"} == walk.client.get("/health/").json()
    assert {
        "status": "healthy",
        "contract_version": "1.0.0",
        "min_frontend_version": "1.0.0",
    } == walk.client.get("/api/health").json()
    assert 200 == walk.client.get("/healthz").status_code
    assert 200 == walk.client.get("/readyz").status_code
    assert 404 == walk.client.get("/health").status_code


def test_metrics_are_there_when_they_are_wanted(serve: Any, walk: Any) -> None:
    """By route, not by address; the queue with them."""
    measured = serve(metrics=True)
    measured.client.get(f"/api/brands/{measured.brand()}")
    measured.client.get("/nope/at/all")
    text = measured.client.get("/metrics").text
    assert 'brandbrain_http_requests_total{method="GET",route="/api/brands/{brand_id}",status="200"} 1.0' in text
    assert 'brandbrain_http_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert 'brandbrain_jobs{state="pending"} 0.0' in text
    assert 404 == walk.client.get("/metrics").status_code


def test_requests_are_logged_without_secrets(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    """One line each, with facts."""
    caplog.set_level(logging.INFO)
    quiet = serve(statements=lambda: 0)
    quiet.client.get("/api/brands?cursor=secret", headers={"authorization": "Bearer secret", "x-request-id": "t-3"})
    quiet.client.get("/healthz")  # once this is answered, the line about the one before has been written
    (record,) = [vars(record) for record in caplog.records if vars(record).get("request_id") == "t-3"]
    assert ("GET", "/api/brands", 400, 0) == tuple(record[name] for name in ("method", "path", "status", "statements"))
    assert "secret" not in json.dumps(record, default=str)


def test_nobody_writes_into_the_log(walk: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A path with a line break in it is one line."""
    caplog.set_level(logging.INFO)
    walk.client.get("/api/x%0aERROR:%20all%20is%20lost", headers={"x-request-id": "t-4"})
    walk.client.get("/healthz")  # once this is answered, the line about the one before has been written
    (record,) = [record for record in caplog.records if vars(record).get("request_id") == "t-4"]
    assert "GET /api/x%0AERROR%3A%20all%20is%20lost 404" == record.getMessage()


def test_a_request_without_host_or_sense(walk: Any) -> None:
    """Is a 400, and the server lives."""
    address = urlsplit(walk.served.url)
    for request in (b"GET /healthz HTTP/1.1\r\n\r\n", b"\x00\xff\r\n\r\n", b"GET /healthz HTTP/1.0\r\n\r\n"):
        with socket.create_connection((address.hostname, address.port), 10) as connection:
            connection.sendall(request)
            assert b" 400 " in connection.recv(4096).splitlines()[0]
    assert 200 == walk.client.get("/healthz").status_code


async def _broken() -> Any:
    return attrs.evolve(memory_deps(), store=_Failing(ZeroDivisionError("secret")))


async def _away() -> Any:
    return attrs.evolve(memory_deps(), store=_Failing(Unavailable("The database", "it sleeps", 7.0)))


async def _rows(deps: Any) -> Any:
    rows = deps.store._committed.rows
    return {name: dict(table) for name, table in rows.items()}
