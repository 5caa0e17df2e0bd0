"""What was measured, and how it is shown: every figure beside those of the bare applications of the same round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

_HEAD = (
    "database",
    "brands",
    "route",
    "conns",
    "req/s",
    "of driver",
    "of none",
    "of usual",
    "p50 ms",
    "p95 ms",
    "driver p95",
    "CPU µs",
    "usual CPU",
    "driver CPU",
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """
    One round of one contender.

    Attributes:
        rate: Answers in a second.
        p50, p95: Milliseconds.
        cpu: Microseconds of the server's processor time for an answer.
    """

    rate: float
    p50: float
    p95: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """A route at a number of connections: medians over the rounds. *usual* is ours with SQLAlchemy in between."""

    database: str
    brands: int
    route: str
    connections: int
    ours: Sample
    usual: Sample
    driver: Sample
    nothing: Sample
    of_usual: float
    of_driver: float
    of_nothing: float

    def cells(self) -> list[str]:
        """Return it as cells."""
        return [
            self.database,
            str(self.brands),
            self.route,
            str(self.connections),
            f"{self.ours.rate:.0f}",
            f"{self.of_driver:.2f}",
            f"{self.of_nothing:.2f}",
            f"{self.of_usual:.2f}",
            f"{self.ours.p50:.2f}",
            f"{self.ours.p95:.2f}",
            f"{self.driver.p95:.2f}",
            f"{self.ours.cpu:.0f}",
            f"{self.usual.cpu:.0f}",
            f"{self.driver.cpu:.0f}",
        ]


def sample(seconds: Sequence[float], took: float, cpu: float) -> Sample:
    """Return what the times of single answers say, *took* and *cpu* seconds having gone by for all of them."""
    upper = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return Sample(
        rate=round(len(seconds) / took, 1),
        p50=round(1000 * median(seconds), 3),
        p95=round(1000 * upper, 3),
        cpu=round(1_000_000 * cpu / len(seconds), 1),
    )


def middle(samples: Sequence[Sample]) -> Sample:
    """Return the median of each figure."""
    return Sample(
        rate=median(one.rate for one in samples),
        p50=median(one.p50 for one in samples),
        p95=median(one.p95 for one in samples),
        cpu=median(one.cpu for one in samples),
    )


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> float:
    """Return the median, over the rounds, of our rate as a share of theirs."""
    return round(median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True)), 3)


def table(rows: Sequence[Row]) -> str:
    """Return the rows with a heading."""
    cells = [_HEAD, *(tuple(row.cells()) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in cells)
