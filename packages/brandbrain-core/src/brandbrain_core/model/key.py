"""An API key: whose it is, what it may do, and how it is recognised without being stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs
from attrs import validators as v

from brandbrain_core.ids import KeyId, TenantId


class Scope(StrEnum):
    """What a key may do; each includes those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@attrs.frozen(kw_only=True)
class ApiKey:
    """
    A key as it is stored. Its secret is not: whoever reads the database learns no key.

    Attributes:
        tenant: Whose brands it reaches; those of others do not exist for it.
        name: What its owner calls it, 1 to 255 characters.
        prefix: The visible beginning of the key, ``bb_`` and 12 characters; unique.
        digest: SHA-256 of the whole key, in 64 hexadecimal digits.
        scopes: What it may do.
        created_at: Aware, UTC.
        expires_at: It is refused from this moment on; None: never.
        revoked_at: When it was taken back; None: it was not.
    """

    id: KeyId
    tenant: TenantId
    name: str
    prefix: str
    digest: str = attrs.field(repr=False)
    scopes: tuple[Scope, ...] = attrs.field(validator=v.min_len(1))
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
