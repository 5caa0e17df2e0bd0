"""Brands: made, renamed, listed, deleted; and what nobody may reach who does not own them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.http.days import fields
from tests.http.days.acting import UNKNOWN, Acting, Expected, keys, picks, refused
from tests.http.days.api import TENANTS
from tests.http.days.model import Brand, Json, living

NAMES: Final = ("Marrowby", "  Harbour Loft ", "Ålesund & Søn ⛵")
SITES: Final = (None, "", "https://marrowby.example")

tenants = st.sampled_from([TENANTS[0], TENANTS[0], TENANTS[0], TENANTS[1]])


class Owning(Acting):
    """Rules about brands."""

    @rule(
        tenant=tenants,
        pick=picks,
        what=st.sampled_from(["make", "change", "delete"]),
        named=st.fixed_dictionaries({"name": st.sampled_from(NAMES)}, optional={"website_url": st.sampled_from(SITES)}),
        unnamed=st.booleans(),
        key=keys,
    )
    def look_after_brands(self, tenant: str, pick: int, what: str, named: Json, unnamed: bool, key: str | None) -> None:
        """A new brand; or a new name or website; or one goes, unless it is the last."""
        ours = living(self.brands, "ours")
        if what == "make":
            self.make_brand(tenant, named, key)
        elif what == "change" or len(ours) == 1:
            self.change_brand(pick, {name: value for name, value in named.items() if name != "name" or not unnamed})
        else:
            self.delete_brand(ours[-1 - pick % len(ours)])

    def make_brand(self, tenant: str, body: Json, key: str | None) -> None:
        """A new brand."""
        made = Brand(
            tenant=tenant,
            name=body["name"].strip(),
            website_url=body.get("website_url") or None,
            created_at=self.clock.now(),
        )

        def then(answer: httpx2.Response) -> None:
            made.id = answer.json()["id"]
            assert made.body == answer.json()
            assert made.path == answer.headers["location"]
            self.brands.append(made)
            if key is not None:
                self.named.append((tenant, body, key))

        self.send(tenant, "POST", "/api/brands", body, Expected(status=201, then=then), key=key)

    def change_brand(self, pick: int, body: Json) -> None:
        """A new name or website."""
        brand = self.brand(pick)

        def then(answer: httpx2.Response) -> None:
            brand.name = body.get("name", brand.name).strip()
            brand.website_url = (body["website_url"] or None) if "website_url" in body else brand.website_url
            assert brand.body == answer.json()

        self.send(brand.tenant, "PATCH", brand.path, body, Expected(status=200, then=then))

    @precondition(lambda self: self.named)
    @rule(pick=picks, by=st.sampled_from([timedelta(days=1), timedelta(days=1, seconds=1)]))
    def come_back(self, pick: int, by: timedelta) -> None:
        """A day later the same brand is asked for again: up to then the first answer counts."""
        self.clock.advance(by)
        self.make_brand(*self.named[-1 - pick % len(self.named)])

    def trespass(self, pick: int, other: int, number: int, gone: bool) -> None:
        """To another tenant a brand is not there, nor is anything of it; nor is a deleted one to its owner."""
        lost = [brand for brand in self.brands if brand.is_deleted]
        if gone and lost:
            self.find_nothing(lost[-1 - pick % len(lost)].tenant, lost[-1 - pick % len(lost)], number)
        else:
            brand = self.brand(pick)
            self.find_nothing(next(tenant for tenant in TENANTS if tenant != brand.tenant), brand, number)
            self.ask_under_another(brand, self.brand(other))

    def delete_brand(self, brand: Brand) -> None:
        """A brand goes, with all that hangs on it, and what is compiled for it is stopped."""

        def then(_: httpx2.Response) -> None:
            brand.is_deleted = True
            for run in self.queue.of(brand):
                if not run.has_ended:
                    self.queue.cancel(run, self.clock.now())

        self.send(brand.tenant, "DELETE", brand.path, None, Expected(status=204, then=then))
        self.find_nothing(brand.tenant, brand, len(self.brands))

    def ask_under_another(self, brand: Brand, elsewhere: Brand) -> None:
        """A run or a version is found under its own brand only."""
        if elsewhere is brand:
            return
        for run in self.queue.of(brand)[:1]:
            path = f"{elsewhere.path}/brandbrain/compile/{run.id}"
            for method, last in (("GET", "status"), ("POST", "cancel")):
                self.send(elsewhere.tenant, method, f"{path}/{last}", None, refused(404, "Compile run not found"))
        for version in brand.versions[-1:]:
            path = f"{elsewhere.path}/brandbrain/snapshots/{version.id}"
            self.send(elsewhere.tenant, "GET", path, None, refused(404, "No snapshot found"))

    def find_nothing(self, tenant: str, brand: Brand, number: int) -> None:
        """Ask for one thing of a brand, and change one: neither is there for this tenant."""
        reads, writes = _requests(self, brand)
        for method, path, body in (reads[number % len(reads)], writes[number % len(writes)]):
            answer = self.api.ask(tenant, method, path, content=b"" if body is None else fields.dumped(body))
            assert 404 == answer.status_code, (method, path, answer.text)
        batch = {"ids": [UNKNOWN, *list(brand.item_ids.values())[:2]]}
        answer = self.api.ask(tenant, "POST", "/api/evidence/batch", content=fields.dumped(batch))
        assert [] == answer.json()

    def all_pages(self, tenant: str, path: str, limit: int, **query: Any) -> list[Any]:
        """Follow the links of a list to its end; return all entries."""
        found: list[Any] = []
        at: str | None = str(httpx2.URL(path, params={"limit": limit, **query}))
        while at is not None:
            page = self.api.ask(tenant, "GET", at)
            assert 200 == page.status_code
            assert len(page.json()) <= limit
            found += page.json()
            at = page.links["next"]["url"] if "next" in page.links else None
        return found


def _requests(machine: Acting, brand: Brand) -> tuple[list[tuple[str, str, Any]], list[tuple[str, str, Any]]]:
    """Return every way to read something of a brand, and every way to change it."""
    inner = f"{brand.path}/brandbrain"
    run = next((run.path for run in machine.queue.of(brand)), f"{inner}/compile/{UNKNOWN}")
    version = f"{inner}/snapshots/{brand.versions[-1].id if brand.versions else UNKNOWN}"
    source = f"/api/sources/{brand.sources[-1].id if brand.sources else UNKNOWN}"
    item = next(iter(brand.item_ids.values()), UNKNOWN)
    reads = [brand.path, f"{brand.path}/onboarding", f"{brand.path}/sources", f"{brand.path}/bootstrap"]
    reads += [f"{brand.path}/evidence", f"{inner}/latest", f"{inner}/history", f"{inner}/overrides", f"{inner}/compile"]
    reads += [f"{run}/status", f"{run}/events", version, f"{version}/diff?against={version[-36:]}", source]
    reads += [f"{source}/status", f"/api/evidence/{item}"]
    writes = [
        ("PATCH", brand.path, {"name": "Stolen"}),
        ("DELETE", brand.path, None),
        ("PUT", f"{brand.path}/onboarding", {"tier": 1, "answers_json": {}}),
        (
            "POST",
            f"{brand.path}/sources",
            {"platform": "tiktok", "capability": "profile_videos", "identifier": "thief"},
        ),
        ("PATCH", f"{inner}/overrides", {"overrides_json": {"house.motto": "Stolen"}}),
        ("POST", f"{inner}/compile", {"force_refresh": True}),
        ("POST", f"{run}/cancel", None),
        ("PATCH", source, {"is_enabled": False}),
        ("DELETE", source, None),
    ]
    return [("GET", path, None) for path in reads], writes
