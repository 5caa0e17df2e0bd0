"""Answers and sources: what a brand is compiled from."""

from __future__ import annotations

from typing import Any, Final

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.http.days.acting import CHANGED, Acting, Expected, keys, matches, picks, refused
from tests.http.days.model import Brand, Json, Source, at
from tests.http.days.owning import Owning
from tests.http.days.town import KINDS, SPELLINGS, UNACCEPTABLE, Kind

ANSWERS: Final = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "People who sail far.",
    "tier0.primary_goal": "awareness",
    "tier0.cta_posture": "soft",
}
KEY_PAGES: Final = ["https://marrowby.example/a", "https://marrowby.example/b"]
CHOICES: Final[dict[str, list[Any]]] = {
    "tier0.what_we_do": ["We mend sails.", "We sew covers."],
    "tier0.who_for": ["People who sail far."],
    "tier0.primary_goal": ["awareness", "brand_awareness", "sales"],
    "tier0.cta_posture": ["soft", "moderate"],
}
ADVISED: Final[dict[str, list[Any]]] = {
    "tier0.taboos": [["cheap"], ["cheap", "miracle"], []],
    "tier0.edge": [["All by hand."]],
    "tier1.pillars_seed": [["Rope work"], ["Old sails", "Rope work"], ["Old sails"]],
    "tier1.key_pages": [KEY_PAGES[:1], [KEY_PAGES[1], KEY_PAGES[1], *KEY_PAGES], []],
    "mine.odd": [{"n": 1}, None, [1.5, "é ⛵"]],
}

most = st.sampled_from([0, 1, 2])
complete = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in CHOICES.items()},
    optional={name: st.sampled_from(values) for name, values in ADVISED.items()},
)
incomplete = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()})
answers = st.one_of(*[complete] * 5, incomplete, st.just(ANSWERS))
places = st.sampled_from([(kind, given) for kind in KINDS for given in SPELLINGS[kind]])
settings = st.sampled_from([None, {}, {"depth": 1}, {"depth": 2}])


