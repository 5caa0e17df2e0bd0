"""The repository of views: the reads that are asked for most, each within a budget of statements."""

from __future__ import annotations

from typing import Protocol

from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.model.views import BrandState, HistoryView, LatestView, RunsView, RunView


class ViewRepository(Protocol):
    """
    Reads put together by the store. Documents and reports are JSON text that is handed through, never parsed.

    In parentheses: how many statements a store in a database may need.
    """

    async def latest(self, brand: BrandId, *, report: bool = False) -> LatestView:
        """
        Return the newest version (1), with the report of its run if asked for.

        Raise `BrandNotFound`, or `SnapshotNotFound` if there is none.
        """

    async def run(self, brand: BrandId, run: RunId) -> RunView:
        """Return a run (1); raise `RunNotFound`, also when it is another brand's or the brand is not there."""

    async def history(self, brand: BrandId, *, before_version: int | None, offset: int, limit: int) -> HistoryView:
        """
        Return up to *limit* entries, newest first, of versions below *before_version*, after skipping *offset* (2).

        Any *offset* is fine, however large. Raise `BrandNotFound`.
        """

    async def runs(self, brand: BrandId, *, after: RunId | None, offset: int, limit: int) -> RunsView:
        """
        Return up to *limit* runs, newest first (by id), behind *after*, after skipping *offset* (2).

        Any *offset* is fine, however large. Raise `BrandNotFound`.
        """

    async def state(self, brand: BrandId, *, document: bool = False) -> BrandState:
        """
        Return everything small about the brand (1 or 2), and the newest version's text if *document*.

        Raise `BrandNotFound`.
        """
