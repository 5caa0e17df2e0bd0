"""Clock and ids: what core never reaches for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this moment: aware, UTC."""


class Ids(Protocol):
    """Makes ids."""

    def new(self) -> UUID:
        """Return an id that was never given before; later ones sort after earlier ones, to the millisecond."""


class WakeUps(Protocol):
    """Tells a waiting worker that a job may have become ready. It may be wrong either way, so a poll always stays."""

    async def wait(self, seconds: float) -> bool:
        """Wait until something may have become ready (True), or for that many *seconds* (False)."""

    async def close(self) -> None:
        """Stop listening; calling again does nothing."""
