"""Requests that may be repeated: under each (owner, key) there is one record."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, literal, select, tuple_, update

from brandbrain_core.errors import Conflict
from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord
from brandbrain_core.policies.canonical import canonical
from brandbrain_store.columns import Moment
from brandbrain_store.tables import idempotency
from brandbrain_store.work import Work


class SqlIdempotency:
    """See `brandbrain_core.ports.IdempotencyRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def claim(
        self, claim: Claim, *, stale_before: datetime, expired_before: datetime
    ) -> IdempotencyRecord | None:
        """Store *claim* and return None, unless a record stands in its way: then return that and change nothing."""
        row = {
            "fingerprint": claim.fingerprint,
            "token": claim.token,
            "claimed_at": claim.claimed_at,
            "status": None,
            "headers": None,
            "body": None,
        }
        ends = case(
            (idempotency.c.status.is_(None), literal(stale_before, Moment())), else_=literal(expired_before, Moment())
        )
        insert = self._work.database.insert(idempotency).values(owner=claim.owner, key=claim.key, **row)
        taken = insert.on_conflict_do_update(
            index_elements=["owner", "key"], set_=row, where=idempotency.c.claimed_at < ends
        )
        if await self._work.first(taken.returning(idempotency.c.token)) is not None:
            return None
        there = and_(idempotency.c.owner == claim.owner, idempotency.c.key == claim.key)
        return _record((await self._work.run(select(idempotency).where(there))).one())

    async def finish(self, claim: Claim, answer: Answered) -> None:
        """Keep the answer; raise `Conflict` unless the record is still what this attempt claimed, and open."""
        answered = {"status": answer.status, "headers": canonical(answer.headers), "body": answer.body}
        finished = update(idempotency).where(_is_open(claim)).values(answered)
        if await self._work.first(finished.returning(idempotency.c.token)) is None:
            raise Conflict("another attempt has taken this request over")

    async def release(self, claim: Claim) -> None:
        """Forget the claim of this attempt; do nothing if it has an answer or is another's by now."""
        await self._work.run(delete(idempotency).where(_is_open(claim)))

    async def prune(self, *, expired_before: datetime, limit: int) -> int:
        """Delete up to *limit* records that were claimed before; return how many."""
        key = (idempotency.c.owner, idempotency.c.key)
        old = select(*key).where(idempotency.c.claimed_at < expired_before).order_by(idempotency.c.claimed_at)
        gone = delete(idempotency).where(tuple_(*key).in_(old.limit(limit)))
        return (await self._work.run(gone)).rowcount


def _is_open(claim: Claim) -> Any:
    mine = and_(idempotency.c.owner == claim.owner, idempotency.c.key == claim.key, idempotency.c.token == claim.token)
    return and_(mine, idempotency.c.status.is_(None))


def _record(row: Any) -> IdempotencyRecord:
    claim = Claim(owner=row.owner, key=row.key, fingerprint=row.fingerprint, token=row.token, claimed_at=row.claimed_at)
    if row.status is None:
        return IdempotencyRecord(claim=claim)
    answer = Answered(status=row.status, headers=json.loads(row.headers), body=row.body)
    return IdempotencyRecord(claim=claim, answer=answer)
