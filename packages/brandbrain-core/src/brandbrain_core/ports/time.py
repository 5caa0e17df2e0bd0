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
