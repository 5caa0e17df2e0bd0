"""Every row of the contract about compile runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.model.run import Progress, Stage

UNKNOWN = "01890000-0000-7000-8000-000000000000"
EVIDENCE_LISTS = {"reused", "refreshed", "skipped", "failed"}


def test_a_compile_is_accepted(walk: Any) -> None:
    """With the address where to ask, and when; nothing is done inline."""
    brand = walk.ready()
    answer = walk.client.post(f"/api/brands/{brand}/brandbrain/compile")
    body = answer.json()
    poll = f"/api/brands/{brand}/brandbrain/compile/{body['compile_run_id']}/status"
    assert (202, {"compile_run_id", "status", "poll_url"}) == (answer.status_code, body.keys())
    assert ("PENDING", poll) == (body["status"], body["poll_url"])
    assert (poll, "2") == (answer.headers["location"], answer.headers["retry-after"])
    assert {"compile_run_id": body["compile_run_id"], "status": "PENDING"} == walk.client.get(poll).json()
    assert 404 == walk.client.get(f"/api/brands/{brand}/brandbrain/latest").status_code


def test_a_waiting_run_is_joined(walk: Any) -> None:
    """Also by a kick-off that is forced."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    assert run == walk.kick_off(brand)
    assert run == walk.kick_off(brand, force_refresh=True)


def test_a_running_one_with_the_same_inputs_is_joined(walk: Any) -> None:
    """And its status says so."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    walk.served.run(lambda deps: _claimed(deps, run))
    answer = walk.client.post(f"/api/brands/{brand}/brandbrain/compile").json()
    assert (run, "RUNNING") == (answer["compile_run_id"], answer["status"])


def test_nothing_has_changed(walk: Any) -> None:
    """The snapshot comes with the answer, just as it is stored."""
    brand = walk.compiled()
    answer = walk.client.post(f"/api/brands/{brand}/brandbrain/compile", json={"force_refresh": False})
    latest = walk.client.get(f"/api/brands/{brand}/brandbrain/latest").json()
    body = answer.json()
    assert (200, "UNCHANGED", latest["compile_run_id"]) == (answer.status_code, body["status"], body["compile_run_id"])
    assert {"snapshot_id", "brand_id", "created_at", "snapshot_json"} == body["snapshot"].keys()
    assert all(latest[name] == body["snapshot"][name] for name in body["snapshot"])


def test_a_forced_one_compiles_what_has_not_changed(walk: Any) -> None:
    """It is a new run."""
    assert walk.kick_off(walk.compiled(), force_refresh=True)


def test_gating_names_everything_that_is_missing(walk: Any) -> None:
    """At once, answers first; no run is made."""
    brand = walk.brand()
    answer = walk.client.post(f"/api/brands/{brand}/brandbrain/compile")
    body = answer.json()
    assert (422, "Compile gating failed") == (answer.status_code, body["error"])
    missing = "tier0.what_we_do, tier0.who_for, tier0.primary_goal, tier0.cta_posture"
    assert [
        {"code": "MISSING_TIER0_FIELDS", "message": f"Missing required Tier0 fields: {missing}"},
        {"code": "NO_ENABLED_SOURCES", "message": "At least one enabled SourceConnection is required"},
    ] == body["errors"]
    assert [] == walk.client.get(f"/api/brands/{brand}/brandbrain/compile").json()["runs"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"[", "Invalid JSON body"),
        (b"[]", "Request body must be an object"),
        (b"null", "Request body must be an object"),
        (b'{"force_refresh": "false"}', "force_refresh must be a boolean"),
        (b'{"force_refresh": 1}', "force_refresh must be a boolean"),
        (b'{"force_refresh": null}', "force_refresh must be a boolean"),
    ],
)
def test_what_is_no_kick_off_is_refused(walk: Any, content: bytes, text: str) -> None:
    """With the text of the contract; of a brand that is not there, that comes first."""
    answer = walk.client.post(f"/api/brands/{walk.ready()}/brandbrain/compile", content=content)
    assert (400, text) == (answer.status_code, answer.json()["error"])
    gone = walk.client.post(f"/api/brands/{UNKNOWN}/brandbrain/compile", content=content)
    assert (404, "Brand not found") == (gone.status_code, gone.json()["error"])


def test_a_run_on_its_way(walk: Any) -> None:
    """It always says how far it is, also before its worker has."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    url = f"/api/brands/{brand}/brandbrain/compile/{run}/status"
    lease = walk.served.run(lambda deps: _claimed(deps, run))
    begun = walk.client.get(url)
    assert ("RUNNING", {"stage", "sources_completed", "sources_total"}) == (
        begun.json()["status"],
        begun.json()["progress"].keys(),
    )
    assert "2" == begun.headers["retry-after"]

    async def progress(deps: Any) -> None:
        async with deps.store.transaction() as work:
            await work.jobs.progress(lease, Progress(stage=Stage.QA, sources_completed=1, sources_total=2))

    walk.served.run(progress)
    assert {"stage": "qa", "sources_completed": 1, "sources_total": 2} == walk.client.get(url).json()["progress"]


