"""How many statements each route costs the database: the budgets of the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from brandbrain_store import SqlStore

_NO_STATEMENT = ("begin", "commit", "rollback", "pragma", "set ")


class Counted:
    """Notes the statements that a store sends, but for those that only frame a transaction."""

    def __init__(self, store: SqlStore) -> None:
        self.statements: list[str] = []
        self._engines = [getattr(engine, "sync_engine", engine) for engine in (store._reading, store._writing)]

    def __enter__(self) -> Counted:
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, _c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
        if not statement.lower().startswith(_NO_STATEMENT):
            self.statements.append(statement)


BUDGETS: dict[str, tuple[str, str, Any, int]] = {
    "latest": ("GET", "{of}/brandbrain/latest", None, 1),
    "latest with everything": ("GET", "{of}/brandbrain/latest?include=full", None, 1),
    "status": ("GET", "{of}/brandbrain/compile/{run}/status", None, 1),
    "history": ("GET", "{of}/brandbrain/history", None, 2),
    "history by cursor": ("GET", "{of}/brandbrain/history?cursor=1", None, 2),
    "runs": ("GET", "{of}/brandbrain/compile", None, 2),
    "overrides": ("GET", "{of}/brandbrain/overrides", None, 1),
    "patch of overrides": ("PATCH", "{of}/brandbrain/overrides", {"overrides_json": {"mine": 1}}, 5),
    "kick-off that changes nothing": ("POST", "{of}/brandbrain/compile", None, 5),
    "kick-off": ("POST", "{of}/brandbrain/compile", {"force_refresh": True}, 8),
    "bootstrap": ("GET", "{of}/bootstrap", None, 2),
    "brand": ("GET", "{of}", None, 1),
    "brands": ("GET", "/api/brands", None, 1),
    "onboarding": ("GET", "{of}/onboarding", None, 1),
    "sources": ("GET", "{of}/sources", None, 1),
    "sources with evidence": ("GET", "{of}/sources?include_evidence=true", None, 2),
    "evidence": ("GET", "{of}/evidence", None, 1),
    "snapshot": ("GET", "{of}/brandbrain/snapshots/{snapshot}", None, 1),
}


def test_every_route_keeps_its_budget(serve: Any, stored: Any) -> None:
    """On each database; a key that is remembered costs nothing."""
    walk = serve(stored)
    brand = walk.compiled()
    of = f"/api/brands/{brand}"
    latest = walk.client.get(f"{of}/brandbrain/latest").json()
    names = {"of": of, "run": latest["compile_run_id"], "snapshot": latest["snapshot_id"]}
    spent: dict[str, int] = {}
    for what in ("kick-off that changes nothing", *(what for what in BUDGETS if what != "kick-off"), "kick-off"):
        method, path, body, _ = BUDGETS[what]
        with Counted(walk.served.deps.store) as counted:
            answer = walk.client.request(method, path.format(**names), json=body)
        assert answer.status_code in (200, 202), (what, answer.text)
        spent[what] = len(counted.statements)
    assert {what: budget for what, (*_, budget) in BUDGETS.items() if spent[what] > budget} == {}, spent
    assert all(spent.values()), spent


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, in_database: Any) -> Any:
    """Everything, in each of the databases in turn."""
    if request.param == "sqlite":
        return in_database(f"sqlite:///{tmp_path / 'brands.db'}")
    return in_database(request.getfixturevalue("postgres_database"))
