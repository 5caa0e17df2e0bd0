"""
Where this process's claims begin to look in the queue.

As long as somebody, anywhere in the database, keeps an old view of the data open (a dump, a forgotten transaction),
PostgreSQL cannot remove from the index of what waits what was claimed long ago, and a claim that begins at the index's
beginning passes by all of it. What this process has claimed it need not pass by again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

LASTS_SECONDS: Final = 5.0
"""After so long, one claim looks from the beginning."""


class Floor:
    """
    The `available_at` below which this process found nothing to claim lately.

    A job can become ready below it: when its brand is free again, or when the transaction that adds it commits late. It
    is claimed as soon as less is found above than was asked for, and after `LASTS_SECONDS` in any case.

    Args:
        monotonic: Seconds, from any beginning.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lowest: datetime | None = None
        self._until = 0.0

    def lowest(self) -> datetime | None:
        """Return from where to look; None: from the beginning."""
        return self._lowest if self._monotonic() < self._until else None

    def moves(self, lowest: datetime | None, *, from_beginning: bool) -> None:
        """Take note of the *lowest* that was claimed; None: less was found than was asked for."""
        if from_beginning:
            self._until = self._monotonic() + LASTS_SECONDS
        self._lowest = lowest

    def forget(self) -> None:
        """Look from the beginning next time."""
        self._lowest = None
