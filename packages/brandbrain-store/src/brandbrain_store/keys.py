"""API keys."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update

from brandbrain_core.errors import Conflict, KeyNotFound
from brandbrain_core.ids import KeyId, TenantId
from brandbrain_core.model.key import ApiKey, Scope
from brandbrain_core.policies.canonical import canonical
from brandbrain_store.columns import Moment
from brandbrain_store.tables import api_keys
from brandbrain_store.work import Work


class SqlKeys:
    """See `brandbrain_core.ports.KeyRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, key: ApiKey) -> None:
        """Store a new key; raise `Conflict` if its prefix is taken."""
        added = self._work.database.insert(api_keys).values(_row(key)).on_conflict_do_nothing()
        if await self._work.first(added.returning(api_keys.c.id)) is None:
            raise Conflict(f"there is a key {key.prefix} already")

    async def by_prefix(self, prefix: str) -> ApiKey | None:
        """Return the key with this visible beginning, also when it was revoked or has expired; None: there is none."""
        row = await self._work.first(select(api_keys).where(api_keys.c.prefix == prefix, *self._mine()))
        return None if row is None else _key(row)

    async def all(self) -> tuple[ApiKey, ...]:
        """Return all keys, also the revoked and expired, newest first (by id)."""
        rows = await self._work.all(select(api_keys).where(*self._mine()).order_by(api_keys.c.id.desc()))
        return tuple(_key(row) for row in rows)

    async def any(self) -> bool:
        """Tell whether a key was ever made, revoked and expired ones included: then the API asks for one."""
        return await self._work.value(select(api_keys.c.id).where(*self._mine()).limit(1)) is not None

    async def revoke(self, key: KeyId, *, at: datetime) -> None:
        """Take a key back; one that was revoked before keeps its moment. Raise `KeyNotFound`."""
        moment = func.coalesce(api_keys.c.revoked_at, literal(at, Moment()))
        revoked = update(api_keys).where(api_keys.c.id == key, *self._mine()).values(revoked_at=moment)
        if await self._work.first(revoked.returning(api_keys.c.id)) is None:
            raise KeyNotFound(key)

    def _mine(self) -> tuple[Any, ...]:
        return () if self._work.tenant is None else (api_keys.c.tenant == self._work.tenant,)


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "prefix": key.prefix,
        "digest": key.digest,
        "scopes": canonical(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def _key(row: Any) -> ApiKey:
    return ApiKey(
        id=KeyId(row.id),
        tenant=TenantId(row.tenant),
        name=row.name,
        prefix=row.prefix,
        digest=row.digest,
        scopes=tuple(Scope(scope) for scope in json.loads(row.scopes)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