def test_a_run_that_succeeded(walk: Any) -> None:
    """It brings its snapshot, and what happened to the sources; there is nothing to wait for."""
    brand = walk.compiled()
    latest = walk.client.get(f"/api/brands/{brand}/brandbrain/latest").json()
    answer = walk.client.get(f"/api/brands/{brand}/brandbrain/compile/{latest['compile_run_id']}/status")
    body = answer.json()
    assert {"compile_run_id", "status", "evidence_status", "snapshot"} == body.keys()
    assert ("SUCCEEDED", EVIDENCE_LISTS) == (body["status"], body["evidence_status"].keys())
    assert {name: latest[name] for name in ("snapshot_id", "created_at", "snapshot_json")} == body["snapshot"]
    assert "retry-after" not in answer.headers


def test_a_run_that_waits_for_its_next_attempt(walk: Any) -> None:
    """It says which, when and why."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    lease = walk.served.run(lambda deps: _claimed(deps, run))
    walk.served.run(lambda deps: _failed(deps, lease, retry=True))
    body = walk.client.get(f"/api/brands/{brand}/brandbrain/compile/{run}/status").json()
    assert ("PENDING", 2, "the site is away") == (body["status"], body["attempt"], body["last_error"])
    assert "next_attempt_at" in body


def test_a_run_that_failed(walk: Any) -> None:
    """It says why; it was not cancelled."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    lease = walk.served.run(lambda deps: _claimed(deps, run))
    walk.served.run(lambda deps: _failed(deps, lease, retry=False))
    body = walk.client.get(f"/api/brands/{brand}/brandbrain/compile/{run}/status").json()
    assert {"compile_run_id", "status", "error", "evidence_status"} == body.keys()
    assert ("FAILED", "the site is away", EVIDENCE_LISTS) == (
        body["status"],
        body["error"],
        body["evidence_status"].keys(),
    )


def test_a_waiting_run_is_cancelled(walk: Any) -> None:
    """It has failed at once; a second time there is nothing to cancel."""
    brand = walk.ready()
    url = f"/api/brands/{brand}/brandbrain/compile/{walk.kick_off(brand)}"
    answer = walk.client.post(f"{url}/cancel")
    assert (202, "FAILED", "Cancelled", True) == (
        answer.status_code,
        answer.json()["status"],
        answer.json()["error"],
        answer.json()["cancelled"],
    )
    again = walk.client.post(f"{url}/cancel")
    assert (409, "Compile run already finished") == (again.status_code, again.json()["error"])


def test_a_running_one_is_told_to_stop(walk: Any) -> None:
    """It is still running until its worker has heard of it."""
    brand = walk.ready()
    run = walk.kick_off(brand)
    walk.served.run(lambda deps: _claimed(deps, run))
    answer = walk.client.post(f"/api/brands/{brand}/brandbrain/compile/{run}/cancel")
    assert (202, "RUNNING") == (answer.status_code, answer.json()["status"])


@pytest.mark.parametrize(("method", "last"), [("GET", "status"), ("GET", "events"), ("POST", "cancel")])
def test_a_run_that_is_not_there(walk: Any, method: str, last: str) -> None:
    """Nor is that of another brand."""
    brand, other = walk.ready(), walk.brand()
    run = walk.kick_off(brand)
    for path, status, text in (
        (f"/api/brands/x/brandbrain/compile/{run}", 400, "Invalid brand_id"),
        (f"/api/brands/{brand}/brandbrain/compile/x", 400, "Invalid compile_run_id"),
        (f"/api/brands/{brand}/brandbrain/compile/{UNKNOWN}", 404, "Compile run not found"),
        (f"/api/brands/{other}/brandbrain/compile/{run}", 404, "Compile run not found"),
        (f"/api/brands/{UNKNOWN}/brandbrain/compile/{run}", 404, "Compile run not found"),
    ):
        answer = walk.client.request(method, f"{path}/{last}")
        assert (status, text) == (answer.status_code, answer.json()["error"])


def test_runs_are_listed_newest_first(walk: Any) -> None:
    """By page and by cursor."""
    brand = walk.ready()
    runs = []
    for _ in range(3):
        runs.append(walk.kick_off(brand, force_refresh=True))
        walk.client.post(f"/api/brands/{brand}/brandbrain/compile/{runs[-1]}/cancel")
    runs.sort(reverse=True)
    url = f"/api/brands/{brand}/brandbrain/compile"
    first = walk.client.get(url, params={"page_size": 2}).json()
    assert (1, 2, 3) == (first["page"], first["page_size"], first["total"])
    assert runs[:2] == [run["compile_run_id"] for run in first["runs"]]
    assert ("FAILED", True, "Cancelled") == tuple(first["runs"][0][name] for name in ("status", "cancelled", "error"))
    behind = walk.client.get(url, params={"page_size": 2, "cursor": first["next_cursor"]}).json()
    assert behind["runs"] == walk.client.get(url, params={"page_size": 2, "page": 2}).json()["runs"]
    assert (runs[2:], False) == ([run["compile_run_id"] for run in behind["runs"]], "next_cursor" in behind)


async def _claimed(deps: Any, run: str) -> Any:
    async with deps.store.transaction() as work:
        lease = await work.jobs.claim_run(RunId(UUID(run)), "loft-00000001", terms=LeaseTerms())
    assert lease is not None
    return lease


async def _failed(deps: Any, lease: Any, *, retry: bool) -> None:
    async with deps.store.transaction() as work:
        await work.jobs.fail(lease, "the site is away", retry=retry, report=None, terms=LeaseTerms())
