"""The plain model of compile runs: what a kick-off finds, who is worked on next, and how an attempt ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from tests.http.days.model import Brand, Collection, Frozen, Json, at
from tests.http.days.town import ALL_SILENT, COLLECTED, Town, published

STALE: Final = timedelta(seconds=600)
DEADLINE: Final = timedelta(seconds=3600)
ATTEMPTS: Final = 3
WORKER: Final = "loft-0000000a"
LISTS: Final = ("reused", "refreshed", "skipped", "failed")

Report = dict[str, list[tuple[str, str]]]
"""What happened to each source, by kind and identifier."""


def nothing_reported() -> Report:
    """Return the report of a run that did not get far."""
    return {name: [] for name in LISTS}


@attrs.define(kw_only=True, eq=False)
class Run:
    """A compile run, and the job behind it."""

    id: str
    brand: Brand
    forced: bool
    inputs: str
    answers: Json
    sources: tuple[Frozen, ...]
    created_at: datetime
    available_at: datetime
    status: str = "PENDING"
    token: int = 0
    attempts: int = 0
    claimed_at: datetime | None = None
    alive_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    is_cancelled: bool = False
    error: str | None = None
    report: Report = attrs.field(factory=nothing_reported)

    @property
    def path(self) -> str:
        """Its address."""
        return f"{self.brand.path}/brandbrain/compile/{self.id}"

    @property
    def has_ended(self) -> bool:
        """Whether it is over for good."""
        return self.status in ("SUCCEEDED", "FAILED")

    @property
    def entry(self) -> Json:
        """Its line in the list of runs."""
        times = {"started_at": self.started_at, "finished_at": self.finished_at}
        failed = self.status == "FAILED"
        return {
            "compile_run_id": self.id,
            "status": self.status,
            "force_refresh": self.forced,
            "created_at": at(self.created_at),
            **{name: at(moment) for name, moment in times.items() if moment is not None},
            **({"error": self.error} if failed else {}),
            **({"cancelled": True} if failed and self.is_cancelled else {}),
        }

    @property
    def body(self) -> Json:
        """How it stands, but for the evidence and the snapshot."""
        said: Json = {"compile_run_id": self.id, "status": self.status}
        if self.status == "PENDING" and self.attempts:
            said |= {"attempt": self.attempts + 1, "next_attempt_at": at(self.available_at), "last_error": self.error}
        if self.status == "RUNNING":
            said["progress"] = {"stage": "ingestion", "sources_completed": 0, "sources_total": 0}
        if self.status == "FAILED":
            said |= {"error": self.error, **({"cancelled": True} if self.is_cancelled else {})}
        return said

    def retry_after(self, now: datetime) -> str:
        """Return in how many seconds to ask again."""
        age = now - self.created_at
        return "2" if age < timedelta(seconds=30) else "5" if age < timedelta(minutes=2) else "10"

    def covers(self, inputs: str, *, force: bool) -> bool:
        """Tell whether it does what a kick-off with these inputs asks for."""
        return self.inputs == inputs and (self.forced or not force)

    def take_newer(self, newer: Run) -> None:
        """Take the inputs of a newer kick-off, with all attempts before it."""
        self.forced = self.forced or newer.forced
        self.inputs, self.answers, self.sources = newer.inputs, newer.answers, newer.sources
        self.available_at, self.attempts, self.error, self.started_at = newer.created_at, 0, None, None

    def claim(self, token: int, now: datetime) -> None:
        """A worker takes it, with a lease of this token."""
        self.status, self.attempts, self.token = "RUNNING", self.attempts + 1, token
        self.claimed_at = self.alive_at = now
        self.started_at = self.started_at or now

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether its attempt has taken too long."""
        return self.claimed_at is not None and now - self.claimed_at > DEADLINE

    def is_held(self, token: int) -> bool:
        """Tell whether the lease of this token holds."""
        return self.status == "RUNNING" and self.token == token

    def is_stale(self, now: datetime) -> bool:
        """Tell whether its worker counts as dead."""
        silent = self.alive_at is not None and now - self.alive_at > STALE
        return self.status == "RUNNING" and (silent or self.is_overdue(now))

    def fail(self, error: str, now: datetime) -> None:
        """It is over."""
        self.status, self.error, self.finished_at, self.report = "FAILED", error, now, nothing_reported()


