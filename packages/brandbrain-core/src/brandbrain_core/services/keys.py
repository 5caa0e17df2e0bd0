"""API keys: make, list, revoke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.errors import InvalidInput
from brandbrain_core.ids import DEFAULT_TENANT, KeyId, TenantId
from brandbrain_core.model.key import ApiKey, Scope
from brandbrain_core.policies import keys as policy
from brandbrain_core.services.deps import Deps

NAME_MAX: Final = 255
TENANT_MAX: Final = 100


@attrs.frozen(kw_only=True)
class NewKey:
    """A key and its *text*, which is told this once."""

    key: ApiKey
    text: str = attrs.field(repr=False)


async def create_key(
    deps: Deps,
    *,
    name: str,
    scopes: tuple[Scope, ...],
    random_bytes: Callable[[int], bytes],
    tenant: TenantId = DEFAULT_TENANT,
    expires_at: datetime | None = None,
) -> NewKey:
    """
    Make and store a key.

    Args:
        deps: The store, time and ids.
        name: What its owner calls it, 1 to 255 characters when trimmed.
        scopes: What it may do; at least one.
        random_bytes: Gives that many secure random bytes, as `secrets.token_bytes` does.
        tenant: Whose brands it reaches, 1 to 100 characters when trimmed.
        expires_at: Aware; None: it does not expire.

    Raises:
        InvalidInput: Name, tenant or scopes are missing, or the key would have expired already.
    """
    now = deps.clock.now()
    if not scopes:
        raise InvalidInput("A key needs at least one scope")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("The key would have expired already")
    made = policy.make(random_bytes(policy.RANDOM_BYTES))
    key = ApiKey(
        id=KeyId(deps.ids.new()),
        tenant=TenantId(_checked(tenant, "tenant", TENANT_MAX)),
        name=_checked(name, "name", NAME_MAX),
        prefix=made.prefix,
        digest=made.digest,
        scopes=tuple(scope for scope in Scope if scope in scopes),
        created_at=now,
        expires_at=expires_at,
    )
    async with deps.store.transaction() as work:
        await work.keys.add(key)
    return NewKey(key=key, text=made.text)


async def list_keys(deps: Deps) -> tuple[ApiKey, ...]:
    """Return all keys, newest first, the revoked and expired ones among them."""
    async with deps.store.reading() as work:
        return await work.keys.all()


async def revoke_key(deps: Deps, key: KeyId) -> None:
    """Take a key back; servers notice within seconds. Raise `KeyNotFound`."""
    async with deps.store.transaction() as work:
        await work.keys.revoke(key, at=deps.clock.now())


def _checked(text: str, what: str, longest: int) -> str:
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= longest:
        raise InvalidInput(f"The {what} of a key has 1 to {longest} characters")
    return trimmed
