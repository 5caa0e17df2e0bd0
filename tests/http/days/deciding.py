"""Overrides and pins: what people decide, and that it shows at once."""

from __future__ import annotations

from typing import Any, Final

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.http.days import fields
from tests.http.days.acting import CHANGED, Expected, matches, picks, refused
from tests.http.days.compiling import Compiling
from tests.http.days.model import Brand, Json, at

EDITS: Final[dict[str, list[Any]]] = {
    "positioning.what_we_do": ["Sails, mended.", "Canvas work.", None],
    "constraints.taboos": [["miracle"], [], None],
    "voice.cta_policy": ["direct", None],
    "house.motto": ["Slow is smooth.", {"en": ["Slow", {"x": None}]}, None],
    "house.since": [1, True, 1.0, None],
    "pillars.0.name": ["Knots", None],
    "pillars.rope-work.description": ["All that holds a sail.", None],
}
PINS: Final = (
    "positioning.what_we_do",
    "voice",
    "constraints.taboos",
    "house.motto",
    "meta.content_goal",
    "pillars.0",
    "pillars.0.name",
    "pillars.old-sails",
)

several = st.dictionaries(st.sampled_from(sorted(EDITS)), st.integers(0, 11), max_size=3).map(
    lambda chosen: {path: EDITS[path][number % len(EDITS[path])] for path, number in chosen.items()}
)
alike = st.sampled_from([{"house.since": value} for value in EDITS["house.since"]])
edits = st.one_of(several, several, alike)
pins = st.one_of(st.none(), *[st.lists(st.sampled_from(PINS), max_size=3)] * 2)


class Deciding(Compiling):
    """Rules about overrides and pins."""

    @rule(pick=picks, edits=edits, pins=pins, match=matches)
    def patch(self, pick: int, edits: Json, pins: list[str] | None, match: str | None) -> None:
        """Overrides merge key by key, pins are replaced; a new version shows it, unless nothing has changed."""
        brand = self.brand(pick)
        path = f"{brand.path}/brandbrain/overrides"
        headers, holds = self.condition(brand.tenant, path, match, brand.overrides)
        body: Json = {"overrides_json": edits} if edits else {}
        body |= {} if pins is None else {"pinned_paths": pins}
        anchors = self._anchors(brand)
        wrong = next((each for each in (*edits, *(pins or ())) if each.split(".")[1:2] == ["0"] and not anchors), None)
        anchored = {_anchored(given, anchors): value for given, value in edits.items()}

        def then(answer: httpx2.Response) -> None:
            new = None if pins is None else [_anchored(given, anchors) for given in pins]
            self.decide(brand, anchored, new)
            assert brand.overrides == answer.json()
            self.check_decided(brand)

        expected = Expected(status=200, then=then)
        if not holds:
            expected = refused(412, CHANGED)
        elif wrong is not None:
            expected = refused(422, f"Invalid override path: {wrong}")
        elif (nameless := self._nameless(brand, anchored)) is not None:
            expected = refused(422, f"Invalid override path: {nameless}")
        self.send(brand.tenant, "PATCH", path, body, expected, headers=headers)

    @precondition(lambda self: any(brand.versions for brand in self.brands if not brand.is_deleted))
    @rule(pick=picks, one=st.sampled_from(["Ours.", "Yours."]), other=st.sampled_from(["calm", "loud"]))
    def patch_at_once(self, pick: int, one: str, other: str) -> None:
        """Two edits that come together both take effect, one after the other."""
        brand = self.brand(pick)
        path = f"{brand.path}/brandbrain/overrides"
        given = [{"house.motto": one}, {"house.mood": other}]
        answers = self.api.ask_at_once(
            brand.tenant, "PATCH", path, [fields.dumped({"overrides_json": edit}) for edit in given]
        )
        assert [200, 200] == [answer.status_code for answer in answers]
        first = 0 if answers[1].json()["overrides_json"].items() >= given[0].items() else 1
        known = brand.decisions.values.items() >= given[0].items()
        first = 1 if known and answers[0].json()["overrides_json"].items() >= given[1].items() else first
        made = [self.decide(brand, given[index], None, check=False) for index in (first, 1 - first)]
        assert brand.overrides == self.get(brand.tenant, path)
        if brand.versions:
            self._learn(brand, made.count(True))
        self.check_decided(brand)

    def decide(self, brand: Brand, edits: Json, pins: list[str] | None, *, check: bool = True) -> bool:
        """Let the model follow an edit; return whether it changed anything."""
        decisions = brand.decisions
        if not decisions.changed(edits, pins):
            return False
        brand.decided_at = self.clock.now()
        decisions.freeze(None)
        if brand.versions and check:
            self._take_in(brand, self.get(brand.tenant, f"{brand.path}/brandbrain/latest"))
        return True

    def check_decided(self, brand: Brand) -> None:
        """What is stored and what is shown are what was decided."""
        assert brand.overrides == self.get(brand.tenant, f"{brand.path}/brandbrain/overrides")
        if brand.versions:
            latest = self.get(brand.tenant, f"{brand.path}/brandbrain/latest")
            assert brand.versions[-1].document == latest["snapshot_json"]

    def _take_in(self, brand: Brand, snapshot: Json) -> None:
        before = brand.versions[-1]
        document = snapshot["snapshot_json"]
        assert brand.decisions.effective(fields.inferred(before.document)) == fields.shown(document)
        assert (at(self.clock.now()), before.run_id) == (snapshot["created_at"], snapshot["compile_run_id"])
        self.check_document(brand, document)
        facts = {"run_id": before.run_id, "inputs": before.inputs, "degraded": before.degraded}
        self.add_version(brand, snapshot, origin="override", **facts)

    def _learn(self, brand: Brand, count: int) -> None:
        """Take in so many versions that were made since, the last of them after all edits."""
        history = self.get(brand.tenant, f"{brand.path}/brandbrain/history")["snapshots"]
        assert len(brand.versions) + count == history[0]["version"]
        for entry in reversed(history[:count]):
            snapshot = self.get(brand.tenant, f"{brand.path}/brandbrain/snapshots/{entry['snapshot_id']}")
            facts = {name: getattr(brand.versions[-1], name) for name in ("run_id", "inputs", "degraded")}
            self.add_version(brand, snapshot, origin="override", **facts)
        shown = fields.shown(brand.versions[-1].document)
        assert brand.decisions.effective(fields.inferred(brand.versions[-1].document)) == shown

    @staticmethod
    def _anchors(brand: Brand) -> list[str]:
        return [pillar["id"] for pillar in brand.versions[-1].document["pillars"]] if brand.versions else []

    @staticmethod
    def _nameless(brand: Brand, edits: Json) -> str | None:
        """Return the edit that would make a pillar without a name."""
        decisions = brand.decisions
        values = {path: value for path, value in {**decisions.values, **edits}.items() if value is not None}
        said = fields.inferred(brand.versions[-1].document) if brand.versions else {}
        named = {*said, *values, *decisions.frozen, *(path for kept in decisions.kept.values() for path in kept)}
        held = [path for path in (*edits, *values) if path in values and path.startswith("pillars.")]
        return next((path for path in held if f"{fields.pillar_of(path)}.name" not in named), None)


def _anchored(path: str, anchors: list[str]) -> str:
    return path.replace("pillars.0", f"pillars.{anchors[0]}", 1) if anchors and path.startswith("pillars.0") else path
