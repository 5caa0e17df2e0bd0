"""Requests that may be repeated, in memory."""

from __future__ import annotations

from datetime import datetime

from brandbrain_core.errors import Conflict
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord


class MemoryIdempotency:
    """Implements `brandbrain_core.ports.IdempotencyRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._records = tables.idempotency

    async def claim(
        self, claim: Claim, *, stale_before: datetime, expired_before: datetime
    ) -> IdempotencyRecord | None:
        """Store the claim, or return what stands in its way."""
        found = self._records.get((claim.owner, claim.key))
        if found is not None:
            ends = stale_before if found.answer is None else expired_before
            if found.claim.claimed_at >= ends:
                return found
        self._records[claim.owner, claim.key] = IdempotencyRecord(claim=claim)
        return None

    async def finish(self, claim: Claim, answer: Answered) -> None:
        """Keep the answer."""
        if not self._is_open(claim):
            raise Conflict("another attempt has taken this request over")
        self._records[claim.owner, claim.key] = IdempotencyRecord(claim=claim, answer=answer)

    async def release(self, claim: Claim) -> None:
        """Forget the claim of this attempt."""
        if self._is_open(claim):
            del self._records[claim.owner, claim.key]

    async def prune(self, *, expired_before: datetime, limit: int) -> int:
        """Delete records that were claimed before."""
        old = [key for key, record in self._records.items() if record.claim.claimed_at < expired_before][:limit]
        for key in old:
            del self._records[key]
        return len(old)

    def _is_open(self, claim: Claim) -> bool:
        found = self._records.get((claim.owner, claim.key))
        return found is not None and found.answer is None and found.claim.token == claim.token
