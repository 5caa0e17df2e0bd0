"""The repository of requests that may be repeated."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord


class IdempotencyRepository(Protocol):
    """Keys that clients chose for their requests; what stands under (owner, key) is one record."""

    async def claim(
        self, claim: Claim, *, stale_before: datetime, expired_before: datetime
    ) -> IdempotencyRecord | None:
        """
        Store *claim* and return None, unless a record stands in its way: then return that and change nothing.

        An unfinished record stands in the way if it was claimed at or after *stale_before* (else whoever claimed it is
        taken to be dead), a finished one if it was claimed at or after *expired_before*. Of several that claim at once
        exactly one gets None.
        """

    async def finish(self, claim: Claim, answer: Answered) -> None:
        """
        Keep the answer, in the transaction of the effect.

        Raise `Conflict` unless the record is still the one that this very attempt claimed (by its token) and has no
        answer; the transaction must not be committed then.
        """

    async def release(self, claim: Claim) -> None:
        """Forget the claim of this attempt; do nothing if it has an answer or is another's by now."""

    async def prune(self, *, expired_before: datetime, limit: int) -> int:
        """Delete up to *limit* records that were claimed before; return how many."""
