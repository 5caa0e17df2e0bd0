"""API keys, in memory."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.errors import Conflict, KeyNotFound
from brandbrain_core.ids import KeyId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.key import ApiKey


class MemoryKeys:
    """Implements `brandbrain_core.ports.KeyRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, key: ApiKey) -> None:
        """Store a new key."""
        if any(stored.prefix == key.prefix for stored in self._tables.keys.values()):
            raise Conflict(f"there is a key {key.prefix} already")
        self._tables.keys[key.id] = key

    async def by_prefix(self, prefix: str) -> ApiKey | None:
        """Return the key with this visible beginning."""
        return next((key for key in await self.all() if key.prefix == prefix), None)

    async def all(self) -> tuple[ApiKey, ...]:
        """Return all keys, newest first."""
        tenant = self._tables.tenant
        seen = (key for key in self._tables.keys.values() if tenant in (None, key.tenant))
        return tuple(sorted(seen, key=lambda key: key.id, reverse=True))

    async def any(self) -> bool:
        """Tell whether a key was ever made."""
        return bool(await self.all())

    async def revoke(self, key: KeyId, *, at: datetime) -> None:
        """Take a key back."""
        found = next((each for each in await self.all() if each.id == key), None)
        if found is None:
            raise KeyNotFound(key)
        if found.revoked_at is None:
            self._tables.keys[key] = attrs.evolve(found, revoked_at=at)
