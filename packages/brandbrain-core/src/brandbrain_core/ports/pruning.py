"""What a batch of pruning brings."""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

Key = TypeVar("Key")


@attrs.frozen(kw_only=True)
class Pruned(Generic[Key]):
    """
    What a batch of pruning did. Batches go through the rows in an order; what stays is not looked at twice.

    Attributes:
        deleted: How many were deleted.
        last: Where the batch ended, to be given to the next one; None: it was the last.
    """

    deleted: int
    last: Key | None = None
