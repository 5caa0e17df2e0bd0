"""Who calls: API keys looked up, remembered for a moment, and judged each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from brandbrain_core.model.key import ApiKey
from brandbrain_core.policies import keys as policy
from brandbrain_core.services.deps import Deps
from brandbrain_http.call import Caller
from brandbrain_http.errors import HttpError

REMEMBERED: Final = timedelta(seconds=5)
"""For so long a key that was revoked elsewhere still works, and no key is asked for yet once the first one was made."""

_AT_MOST: Final = 1_000
_SCHEME: Final = "bearer "


@attrs.frozen
class _Remembered:
    key: ApiKey | None
    until: datetime


class Keyring:
    """Tells callers by their keys; belongs to one event loop."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._keys: dict[str, _Remembered] = {}
        self._asked_for = False
        self._asked_again_at: datetime | None = None

    async def caller(self, authorization: str | None) -> Caller | None:
        """
        Return who calls; None: no key was ever made, so none is asked for.

        Raises:
            HttpError: 401, if a key is asked for and this is none that is good.
        """
        now = self._deps.clock.now()
        if not await self._is_asked_for(now):
            return None
        text = _bearer(authorization)
        prefix = None if text is None else policy.prefix_of(text)
        key = None if prefix is None else await self._key(prefix, now)
        if text is None or key is None or not policy.accepts(key, text, now=now):
            raise HttpError(
                401, "A valid API key is required", "unauthenticated", headers=(("WWW-Authenticate", "Bearer"),)
            )
        return Caller(tenant=key.tenant, scopes=key.scopes, prefix=key.prefix)

    async def _is_asked_for(self, now: datetime) -> bool:
        """Tell whether any key was ever made; once one was, for good."""
        if not self._asked_for and (self._asked_again_at is None or now >= self._asked_again_at):
            async with self._deps.store.reading() as work:
                self._asked_for = await work.keys.any()
            self._asked_again_at = now + REMEMBERED
        return self._asked_for

    async def _key(self, prefix: str, now: datetime) -> ApiKey | None:
        remembered = self._keys.get(prefix)
        if remembered is not None and now < remembered.until:
            return remembered.key
        async with self._deps.store.reading() as work:
            key = await work.keys.by_prefix(prefix)
        while len(self._keys) >= _AT_MOST:
            del self._keys[next(iter(self._keys))]
        self._keys[prefix] = _Remembered(key, now + REMEMBERED)
        return key


def _bearer(authorization: str | None) -> str | None:
    """
    Return the token of an Authorization header of the right scheme.

    >>> _bearer("bearer  bb_x "), _bearer("Basic abc")
    ('bb_x', None)
    """
    if authorization is None or not authorization.lower().startswith(_SCHEME):
        return None
    return authorization[len(_SCHEME) :].strip()
