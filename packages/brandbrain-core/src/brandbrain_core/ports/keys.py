"""The repository of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from brandbrain_core.ids import KeyId
from brandbrain_core.model.key import ApiKey


class KeyRepository(Protocol):
    """API keys. In a scoped store (`Store.scoped`) there are only those of its tenant."""

    async def add(self, key: ApiKey) -> None:
        """Store a new key; raise `Conflict` if its prefix is taken."""

    async def by_prefix(self, prefix: str) -> ApiKey | None:
        """Return the key with this visible beginning, also when it was revoked or has expired; None: there is none."""

    async def all(self) -> tuple[ApiKey, ...]:
        """Return all keys, also the revoked and expired, newest first (by id)."""

    async def any(self) -> bool:
        """Tell whether a key was ever made, revoked and expired ones included: then the API asks for one."""

    async def revoke(self, key: KeyId, *, at: datetime) -> None:
        """Take a key back; one that was revoked before keeps its moment. Raise `KeyNotFound`."""