class SettingUp(Owning):
    """Rules about answers and sources."""

    @rule(pick=picks, tier=most, given=answers, match=matches)
    def answer(self, pick: int, tier: int, given: Json, match: str | None) -> None:
        """All answers are replaced; web sources take the key pages among them."""
        brand = self.brand(pick)
        path = f"{brand.path}/onboarding"
        headers, holds = self.condition(brand.tenant, path, match, brand.onboarding)

        def then(answer: httpx2.Response) -> None:
            now = self.clock.now()
            brand.tier, brand.answers, brand.answered_at = tier, given, now
            for source in brand.sources:
                source.updated_at = now if source.take_key_pages(given) else source.updated_at
            assert brand.onboarding == answer.json()

        expected = Expected(status=200, then=then) if holds else refused(412, CHANGED)
        self.send(brand.tenant, "PUT", path, {"tier": tier, "answers_json": given}, expected, headers=headers)

    @rule(
        pick=picks,
        place=places,
        is_enabled=st.sampled_from([None, None, True, False]),
        settings=settings,
        key=keys,
    )
    def connect(
        self, pick: int, place: tuple[Kind, str], is_enabled: bool | None, settings: Json | None, key: str | None
    ) -> None:
        """A new source, or the one that has this account already, however it is spelled."""
        brand, now = self.brand(pick), self.clock.now()
        (platform, capability), given = place
        body: Json = {"platform": platform, "capability": capability, "identifier": given}
        body |= {} if is_enabled is None else {"is_enabled": is_enabled}
        body |= {} if settings is None else {"settings_json": settings}
        made = Source(
            brand_id=brand.id,
            kind=place[0],
            identifier=SPELLINGS[place[0]][given],
            is_enabled=is_enabled is not False,
            settings=settings or None,
            created_at=now,
            updated_at=now,
        )
        made.take_key_pages(brand.answers)
        there = brand.find(made.kind, made.identifier)

        def then(answer: httpx2.Response) -> None:
            if there is not None:
                assert {**there.body, "_note": "existing_source_returned"} == answer.json()
            else:
                made.id = answer.json()["id"]
                assert made.body == answer.json()
                brand.sources.append(made)
            assert f"/api/sources/{answer.json()['id']}" == answer.headers["location"]

        expected = Expected(status=201 if there is None else 200, then=then)
        self.send(brand.tenant, "POST", f"{brand.path}/sources", body, expected, key=key)

    @precondition(lambda self: self.sources())
    @rule(
        pick=picks,
        spelled=st.none() | st.integers(0, 4),
        changes=st.fixed_dictionaries({}, optional={"is_enabled": st.booleans(), "settings_json": settings}),
        match=matches,
    )
    def change_source(self, pick: int, spelled: int | None, changes: Json, match: str | None) -> None:
        """An account, whether it is used, its settings; another source's account is a conflict."""
        brand, source = self.source(pick)
        spellings = [*SPELLINGS[source.kind], UNACCEPTABLE]
        given = None if spelled is None else spellings[spelled % len(spellings)]
        body = changes if given is None else {**changes, "identifier": given}
        if not body:
            self.send(
                brand.tenant, "PATCH", f"/api/sources/{source.id}", {}, refused(400, "Request body cannot be empty")
            )
            return
        headers, holds = self.condition(brand.tenant, f"/api/sources/{source.id}", match, source.body)
        identifier = source.identifier if given is None else SPELLINGS[source.kind].get(given, UNACCEPTABLE)

        def then(answer: httpx2.Response) -> None:
            before = source.body
            source.identifier = identifier
            source.is_enabled = changes.get("is_enabled", source.is_enabled)
            source.settings = (changes["settings_json"] or None) if "settings_json" in changes else source.settings
            source.updated_at = source.updated_at if before == source.body else self.clock.now()
            assert source.body == answer.json()

        expected = Expected(status=200, then=then)
        if not holds:
            expected = refused(412, CHANGED)
        elif identifier == UNACCEPTABLE:
            expected = refused(422, f"Invalid identifier for {source.kind[0]}: ")
        elif brand.find(source.kind, identifier) not in (None, source):
            expected = refused(409, "A source with this identifier already exists")
        self.send(brand.tenant, "PATCH", f"/api/sources/{source.id}", body, expected, headers=headers)

    @precondition(lambda self: self.sources())
    @rule(pick=picks, match=matches)
    def disconnect(self, pick: int, match: str | None) -> None:
        """A source goes; what was collected from it stays to be read."""
        brand, source = self.source(pick)
        path = f"/api/sources/{source.id}"
        headers, holds = self.condition(brand.tenant, path, match, source.body)

        def then(_: httpx2.Response) -> None:
            brand.sources.remove(source)
            self.send(brand.tenant, "GET", path, None, refused(404, "Source not found"))

        expected = Expected(status=204, then=then) if holds else refused(412, CHANGED)
        self.send(brand.tenant, "DELETE", path, None, expected, headers=headers)

    def look_at_sources(self, brand: Brand) -> None:
        """Sources are listed newest first, with what a compile would do with each."""
        expected = [source.body for source in reversed(brand.sources)]
        assert expected == self.get(brand.tenant, f"{brand.path}/sources")
        listed = self.get(brand.tenant, f"{brand.path}/sources", include_evidence="true")
        statuses = [_evidence_status(self, source) for source in reversed(brand.sources)]
        seen = [_without_ids(each.pop("evidence_status")) for each in listed]
        assert (expected, statuses) == (listed, seen)
        for source in brand.sources[-1:]:
            self.look_at_source(brand, source)

    def look_at_source(self, brand: Brand, source: Source) -> None:
        """One source, and its newest collection."""
        assert source.body == self.look(brand.tenant, f"/api/sources/{source.id}")
        status = self.get(brand.tenant, f"/api/sources/{source.id}/status")
        assert source.id == status["source_connection_id"]
        assert bool(source.collections) == ("latest_run" in status)
        for collection in source.collections[-1:]:
            latest = status["latest_run"]
            assert (at(collection.began), collection.count) == (latest["started_at"], latest["normalized_count"])
            assert ("error" in latest) == (not collection.succeeded)


def _evidence_status(machine: Acting, source: Source) -> Json:
    runs, now = source.collections, machine.clock.now()
    telling = [*runs[-1:], *[run for run in runs if run.succeeded][-1:]]
    status: Json = {
        "has_evidence": any(run.succeeded and run.count for run in telling),
        "next_action": source.frozen().action(now, forced=False) if source.is_enabled else "skip",
        "ttl_hours": 24,
    }
    if runs:
        status["latest_run_status"] = "succeeded" if runs[-1].succeeded else "failed"
        status["latest_run_age_hours"] = round((now - runs[-1].began).total_seconds() / 3600, 1)
    return status


def _without_ids(status: Json) -> Json:
    return {name: value for name, value in status.items() if name != "latest_run_id"}
