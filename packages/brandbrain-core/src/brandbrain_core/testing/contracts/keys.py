"""What a `KeyRepository` promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from brandbrain_core.errors import Conflict, KeyNotFound
from brandbrain_core.ids import KeyId, TenantId
from brandbrain_core.model.key import ApiKey, Scope
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON
from brandbrain_core.testing.contracts.base import StoreContract

OURS = TenantId("ours")
THEIRS = TenantId("theirs")


class KeysContract(StoreContract):
    """API keys."""

    async def test_a_key_comes_back_as_it_was_stored(self, store: Store) -> None:
        """By its visible beginning; nothing else is found."""
        full = _key(1, expires_at=NOON + timedelta(days=1), revoked_at=NOON, scopes=(Scope.READ, Scope.ADMIN))
        await _add(store, full, _key(2))
        async with store.reading() as work:
            assert full == await work.keys.by_prefix("bb_1")
            assert _key(2) == await work.keys.by_prefix("bb_2")
            assert await work.keys.by_prefix("bb_3") is None
            assert (_key(2), full) == await work.keys.all()

    async def test_a_prefix_is_taken_once(self, store: Store) -> None:
        """Two keys that look the same cannot be told apart."""
        await _add(store, _key(1))
        with pytest.raises(Conflict):
            await _add(store, _key(2, prefix="bb_1"))

    async def test_whether_there_is_any(self, store: Store) -> None:
        """A revoked key counts: taking the last one back must not open the door."""
        async with store.reading() as work:
            assert not await work.keys.any()
        await _add(store, _key(1, revoked_at=NOON))
        async with store.reading() as work:
            assert await work.keys.any()

    async def test_a_key_is_revoked_once(self, store: Store) -> None:
        """The first moment stays; an unknown key is not found."""
        await _add(store, _key(1))
        later = NOON + timedelta(seconds=1)
        async with store.transaction() as work:
            await work.keys.revoke(_key(1).id, at=NOON)
            await work.keys.revoke(_key(1).id, at=later)
            with pytest.raises(KeyNotFound):
                await work.keys.revoke(_key(2).id, at=NOON)
        async with store.reading() as work:
            assert attrs.evolve(_key(1), revoked_at=NOON) == await work.keys.by_prefix("bb_1")

    async def test_a_tenant_sees_its_own_keys(self, store: Store) -> None:
        """And can take back no other."""
        await _add(store, _key(1, tenant=OURS), _key(2, tenant=THEIRS))
        async with store.scoped(OURS).transaction() as work:
            assert (_key(1, tenant=OURS),) == await work.keys.all()
            assert await work.keys.by_prefix("bb_2") is None
            with pytest.raises(KeyNotFound):
                await work.keys.revoke(_key(2).id, at=NOON)


def _key(number: int, **changes: Any) -> ApiKey:
    made: dict[str, Any] = {
        "id": KeyId(build.source_id(number)),
        "tenant": OURS,
        "name": f"key {number}",
        "prefix": f"bb_{number}",
        "digest": f"{number:064x}",
        "scopes": (Scope.WRITE,),
        "created_at": NOON,
    }
    return ApiKey(**made | changes)


async def _add(store: Store, *keys: ApiKey) -> None:
    async with store.transaction() as work:
        for key in keys:
            await work.keys.add(key)
