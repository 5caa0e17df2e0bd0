"""What was measured, as a table: every number beside that of the bare loop of the same round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.jobs.measured import Order, plain

_HEAD = ("contender", "slots", "fsync", "enqueue/s", "done/s", "of bare", "pick-up p50", "p95", "lost", "versions")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contender with one number of slots; *measured* is None where it failed, and *error* says why."""

    order: Order
    durable: bool
    measured: dict[str, Any] | None
    error: str | None

    @property
    def broken(self) -> bool:
        """Whether it failed, lost jobs, or did any twice."""
        return self.measured is None or bool(self.measured["lost"]) or bool(self.measured["repeated"])

    def summary(self) -> str:
        """Return it in a line."""
        said = self.error or f"{self._of('done_per_second')} jobs a second, pick-up {self._of('pickup_p50')} ms"
        return f"{self.order.contender}, {self.order.slots} at a time: {said}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        asked = {name: value for name, value in plain(self.order).items() if name != "dsn"}
        return {**asked, "fsync": self.durable, **(self.measured or {}), "error": self.error}

    def cells(self, bare: Row | None) -> list[str]:
        """Return it as cells; *bare* is what it is compared with."""
        first = [self.order.contender, str(self.order.slots), "on" if self.durable else "off"]
        if self.measured is None:
            return [*first, "-", "-", "-", "-", "-", "-", self.error or ""]
        speed = self.measured["done_per_second"]
        ratio = f"{speed / bare.measured['done_per_second']:.2f}" if bare and bare.measured else "-"
        lost = str(self.measured["lost"] + self.measured["repeated"])
        latency = [f"{self.measured['pickup_p50']:.1f} ms", f"{self.measured['pickup_p95']:.1f} ms"]
        rates = [f"{self.measured['enqueued_per_second']:.0f}", f"{speed:.0f}", ratio]
        return [*first, *rates, *latency, lost, self.measured["versions"]]

    def _of(self, name: str) -> Any:
        return None if self.measured is None else self.measured[name]


def table(rows: Sequence[Row]) -> str:
    """Return the rows with a heading; a ratio is to the last bare loop that finished one by one before the row."""
    cells: list[Sequence[str]] = [_HEAD]
    one_by_one: dict[bool, Row] = {}
    for row in rows:
        if row.order.contender == "bare" and row.order.slots == 1:
            one_by_one[row.durable] = row
        cells.append(row.cells(one_by_one.get(row.durable)))
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in cells)
