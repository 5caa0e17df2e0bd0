"""What an `IdempotencyRepository` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from brandbrain_core.errors import Conflict
from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord
from brandbrain_core.ports import Store
from brandbrain_core.testing.clock import NOON
from brandbrain_core.testing.contracts.base import StoreContract

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ANSWER = Answered(status=201, headers={"location": "/api/brands/1"}, body='{"name":"Marrowby ⛵"}')


class IdempotencyContract(StoreContract):
    """A claim stands until it has an answer, and the answer until it has expired."""

    async def test_the_first_claim_is_free(self, store: Store) -> None:
        """Nothing stands in its way; the next one is shown who came first."""
        assert await _claim(store, _made(1)) is None
        assert IdempotencyRecord(claim=_made(1)) == await _claim(store, _made(2))

    async def test_owners_have_keys_of_their_own(self, store: Store) -> None:
        """The same key of another owner is another request, and so is another key."""
        assert await _claim(store, _made(1)) is None
        assert await _claim(store, _made(2, owner="other")) is None
        assert await _claim(store, _made(3, key="other")) is None

    async def test_the_answer_is_kept_as_it_was(self, store: Store) -> None:
        """And shown to whoever asks again."""
        await _claim(store, _made(1))
        await _finish(store, _made(1))
        assert IdempotencyRecord(claim=_made(1), answer=ANSWER) == await _claim(store, _made(2))

    async def test_an_attempt_that_died_is_taken_over(self, store: Store) -> None:
        """An old claim without an answer gives way; its own end is then refused."""
        await _claim(store, _made(1))
        late = _made(2, fingerprint="other", claimed_at=NOON + 2 * MINUTE)
        assert await _claim(store, late) is None
        with pytest.raises(Conflict):
            await _finish(store, _made(1))
        await _finish(store, late)

    async def test_an_answer_expires(self, store: Store) -> None:
        """Then its key is free again; until then age does no harm to it."""
        await _claim(store, _made(1))
        await _finish(store, _made(1))
        assert await _claim(store, _made(2, claimed_at=NOON + DAY)) is not None
        assert await _claim(store, _made(3, claimed_at=NOON + DAY + MINUTE)) is None

    async def test_a_released_claim_is_free(self, store: Store) -> None:
        """But nobody releases another's claim, nor an answer."""
        await _claim(store, _made(1))
        await _release(store, _made(2))
        assert await _claim(store, _made(3)) is not None
        await _release(store, _made(1))
        assert await _claim(store, _made(4)) is None
        await _finish(store, _made(4))
        await _release(store, _made(4))
        assert await _claim(store, _made(5)) is not None

    async def test_an_end_belongs_to_its_transaction(self, store: Store) -> None:
        """What is undone has no answer."""
        await _claim(store, _made(1))
        with pytest.raises(ZeroDivisionError):
            await _finish_and_break(store, _made(1))
        assert IdempotencyRecord(claim=_made(1)) == await _claim(store, _made(2))

    async def test_an_end_comes_once(self, store: Store) -> None:
        """A second one, or one of nobody's claim, is refused."""
        with pytest.raises(Conflict):
            await _finish(store, _made(1))
        await _claim(store, _made(1))
        await _finish(store, _made(1))
        with pytest.raises(Conflict):
            await _finish(store, _made(1))

    async def test_one_of_many_wins(self, store: Store) -> None:
        """Of ten that claim at once exactly one gets the key, and the others see its claim."""
        found = await asyncio.gather(*(_claim(store, _made(number)) for number in range(10)))
        assert 1 == found.count(None)
        assert 1 == len({record.claim.token for record in found if record is not None})

    async def test_old_records_are_pruned(self, store: Store) -> None:
        """A few at a time, those that were claimed before the given moment."""
        for number in range(3):
            await _claim(store, _made(number, key=str(number), claimed_at=NOON + number * MINUTE))
        async with store.transaction() as work:
            assert 1 == await work.idempotency.prune(expired_before=NOON + 2 * MINUTE, limit=1)
            assert 1 == await work.idempotency.prune(expired_before=NOON + 2 * MINUTE, limit=9)
            assert 0 == await work.idempotency.prune(expired_before=NOON + 2 * MINUTE, limit=9)


def _made(number: int, **changes: Any) -> Claim:
    made: dict[str, Any] = {"owner": "default", "key": "k", "fingerprint": "f", "claimed_at": NOON}
    return Claim(token=UUID(int=number), **made | changes)


async def _claim(store: Store, claim: Claim) -> IdempotencyRecord | None:
    now: datetime = claim.claimed_at
    async with store.transaction() as work:
        return await work.idempotency.claim(claim, stale_before=now - MINUTE, expired_before=now - DAY)


async def _finish(store: Store, claim: Claim) -> None:
    async with store.transaction() as work:
        await work.idempotency.finish(claim, ANSWER)


async def _release(store: Store, claim: Claim) -> None:
    async with store.transaction() as work:
        await work.idempotency.release(claim)


async def _finish_and_break(store: Store, claim: Claim) -> None:
    async with store.transaction() as work:
        await work.idempotency.finish(claim, ANSWER)
        raise ZeroDivisionError
