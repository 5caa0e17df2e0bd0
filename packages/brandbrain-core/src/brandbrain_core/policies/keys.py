"""
API keys as text: how one is made, recognised and judged.

A key is ``bb_`` and 12 characters that may be shown, an underscore, and 32 bytes of randomness. So much randomness
cannot be guessed however fast a hash is, so a plain SHA-256 is what is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.model.key import ApiKey, Scope

RANDOM_BYTES: Final = 40
"""How much randomness a key is made of."""

_SHOWN_BYTES: Final = 8
_SHOWN: Final = 12
_KEY: Final = re.compile(r"(bb_[a-z2-7]{12})_[A-Za-z0-9_-]{43}")


@attrs.frozen(kw_only=True)
class MadeKey:
    """A new key: its *text* is told once and never stored."""

    text: str = attrs.field(repr=False)
    prefix: str
    digest: str


def make(randomness: bytes) -> MadeKey:
    """
    Return a key made of `RANDOM_BYTES` of secure *randomness*; raise ValueError for another number.

    >>> make(bytes(40)).prefix
    'bb_aaaaaaaaaaaa'
    """
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a key is made of {RANDOM_BYTES} bytes")
    prefix = "bb_" + b32encode(randomness[:_SHOWN_BYTES]).decode().lower()[:_SHOWN]
    text = f"{prefix}_{urlsafe_b64encode(randomness[_SHOWN_BYTES:]).decode().rstrip('=')}"
    return MadeKey(text=text, prefix=prefix, digest=digest_of(text))


def prefix_of(text: str) -> str | None:
    """
    Return the visible beginning of what looks like a key; None: it is none.

    >>> prefix_of(make(bytes(40)).text)
    'bb_aaaaaaaaaaaa'
    >>> prefix_of("bb_guess")
    """
    match = _KEY.fullmatch(text)
    return match[1] if match else None


def digest_of(text: str) -> str:
    """Return the digest of a key, as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def accepts(key: ApiKey, text: str, *, now: datetime) -> bool:
    """Tell whether *text* is this very key, and it is still good; takes as long for a near miss as for any other."""
    same = hmac.compare_digest(key.digest, digest_of(text))
    expired = key.expires_at is not None and now >= key.expires_at
    return same and key.revoked_at is None and not expired


def allows(held: Collection[Scope], needed: Scope) -> bool:
    """
    Tell whether a key that holds these scopes may do what needs *needed*.

    >>> allows([Scope.WRITE], Scope.READ), allows([Scope.WRITE], Scope.ADMIN)
    (True, False)
    """
    order = list(Scope)
    return any(order.index(scope) >= order.index(needed) for scope in held)