@attrs.define
class Queue:
    """All runs, oldest first."""

    runs: list[Run] = attrs.field(factory=list)

    def of(self, brand: Brand) -> list[Run]:
        """Return the runs of a brand, newest first."""
        return [run for run in reversed(self.runs) if run.brand is brand]

    def only(self, brand: Brand, status: str) -> Run | None:
        """Return the brand's run that waits, or runs: there is one at the most."""
        found = [run for run in self.of(brand) if run.status == status]
        assert len(found) <= 1, (brand.name, status)
        return found[0] if found else None

    def joined(self, brand: Brand, *, force: bool) -> Run | None:
        """Return the run that a kick-off finds instead of making one."""
        if (waiting := self.only(brand, "PENDING")) is not None:
            return waiting
        running = self.only(brand, "RUNNING")
        fits = running is not None and not running.is_cancelled and running.covers(brand.inputs(), force=force)
        return running if fits else None

    def next(self, now: datetime) -> Run | None:
        """Return the run that a worker takes now."""
        ready = [
            run
            for run in self.runs
            if run.status == "PENDING" and run.available_at <= now and self.only(run.brand, "RUNNING") is None
        ]
        return min(ready, key=lambda run: (run.available_at, run.created_at, run.id), default=None)

    def cancel(self, run: Run, now: datetime) -> None:
        """A person does not want it any more."""
        run.is_cancelled = True
        if run.status == "PENDING":
            run.fail("Cancelled", now)

    def end_attempt(self, run: Run, error: str, now: datetime, *, wait: timedelta, last: str | None = None) -> None:
        """An attempt ends without success; *last*: the error if it was the last one, where that is another."""
        newer = self.only(run.brand, "PENDING")
        if run.is_cancelled:
            run.fail("Cancelled", now)
        elif run.attempts >= ATTEMPTS:
            run.fail(last or error, now)
        elif newer is not None:
            run.fail(f"Superseded by compile run {newer.id}", now)
        else:
            run.status, run.error, run.available_at = "PENDING", error, now + wait

    def sweep(self, now: datetime) -> None:
        """The dead are noticed."""
        for run in [run for run in self.runs if run.is_stale(now)]:
            last = f"Stale lock after {run.attempts} attempts"
            error = f"Released from stale lock (was locked by {WORKER})"
            self.end_attempt(run, error, now, wait=timedelta(0), last=last)

    def work_on(self, run: Run, town: Town, now: datetime) -> None:
        """A worker collects what is to be collected, and writes if it finds words."""
        report = collect(run, town, now)
        if town.silent < 2:
            run.status, run.finished_at, run.report = "SUCCEEDED", now, report
            return
        self.end_attempt(run, ALL_SILENT, now, wait=timedelta(seconds=30 * 2**run.attempts))
        run.report = report

    def prune(self, older_than: datetime, heads: dict[str, str]) -> None:
        """Old runs are forgotten, but for those that the newest versions of brands rest on."""
        self.runs = [
            run
            for run in self.runs
            if run.finished_at is None or run.finished_at >= older_than or heads.get(run.brand.id) == run.id
        ]


def collect(run: Run, town: Town, now: datetime) -> Report:
    """Collect the sources of a run; return what happened to each."""
    report = nothing_reported()
    for source in run.sources:
        report[_outcome(run, source, town, now)].append((".".join(source.kind), source.identifier))
    return report


def _outcome(run: Run, source: Frozen, town: Town, now: datetime) -> str:
    if source.source not in run.brand.sources and source.kind in COLLECTED:
        return "skipped"
    action = source.action(now, forced=run.forced)
    if action != "refresh":
        return {"reuse": "reused", "skip": "skipped"}[action]
    if source.kind not in COLLECTED:
        return "failed"
    well = source.kind[0] not in town.away
    items = published(source.kind, source.identifier) if well else ()
    done = Collection(fingerprint=source.fingerprint, began=now, succeeded=well, count=len(items))
    source.source.collections.append(done)
    run.brand.items |= {(source.kind, source.identifier)} if items else set()
    return "refreshed" if well else "failed"


def evidence_lists(status: Any) -> Report:
    """Return an ``evidence_status`` as a report."""
    return {name: [(each["source"], each["identifier"]) for each in status[name]] for name in LISTS}
