"""Compiles: kicked off, joined, cancelled; worked on by a worker that may die; and time, which passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.http.days import fields
from tests.http.days.acting import Expected, keys, picks, refused
from tests.http.days.model import KEY_KEPT, TTL, Brand, Json, Version, at
from tests.http.days.queue import STALE, Run, evidence_lists
from tests.http.days.setting_up import ANSWERS, SettingUp
from tests.http.days.town import COLLECTED, SPELLINGS

from brandbrain_core.model.job import Lease
from brandbrain_worker.attempt import End

BODIES: Final[tuple[Json | None, ...]] = (None, {}, {"force_refresh": False}, {"force_refresh": True})
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (1, 31, 61, 121, 601, 900, 3601, 86399, 86400, 86401, 3 * 86400)
)
TICK: Final = timedelta(microseconds=1)
BOUNDARIES: Final = tuple((what, offset) for what in ("source", "key", "lease") for offset in (timedelta(0), TICK))
"""Moments at which something is just not yet too old, and those right after."""

OVERDUE: Final = "The attempt took longer than its deadline allows"
ALIASES: Final = {"moderate": "balanced", "brand_awareness": "awareness"}
Weather = tuple[frozenset[str], int]
"""Platforms that are away, and how many of the two writers are silent."""

FAIR: Final[Weather] = (frozenset(), 0)
weathers = st.sampled_from(
    [FAIR, FAIR, FAIR, (frozenset({"instagram"}), 0), (frozenset({"web"}), 0), (frozenset(), 1), (frozenset(), 2)]
)

VERBATIM: Final = {
    "positioning.what_we_do": "tier0.what_we_do",
    "positioning.who_for": "tier0.who_for",
    "positioning.differentiators": "tier0.edge",
    "voice.cta_policy": "tier0.cta_posture",
    "meta.content_goal": "tier0.primary_goal",
}
"""Fields that say what was answered, where it was."""


class Compiling(SettingUp):
    """Rules about compiles and time."""

    @rule(pick=picks, body=st.sampled_from(BODIES), key=keys)
    def kick_off(self, pick: int, body: Json | None, key: str | None) -> None:
        """A run is made, or joined, or not needed, or not possible yet."""
        brand, force = self.brand(pick), bool((body or {}).get("force_refresh"))
        if (missing := brand.missing()) != []:
            expected = Expected(status=422, error="Compile gating failed", then=_names(missing))
        elif self._is_unchanged(brand, force=force):
            expected = Expected(status=200, then=lambda answer: _check_unchanged(brand, answer.json()))
        else:
            expected = Expected(status=202, then=lambda answer: self._accepted(brand, answer, force=force))
        self.send(brand.tenant, "POST", f"{brand.path}/brandbrain/compile", body, expected, key=key)

    @precondition(lambda self: any(not run.has_ended for run in self.runs()))
    @rule(pick=picks, key=keys)
    def cancel(self, pick: int, key: str | None) -> None:
        """One that waits has failed at once, one that runs is told; what is over stays as it is."""
        run = self.run(pick)

        def then(answer: httpx2.Response) -> None:
            self.queue.cancel(run, self.clock.now())
            self._check_body(run, answer.json())

        expected = refused(409, "Compile run already finished") if run.has_ended else Expected(status=202, then=then)
        self.send(run.brand.tenant, "POST", f"{run.path}/cancel", None, expected, key=key)

    @rule(pick=picks, how=st.sampled_from(["claim", "claim and work", "go on"]), heed=st.booleans())
    def let_workers(self, pick: int, how: str, heed: bool) -> None:
        """A worker takes what is next, or does that, too; or goes on, though its lease may be long gone."""
        if how == "go on" and self.leases:
            self.work(*self.leases[-1 - pick % len(self.leases)], heed=heed)
        elif (taken := self.taken()) is not None and how != "claim":
            self.work(*taken, heed=heed)

    @rule(pick=picks, force=st.booleans(), weather=weathers)
    def compile_brand(self, pick: int, force: bool, weather: Weather) -> None:
        """Somebody kicks off, workers do all that waits, and somebody kicks off once more."""
        self.town.away, self.town.silent = weather
        self.finish(pick)
        self.kick_off(pick, {"force_refresh": force}, None)
        while (taken := self.taken()) is not None:
            self.work(*taken, heed=True)
        self.kick_off(pick, None, None)

    @rule(
        pick=picks,
        by=st.one_of(st.sampled_from(WAITS), st.sampled_from(BOUNDARIES)),
        then=st.sampled_from(["nothing", "nothing", "sweep", "prune"]),
    )
    def wait(self, pick: int, by: timedelta | tuple[str, timedelta], then: str) -> None:
        """Time passes; workers that fell silent are noticed, or runs that are older are deleted."""
        by = self._until(pick, *by) if isinstance(by, tuple) else by
        self.clock.advance(by)
        if then == "sweep":
            self.sweep()
        elif then == "prune":
            self.prune(by)
        self.look_at_sources(self.brand(pick))

    def sweep(self) -> None:
        """Workers that fell silent are noticed."""
        self.api.sweep()
        self.queue.sweep(self.clock.now())

    def prune(self, age: timedelta) -> None:
        """Runs that ended longer ago are deleted; the newest versions keep theirs."""
        self.api.prune(older_than=age)
        heads = {brand.id: brand.versions[-1].run_id for brand in self.brands if brand.versions}
        self.queue.prune(self.clock.now() - age, heads)

    def finish(self, pick: int) -> None:
        """Let workers end what they are at for a brand."""
        brand = self.brand(pick)
        for lease, run in self.leases:
            if run.brand is brand and run.is_held(lease.token):
                self.work(lease, run, heed=False)

    def make_ready(self, pick: int) -> None:
        """Let workers end what they are at, answer what is missing, and connect another source where none is used."""
        self.finish(pick)
        missing = self.brand(pick).missing()
        if "MISSING_TIER0_FIELDS" in missing:
            self.answer(pick, 0, ANSWERS, None)
        known = [source.kind for source in self.brand(pick).sources]
        free = [kind for kind in COLLECTED if kind not in known]
        if "NO_ENABLED_SOURCES" in missing and free:
            self.connect(pick, (free[0], next(iter(SPELLINGS[free[0]]))), None, None, None)

    def taken(self) -> tuple[Lease, Run] | None:
        """Let a worker take what is next; return its lease."""
        expected, lease = self.queue.next(self.clock.now()), self.api.claim()
        assert (expected and expected.id) == (lease and str(lease.compile_run_id))
        if lease is None or expected is None:
            return None
        expected.claim(lease.token, self.clock.now())
        self.leases.append((lease, expected))
        if not expected.brand.is_deleted:
            self.check_status(expected)
        return lease, expected

    def work(self, lease: Lease, run: Run, *, heed: bool) -> None:
        """Let a worker do the work of a lease."""
        end, now = self.api.work(lease, heed=heed), self.clock.now()
        if not run.is_held(lease.token):
            assert End.LOST == end
            return
        if heed and (run.is_cancelled or run.is_overdue(now)):
            assert End.CANCELLED == end
            self.queue.end_attempt(run, OVERDUE, now, wait=timedelta(seconds=30 * 2**run.attempts))
        elif run.brand.is_deleted:
            assert End.FAILED == end
            run.fail("Cancelled", now)
        else:
            self.queue.work_on(run, self.town, now)
            assert {"SUCCEEDED": End.SUCCEEDED, "FAILED": End.FAILED, "PENDING": End.RETRIED}[run.status] == end
        if not run.brand.is_deleted:
            self.check_status(run)

    def check_status(self, run: Run) -> None:
        """How a run stands is as it should be; one that has just succeeded has made a version."""
        body = self.get(run.brand.tenant, f"{run.path}/status")
        if run.status == "SUCCEEDED" and all(version.run_id != run.id for version in run.brand.versions):
            self._publish(run, body["snapshot"])
        self._check_body(run, body)
        answer = self.api.ask(run.brand.tenant, "GET", f"{run.path}/status")
        expected = None if run.has_ended else run.retry_after(self.clock.now())
        assert expected == answer.headers.get("retry-after")

    def check_document(self, brand: Brand, document: Json) -> None:
        """A new version shows what was decided, and of the rest what was said."""
        said = fields.inferred(document)
        assert brand.decisions.effective(said) == fields.shown(document)
        assert len(brand.versions) + 1 == document["version"]
        for path, node in fields.nodes(document):
            locked, override = brand.decisions.is_pinned(path), brand.decisions.values.get(path)
            assert (locked, True) == (node["locked"], fields.same(override, node["override_value"])), path

    def add_version(self, brand: Brand, snapshot: Json, **facts: Any) -> None:
        """Take a new version in."""
        before = fields.compared(brand.versions[-1].document) if brand.versions else None
        document = snapshot["snapshot_json"]
        changes = [] if before is None else fields.difference(before, fields.compared(document))
        brand.versions.append(
            Version(
                id=snapshot["snapshot_id"],
                created_at=snapshot["created_at"],
                document=document,
                changes={} if before is None else fields.summary(changes),
                **facts,
            )
        )
        brand.decisions.freeze(fields.inferred(document))

    def _until(self, pick: int, boundary: str, offset: timedelta) -> timedelta:
        """Return how long it is to the moment at which the newest of these becomes too old; or a second."""
        of_sources = [run.began + TTL for source in self.brand(pick).sources for run in source.collections]
        of_keys = [kept.at + KEY_KEPT for kept in self.kept.values()]
        of_leases = [run.alive_at + STALE for run in self.runs() if run.alive_at is not None]
        moments = {"source": of_sources, "key": of_keys, "lease": of_leases}[boundary]
        wait = max(moments, default=self.clock.now()) + offset - self.clock.now()
        return max(wait, timedelta(seconds=1))

    def _is_unchanged(self, brand: Brand, *, force: bool) -> bool:
        active = any(not run.has_ended for run in self.queue.of(brand))
        return not active and not force and brand.is_up_to_date(self.clock.now())

    def _accepted(self, brand: Brand, answer: httpx2.Response, *, force: bool) -> None:
        now, body = self.clock.now(), answer.json()
        newer = Run(
            id=body["compile_run_id"],
            brand=brand,
            forced=force,
            inputs=brand.inputs(),
            answers=brand.answers,
            sources=brand.frozen(),
            created_at=now,
            available_at=now,
        )
        run = self.queue.joined(brand, force=force)
        if run is None:
            assert newer.id not in [run.id for run in self.queue.runs]
            run = newer
            self.queue.runs.append(run)
        elif run.status == "PENDING" and not run.covers(newer.inputs, force=force):
            run.take_newer(newer)
        poll = f"{run.path}/status"
        assert {"compile_run_id": run.id, "status": run.status, "poll_url": poll} == body
        assert (poll, "2") == (answer.headers["location"], answer.headers["retry-after"])

    def _check_body(self, run: Run, body: Json) -> None:
        rest = dict(body)
        if run.has_ended:
            assert run.report == evidence_lists(rest.pop("evidence_status"))
        if run.status == "SUCCEEDED":
            version = next(version for version in run.brand.versions if version.run_id == run.id)
            expected = {"snapshot_id": version.id, "created_at": version.created_at, "snapshot_json": version.document}
            assert expected == rest.pop("snapshot")
        assert run.body == rest

    def _publish(self, run: Run, snapshot: Json) -> None:
        brand, document = run.brand, snapshot["snapshot_json"]
        assert at(self.clock.now()) == snapshot["created_at"]
        self.check_document(brand, document)
        said = fields.inferred(document)
        for path, question in VERBATIM.items():
            answer = run.answers.get(question, said[path])
            assert (ALIASES.get(answer, answer) if isinstance(answer, str) else answer) == said[path]
        assert run.answers.get("tier0.taboos", []) == said["constraints.taboos"]
        seeds = run.answers.get("tier1.pillars_seed", [])
        proposed = [pillar["id"] for pillar in document["pillars"] if "kept" not in pillar]
        assert seeds == [said[f"pillars.{pillar}.name"] for pillar in proposed][: len(seeds)]
        degraded = self.town.silent > 0
        assert degraded == document["meta"]["synthesizer"]["degraded"]
        self.add_version(brand, snapshot, origin="compile", run_id=run.id, inputs=run.inputs, degraded=degraded)


def _names(codes: list[str]) -> Any:
    def then(answer: httpx2.Response) -> None:
        assert codes == [problem["code"] for problem in answer.json()["errors"]]

    return then


def _check_unchanged(brand: Brand, body: Json) -> None:
    newest = brand.versions[-1]
    assert {
        "compile_run_id": newest.run_id,
        "status": "UNCHANGED",
        "snapshot": {
            "snapshot_id": newest.id,
            "brand_id": brand.id,
            "created_at": newest.created_at,
            "snapshot_json": newest.document,
        },
    } == body
