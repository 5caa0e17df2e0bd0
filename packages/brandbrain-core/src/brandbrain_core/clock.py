"""The one place where the machine's clock and randomness enter: adapters of the `Clock` and `Ids` ports."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import UUID

from brandbrain_core.ids import uuid7


class SystemClock:
    """Tells the machine's time: aware, UTC, microseconds."""

    def now(self) -> datetime:
        """Return this moment."""
        return datetime.now(UTC)


class SystemIds:
    """Makes UUIDv7 from the machine's clock and its secure randomness."""

    def new(self) -> UUID:
        """Return an id that was never given before."""
        return uuid7(datetime.now(UTC), secrets.randbits)
