"""
A plain model of what a user sees: brands with answers, sources, decisions, runs and versions, as lists and dicts.

It is written from the contract alone. Bodies are given as the wire has them; ids are the server's, learned when things
are made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from tests.http.days import fields, town
from tests.http.days.town import Kind

TTL: Final = timedelta(hours=24)
RESTS: Final = timedelta(minutes=15)
"""How long a source that failed is left alone."""

KEY_KEPT: Final = timedelta(hours=24)
REQUIRED: Final = ("tier0.what_we_do", "tier0.who_for", "tier0.primary_goal", "tier0.cta_posture")
EXTRA: Final = "extra_start_urls"

Json = dict[str, Any]


def at(moment: datetime) -> str:
    """Return a time as the wire has it."""
    return moment.isoformat(timespec="microseconds")


def maybe_at(moment: datetime | None) -> str | None:
    """Return a time as the wire has it, or null."""
    return None if moment is None else at(moment)


@attrs.frozen(kw_only=True)
class Collection:
    """One time that a source was collected: of what, when, and how it went."""

    fingerprint: str
    began: datetime
    succeeded: bool
    count: int = 0


@attrs.define(kw_only=True, eq=False)
class Source:
    """A source."""

    id: str = ""
    brand_id: str
    kind: Kind
    identifier: str
    is_enabled: bool = True
    settings: Json | None = None
    created_at: datetime
    updated_at: datetime
    collections: list[Collection] = attrs.field(factory=list)

    @property
    def body(self) -> Json:
        """It as the wire has it."""
        return {
            "id": self.id,
            "brand_id": self.brand_id,
            "platform": self.kind[0],
            "capability": self.kind[1],
            "identifier": self.identifier,
            "is_enabled": self.is_enabled,
            "settings_json": self.settings,
            "created_at": at(self.created_at),
            "updated_at": at(self.updated_at),
        }

    def take_key_pages(self, answers: Mapping[str, Any]) -> bool:
        """Take the start pages of a web source from the answers; return whether that changed it."""
        if self.kind != town.PAGES:
            return False
        pages = list(dict.fromkeys(answers.get("tier1.key_pages", [])))[:2]
        settings = {name: value for name, value in (self.settings or {}).items() if name != EXTRA}
        settings |= {EXTRA: pages} if pages else {}
        changed, self.settings = (settings or None) != self.settings, settings or None
        return changed

    def frozen(self) -> Frozen:
        """Return it as a kick-off freezes it."""
        return Frozen(source=self, kind=self.kind, identifier=self.identifier, settings=self.settings or {})


@attrs.frozen(kw_only=True)
class Frozen:
    """A source as it was at kick-off."""

    source: Source
    kind: Kind
    identifier: str
    settings: Json

    @property
    def fingerprint(self) -> str:
        """What makes two collections the same."""
        return json.dumps([self.identifier, self.settings], sort_keys=True)

    @property
    def facts(self) -> list[Any]:
        """What makes two inputs the same."""
        return [*self.kind, self.identifier, self.settings]

    def action(self, now: datetime, *, forced: bool) -> str:
        """Return what a compile does with it: ``reuse``, ``refresh`` or ``skip``."""
        if self.kind == town.OFF:
            return "skip"
        if forced or self.kind not in town.COLLECTED:
            return "refresh"
        runs = self.source.collections
        telling = [*runs[-1:], *[run for run in runs if run.succeeded][-1:]]
        same = [run for run in telling if run.fingerprint == self.fingerprint]
        if any(run.succeeded and now - run.began <= TTL for run in same):
            return "reuse"
        resting = same and not same[0].succeeded and now < same[0].began + RESTS
        return "skip" if resting else "refresh"


@attrs.frozen(kw_only=True)
class Version:
    """A version of a brand, as it is served."""

    id: str
    created_at: str
    origin: str
    run_id: str
    inputs: str
    degraded: bool
    document: Json
    changes: Json

    @property
    def entry(self) -> Json:
        """Its line in the history."""
        return {
            "snapshot_id": self.id,
            "created_at": self.created_at,
            "diff_summary": self.changes,
            "version": self.document["version"],
            "origin": self.origin,
        }


@attrs.define(kw_only=True, eq=False)
class Brand:
    """A brand and all that hangs on it; lists are oldest first."""

    id: str = ""
    tenant: str
    name: str
    website_url: str | None
    created_at: datetime
    is_deleted: bool = False
    tier: int = 0
    answers: Json = attrs.field(factory=dict)
    answered_at: datetime | None = None
    sources: list[Source] = attrs.field(factory=list)
    decisions: fields.Decisions = attrs.field(factory=fields.Decisions)
    decided_at: datetime | None = None
    versions: list[Version] = attrs.field(factory=list)
    items: set[tuple[Kind, str]] = attrs.field(factory=set)
    item_ids: dict[str, str] = attrs.field(factory=dict)

    @property
    def path(self) -> str:
        """Its address."""
        return f"/api/brands/{self.id}"

    @property
    def body(self) -> Json:
        """It as the wire has it."""
        return {
            "id": self.id,
            "name": self.name,
            "website_url": self.website_url,
            "created_at": at(self.created_at),
        }

    @property
    def onboarding(self) -> Json:
        """Its answers as the wire has them."""
        return {
            "brand_id": self.id,
            "tier": self.tier,
            "answers_json": self.answers,
            "updated_at": maybe_at(self.answered_at),
        }

    @property
    def overrides(self) -> Json:
        """Its overrides and pins as the wire has them."""
        return {
            "brand_id": self.id,
            "overrides_json": self.decisions.values,
            "pinned_paths": self.decisions.pins,
            "updated_at": maybe_at(self.decided_at),
        }

    @property
    def bootstrap(self) -> Json:
        """Everything small about it."""
        newest = self.versions[-1] if self.versions else None
        latest = newest and {"snapshot_id": newest.id, "created_at": newest.created_at, "has_data": True}
        return {
            "brand": self.body,
            "onboarding": {name: value for name, value in self.onboarding.items() if name != "brand_id"},
            "sources": [source.body for source in reversed(self.sources)],
            "overrides": {name: value for name, value in self.overrides.items() if name != "brand_id"},
            "latest": latest,
        }

    @property
    def evidence(self) -> list[str]:
        """The addresses of its items, newest first."""
        return [item.canonical_url for item in self.published()]

    def published(self) -> list[Any]:
        """Return what has been collected, newest first."""
        found = [item for account in self.items for item in town.published(*account)]
        return sorted(found, key=lambda item: item.published_at, reverse=True)

    def frozen(self) -> tuple[Frozen, ...]:
        """Return the enabled sources as a kick-off freezes them."""
        enabled = (source.frozen() for source in self.sources if source.is_enabled)
        return tuple(sorted(enabled, key=lambda source: (source.kind, source.identifier)))

    def inputs(self) -> str:
        """Return what makes two kick-offs the same."""
        return json.dumps([self.answers, [source.facts for source in self.frozen()]], sort_keys=True)

    def missing(self) -> list[str]:
        """Return the codes of what stands in the way of a compile."""
        answered = all(question in self.answers for question in REQUIRED)
        sourced = any(source.is_enabled and source.kind != town.OFF for source in self.sources)
        codes = {"MISSING_TIER0_FIELDS": answered, "NO_ENABLED_SOURCES": sourced}
        return [code for code, is_there in codes.items() if not is_there]

    def is_up_to_date(self, now: datetime) -> bool:
        """Tell whether a compile would change nothing."""
        if not self.versions or self.versions[-1].degraded or self.versions[-1].inputs != self.inputs():
            return False
        wanted = (source for source in self.frozen() if source.kind in town.COLLECTED)
        return all(source.action(now, forced=False) != "refresh" for source in wanted)

    def find(self, kind: Kind, identifier: str) -> Source | None:
        """Return the source of this kind and identifier."""
        return next((s for s in self.sources if (s.kind, s.identifier) == (kind, identifier)), None)


@attrs.frozen(kw_only=True)
class Kept:
    """An answer that is kept under an Idempotency-Key."""

    asked: tuple[str, str, bytes]
    status: int
    content: bytes
    at: datetime

    def counts(self, now: datetime) -> bool:
        """Tell whether it is still kept."""
        return now - self.at <= KEY_KEPT


def living(brands: Iterable[Brand], tenant: str | None = None) -> list[Brand]:
    """Return the brands that are there, of one tenant or of all, oldest first."""
    return [brand for brand in brands if not brand.is_deleted and tenant in (None, brand.tenant)]
