"""What was measured, as a table of medians over rounds; ratios are taken within a round, to the bare loop in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.jobs.measured import Measured, Order, plain

_HEAD = ("contender", "slots", "fsync", "enqueue/s", "done/s", "of bare", "cpu/job", "pick-up p50", "p95", "lost")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contender with one number of slots in one round; *measured* is None where it failed, *error* says why."""

    order: Order
    durable: bool
    round: int
    measured: Measured | None
    error: str | None

    @property
    def broken(self) -> bool:
        """Whether it failed, lost jobs, or did any twice."""
        return self.measured is None or bool(self.measured.lost or self.measured.repeated)

    def summary(self) -> str:
        """Return it in a line."""
        what = f"round {self.round}, {self.order.contender}, {self.order.slots} at a time"
        if self.measured is None:
            return f"{what}: {self.error}"
        return f"{what}: {self.measured.done_per_second} jobs a second, pick-up {self.measured.pickup_p50} ms"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        asked = {name: value for name, value in plain(self.order).items() if name != "dsn"}
        measured = plain(self.measured) if self.measured else {}
        return {**asked, "fsync": self.durable, "round": self.round, **measured, "error": self.error}


def table(rows: Sequence[Row]) -> str:
    """Return the rows of all rounds, summed up, and the versions of what was measured."""
    groups: dict[tuple[bool, int, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.durable, row.order.slots, row.order.contender), []).append(row)
    bare = {(row.durable, row.round): row.measured for row in rows if _is_one_by_one(row)}
    cells = [_HEAD, *(_cells(group, bare) for group in groups.values())]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    versions = dict.fromkeys(row.measured.versions for row in rows if row.measured)
    return "\n".join([*lines, f"Medians; of bare: beside the bare loop one by one. {'; '.join(versions)}"]) + "\n"


def _is_one_by_one(row: Row) -> bool:
    return row.order.contender == "bare" and row.order.slots == 1 and row.measured is not None


def _cells(group: Sequence[Row], bare: dict[tuple[bool, int], Measured | None]) -> tuple[str, ...]:
    """Return a group of rows, alike but for the round, as one line."""
    first = group[0]
    named = (first.order.contender, str(first.order.slots), "on" if first.durable else "off")
    found = [row.measured for row in group if row.measured is not None]
    if not found:
        return (*named, *["-"] * 6, first.error or "")
    ratios = [
        row.measured.done_per_second / limit.done_per_second
        for row in group
        if row.measured and (limit := bare.get((row.durable, row.round)))
    ]
    return (
        *named,
        f"{_median(found, lambda one: one.enqueued_per_second):.0f}",
        f"{_median(found, lambda one: one.done_per_second):.0f}",
        f"{median(ratios):.2f}" if ratios else "-",
        f"{_median(found, lambda one: one.cpu_per_job):.2f} ms",
        f"{_median(found, lambda one: one.pickup_p50):.1f} ms",
        f"{_median(found, lambda one: one.pickup_p95):.1f} ms",
        str(sum(one.lost + one.repeated for one in found)),
    )


def _median(found: Sequence[Measured], pick: Callable[[Measured], float]) -> float:
    return median(pick(one) for one in found)
