"""Keys, scopes and tenants: who may call what, and whose brands there are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs
import pytest

from brandbrain_core.ids import DEFAULT_TENANT, TenantId
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.key import Scope
from brandbrain_core.services.keys import create_key, revoke_key
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock

OURS, THEIRS = TenantId("ours"), TenantId("theirs")
FREE = ["/healthz", "/readyz", "/health/", "/api/health"]


@attrs.frozen
class Guarded:
    """An API that asks for keys, and some of them, as headers by tenant and scope."""

    walk: Any
    keys: Mapping[tuple[str, Scope], Mapping[str, str]]

    def call(self, method: str, path: str, tenant: str = OURS, scope: Scope = Scope.WRITE, **more: Any) -> Any:
        """Call with a key."""
        headers = {**self.keys[tenant, scope], **more.pop("headers", {})}
        return self.walk.client.request(method, path, headers=headers, **more)


@pytest.fixture
def guarded(serve: Any) -> Guarded:
    """An API with keys of two tenants and the default one."""
    return _guarded(serve(metrics=True))


def _guarded(walk: Any) -> Guarded:
    keys: dict[tuple[str, Scope], Mapping[str, str]] = {
        (tenant, scope): {"authorization": f"Bearer {_make(walk, tenant, scope)[1]}"}
        for tenant in (OURS, THEIRS, DEFAULT_TENANT)
        for scope in Scope
    }
    return Guarded(walk, keys)


def _make(walk: Any, tenant: TenantId = OURS, *scopes: Scope, **more: Any) -> tuple[Any, str]:
    made = walk.served.run(
        lambda deps: create_key(
            deps, name="test", scopes=scopes, random_bytes=secrets.token_bytes, tenant=tenant, **more
        )
    )
    return made.key, made.text


def _everything(guarded: Guarded) -> list[tuple[str, str, Any]]:
    """Make a brand of ours with one of everything; return every request that could reach it."""
    brand = guarded.call("POST", "/api/brands", json={"name": "Ours"}).json()["id"]
    of = f"/api/brands/{brand}"
    answers = {
        "tier0.what_we_do": "Sails.",
        "tier0.who_for": "Sailors.",
        "tier0.primary_goal": "leads",
        "tier0.cta_posture": "soft",
    }
    guarded.call("PUT", f"{of}/onboarding", json={"tier": 0, "answers_json": answers})
    body = {"platform": "instagram", "capability": "posts", "identifier": "marrowby"}
    source = guarded.call("POST", f"{of}/sources", json=body).json()["id"]
    run = guarded.call("POST", f"{of}/brandbrain/compile").json()["compile_run_id"]
    assert guarded.walk.work(brand) is not None
    snapshot = guarded.call("GET", f"{of}/brandbrain/latest").json()["snapshot_id"]
    item = guarded.call("GET", f"{of}/evidence").json()[0]["id"]
    run_path = f"{of}/brandbrain/compile/{run}"
    return [
        ("GET", of, None),
        ("PATCH", of, {"name": "Stolen"}),
        ("GET", f"{of}/onboarding", None),
        ("PUT", f"{of}/onboarding", {"tier": 1, "answers_json": answers}),
        ("GET", f"{of}/sources", None),
        ("POST", f"{of}/sources", {**body, "identifier": "another"}),
        ("GET", f"{of}/bootstrap", None),
        ("GET", f"{of}/evidence", None),
        ("GET", f"{of}/brandbrain/latest", None),
        ("GET", f"{of}/brandbrain/history", None),
        ("GET", f"{of}/brandbrain/snapshots/{snapshot}", None),
        ("GET", f"{of}/brandbrain/snapshots/{snapshot}/diff?against={snapshot}", None),
        ("GET", f"{of}/brandbrain/overrides", None),
        ("PATCH", f"{of}/brandbrain/overrides", {"overrides_json": {"mine": 1}}),
        ("GET", f"{of}/brandbrain/compile", None),
        ("POST", f"{of}/brandbrain/compile", {"force_refresh": True}),
        ("GET", f"{run_path}/status", None),
        ("GET", f"{run_path}/events", None),
        ("POST", f"{run_path}/cancel", None),
        ("GET", f"/api/sources/{source}", None),
        ("GET", f"/api/sources/{source}/status", None),
        ("PATCH", f"/api/sources/{source}", {"is_enabled": False}),
        ("DELETE", f"/api/sources/{source}", None),
        ("GET", f"/api/evidence/{item}", None),
        ("DELETE", of, None),
    ]


def test_another_tenant_reaches_nothing(serve: Any, stored: Any) -> None:
    """By no route, in no store: not by brand, run, source, snapshot or evidence. Its owner reaches everything."""
    guarded = _guarded(serve(stored))
    requests = _everything(guarded)
    before = [guarded.call("GET", path).content for method, path, _ in requests if method == "GET"]
    for method, path, body in requests:
        for tenant in (THEIRS, DEFAULT_TENANT):
            for headers in ({}, {"idempotency-key": path}):
                answer = guarded.call(method, path, tenant, json=body, headers=headers)
                assert 404 == answer.status_code, (method, path, tenant)
    assert [] == guarded.call("GET", "/api/brands", THEIRS).json()
    item = requests[-2][1].rpartition("/")[2]
    assert [] == guarded.call("POST", "/api/evidence/batch", THEIRS, json={"ids": [item]}).json()
    assert before == [guarded.call("GET", path).content for method, path, _ in requests if method == "GET"]
    for method, path, body in requests:
        expected = 409 if path.endswith("/cancel") else 404 if path.startswith("/api/evidence/") else None
        status = guarded.call(method, path, json=body).status_code
        assert status < 400 or status == expected, (method, path, status)


def test_a_key_is_asked_for_everywhere(guarded: Guarded) -> None:
    """But where health is asked for; the errors can be read by a page of an allowed origin."""
    client = guarded.walk.client
    origin = {"origin": "http://localhost:3000"}
    for method, path in (("GET", "/api/brands"), ("POST", "/api/brands"), ("GET", "/openapi.json"), ("GET", "/nope")):
        answer = client.request(method, path, headers=origin)
        assert (401, "unauthenticated", "Bearer") == (
            answer.status_code,
            answer.json()["code"],
            answer.headers["www-authenticate"],
        ), path
        assert "http://localhost:3000" == answer.headers["access-control-allow-origin"]
    assert [200] * 4 == [client.get(path).status_code for path in FREE]
    preflight = client.options("/api/brands", headers={**origin, "access-control-request-method": "POST"})
    assert 204 == preflight.status_code


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [(Scope.READ, (200, 200, 403, 403)), (Scope.WRITE, (200, 200, 201, 403)), (Scope.ADMIN, (200, 200, 201, 200))],
)
def test_scopes_include_one_another(guarded: Guarded, scope: Scope, statuses: tuple[int, ...]) -> None:
    """Reading, a batch (which only reads), writing, and what is for operators."""
    some = "01890000-0000-7000-8000-000000000000"
    requests = [
        ("GET", "/api/brands", None),
        ("POST", "/api/evidence/batch", {"ids": [some]}),
        ("POST", "/api/brands", {"name": "M"}),
        ("GET", "/metrics", None),
    ]
    answers = [guarded.call(method, path, OURS, scope, json=body) for method, path, body in requests]
    assert statuses == tuple(answer.status_code for answer in answers)
    assert {"forbidden"} >= {answer.json()["code"] for answer in answers if answer.status_code == 403}


def test_keys_of_requests_are_their_tenants(guarded: Guarded) -> None:
    """The same Idempotency-Key of two tenants is two requests."""
    headers = {"idempotency-key": "same"}
    ours = guarded.call("POST", "/api/brands", OURS, json={"name": "M"}, headers=headers)
    theirs = guarded.call("POST", "/api/brands", THEIRS, json={"name": "M"}, headers=headers)
    assert (201, 201) == (ours.status_code, theirs.status_code)
    assert ours.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer bb_x",
        "Bearer bb_aaaaaaaaaaaa_" + "A" * 43,
        "Basic {key}",
        "{key}",
        "Bearer {key}x",
        "Bearer {cut}",
        "Bearer {other}",
    ],
)
def test_what_is_no_good_key_is_refused(serve: Any, header: str) -> None:
    """Also the visible beginning of a good one with another secret."""
    walk = serve()
    key = _make(walk, OURS, Scope.READ)[1]
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    authorization = header.format(key=key, cut=key[:-1], other=other)
    assert 401 == walk.client.get("/api/brands", headers={"authorization": authorization}).status_code
    assert 200 == walk.client.get("/api/brands", headers={"authorization": f"bearer {key}"}).status_code


def test_keys_expire_and_are_revoked_within_seconds(serve: Any) -> None:
    """And the API does not open again when the last one is gone."""
    clock = ManualClock()

    async def make() -> Any:
        return memory_deps([build.normalised_item()], clock=clock)

    walk = serve(make)
    assert 200 == walk.client.get("/api/brands").status_code
    expiring = {"authorization": f"Bearer {_make(walk, OURS, Scope.READ, expires_at=clock.now() + timedelta(1))[1]}"}
    stored, text = _make(walk, OURS, Scope.READ)
    lasting = {"authorization": f"Bearer {text}"}
    clock.advance(seconds=5)
    assert [401, 200, 200] == [_asked(walk, headers) for headers in ({}, expiring, lasting)]
    clock.advance(timedelta(1))
    assert [401, 401, 200] == [_asked(walk, headers) for headers in ({}, expiring, lasting)]
    walk.served.run(lambda deps: revoke_key(deps, stored.id))
    clock.advance(seconds=5)
    assert [401, 401, 401] == [_asked(walk, headers) for headers in ({}, expiring, lasting)]


def _asked(walk: Any, headers: Mapping[str, str]) -> int:
    return int(walk.client.get("/api/brands", headers=headers).status_code)
