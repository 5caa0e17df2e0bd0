"""Reading: the newest version, the history, one version, the difference of two, runs, evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from tests.http.days import fields
from tests.http.days.acting import UNKNOWN, picks, refused
from tests.http.days.compiling import Compiling
from tests.http.days.model import Brand, Json, living
from tests.http.days.queue import evidence_lists

INCLUDES: Final = {
    "": set(),
    "nonsense,": set(),
    "evidence": {"evidence_status"},
    " QA ,bundle": {"qa_report", "bundle_summary"},
    "Full": {"qa_report", "bundle_summary", "evidence_status"},
}


class Looking(Compiling):
    """A rule that only reads, and a look at something after every step."""

    @rule(pick=picks, what=st.integers(0, 9), size=st.sampled_from([1, 2, 3, 50, 1000]))
    def look_around(self, pick: int, what: int, size: int) -> None:
        """Whatever can be read of a brand."""
        self.read_something(self.brand(pick), what, size)

    @invariant()
    def whatever_is_read_is_right(self) -> None:
        """After each step something of the brand that was meant is read, everything small about it always."""
        self.steps += 1
        brand = self.meant
        if brand is not None and not brand.is_deleted:
            assert brand.bootstrap == self.get(brand.tenant, f"{brand.path}/bootstrap")
            self.read_something(brand, self.steps, 1 + self.steps % 4)
        self.right_until = self.api.waits

    def read_everything(self) -> None:
        """Whatever can be read of each brand."""
        for brand in living(self.brands):
            for what in range(10):
                self.read_something(brand, what, 1 + what % 3)

    def read_something(self, brand: Brand, what: int, size: int) -> None:
        """Read one of the things that can be read of a brand."""
        reads: list[Callable[[], None]] = [
            lambda: self.read_latest(brand, what + size),
            lambda: self.read_history(brand, size),
            lambda: self.read_runs(brand, size),
            lambda: self.look_at_sources(brand),
            lambda: self.compare(brand, what, size),
            lambda: self.read_what_was_entered(brand),
            lambda: self.read_evidence(brand, size),
            lambda: self.poll(brand, size),
            lambda: self.list_brands(brand.tenant, size),
            lambda: self.read_brand(brand),
        ]
        reads[what % len(reads)]()

    def read_brand(self, brand: Brand) -> None:
        """A brand, by itself."""
        assert brand.body == self.get(brand.tenant, brand.path)

    def list_brands(self, tenant: str, limit: int) -> None:
        """A tenant's brands, newest first, page by page, nobody else's."""
        expected = [brand.body for brand in reversed(living(self.brands, tenant))]
        assert expected == self.all_pages(tenant, "/api/brands", limit)

    def poll(self, brand: Brand, number: int) -> None:
        """How a run stands."""
        for run in self.queue.of(brand)[number % 3 :][:1]:
            self.check_status(run)

    def read_latest(self, brand: Brand, number: int) -> None:
        """The newest version, with what was asked for beside it."""
        include = sorted(INCLUDES)[number % len(INCLUDES)]
        path = f"{brand.path}/brandbrain/latest"
        if not brand.versions:
            self.send(brand.tenant, "GET", path, None, refused(404, "No snapshot found"))
            return
        newest, latest = brand.versions[-1], self.get(brand.tenant, path, include=include)
        added = {name: latest.pop(name) for name in INCLUDES[include]}
        assert {
            "snapshot_id": newest.id,
            "brand_id": brand.id,
            "snapshot_json": newest.document,
            "created_at": newest.created_at,
            "compile_run_id": newest.run_id,
        } == latest
        if "evidence_status" in added:
            run = next(run for run in self.queue.runs if run.id == newest.run_id)
            assert run.report == evidence_lists(added["evidence_status"])

    def read_history(self, brand: Brand, size: int) -> None:
        """Every version once, newest first, by number of page and by cursor."""
        expected = [version.entry for version in reversed(brand.versions)]
        self._read_pages(brand, f"{brand.path}/brandbrain/history", "snapshots", expected, size)

    def read_runs(self, brand: Brand, size: int) -> None:
        """Every run once, newest first; at most one waits, and at most one runs."""
        expected = [run.entry for run in self.queue.of(brand)]
        self._read_pages(brand, f"{brand.path}/brandbrain/compile", "runs", expected, size)

    def compare(self, brand: Brand, one: int, other: int) -> None:
        """Any version is as it was made; the difference of two is what differs."""
        if not brand.versions:
            return
        after, before = (brand.versions[-1 - number % len(brand.versions)] for number in (one, other))
        path = f"{brand.path}/brandbrain/snapshots/{after.id}"
        assert {
            "snapshot_id": after.id,
            "brand_id": brand.id,
            "snapshot_json": after.document,
            "created_at": after.created_at,
            "version": after.document["version"],
            "origin": after.origin,
        } == self.get(brand.tenant, path)
        changes = fields.difference(fields.compared(before.document), fields.compared(after.document))
        assert {
            "snapshot_id": after.id,
            "against": before.id,
            "summary": fields.summary(changes),
            "changes": changes,
        } == self.get(brand.tenant, f"{path}/diff", against=before.id)
        self.send(brand.tenant, "GET", f"{path}/diff?against={UNKNOWN}", None, refused(404, "No snapshot found"))

    def read_what_was_entered(self, brand: Brand) -> None:
        """Answers and overrides."""
        assert brand.onboarding == self.look(brand.tenant, f"{brand.path}/onboarding")
        assert brand.overrides == self.look(brand.tenant, f"{brand.path}/brandbrain/overrides")

    def read_evidence(self, brand: Brand, limit: int) -> None:
        """What was collected, newest first, page by page; each item keeps its id."""
        items = self.all_pages(brand.tenant, f"{brand.path}/evidence", limit)
        assert brand.evidence == [item["canonical_url"] for item in items]
        assert all(brand.id == item["brand_id"] for item in items)
        known = {item["canonical_url"]: item["id"] for item in items}
        assert {**known, **brand.item_ids} == {**brand.item_ids, **known}
        brand.item_ids = known
        pages = [item for item in items if item["platform"] == "web"]
        assert pages == self.all_pages(brand.tenant, f"{brand.path}/evidence", limit, platform="web")
        for item in items[:1]:
            assert item == self.get(brand.tenant, f"/api/evidence/{item['id']}")
        self._read_batch(brand, items)

    def _read_pages(self, brand: Brand, path: str, name: str, expected: list[Json], size: int) -> None:
        found, pages = [], 0
        page = self.get(brand.tenant, path, page_size=size)
        while True:
            pages += 1
            assert (len(expected), min(size, 50)) == (page["total"], page["page_size"])
            assert page[name] == self.get(brand.tenant, path, page_size=size, page=pages)[name]
            found += page[name]
            if "next_cursor" not in page:
                break
            page = self.get(brand.tenant, path, page_size=size, cursor=page["next_cursor"])
        assert expected == found

    def _read_batch(self, brand: Brand, items: list[Json]) -> None:
        wanted = [item["id"] for item in reversed(items)][:50]
        others = [item for other in self.brands if other.tenant != brand.tenant for item in other.item_ids.values()]
        content = fields.dumped({"ids": [UNKNOWN, *wanted, *others[:10]]})
        answer = self.api.ask(brand.tenant, "POST", "/api/evidence/batch", content=content)
        assert (200, wanted) == (answer.status_code, [item["id"] for item in answer.json()])
