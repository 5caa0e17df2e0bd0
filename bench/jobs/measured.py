"""What is asked of a contender, and what was measured: plain values that cross process borders as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Order:
    """
    What is to be measured.

    Attributes:
        contender: Its name in `bench.jobs.contender.CONTENDERS`.
        dsn: Of an empty database, its own.
        slots: Jobs that are worked on at a time.
        jobs: Jobs over which the throughput is taken.
        backlog: Pending jobs beyond those.
        finished: Finished jobs that lie in the tables.
        samples: Pick-ups on an idle queue.
    """

    contender: str
    dsn: str
    slots: int
    jobs: int
    backlog: int
    finished: int
    samples: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """
    What came of it.

    Attributes:
        versions: What was measured, with versions.
        enqueued_per_second: Jobs, one by one, each in a transaction of its own.
        done_per_second: Jobs claimed, worked on (nothing is done in them) and finished.
        cpu_per_job: Milliseconds of the worker's processor time for that; the database's is not in it.
        pickup_p50, pickup_p95: Milliseconds from the return of the enqueuing call, on an idle queue, to the work's
            beginning; 0.0 where the work had begun before.
        lost: Jobs worked on whose end is not in the database afterwards.
        repeated: Jobs worked on more than once.
    """

    versions: str
    enqueued_per_second: float
    done_per_second: float
    cpu_per_job: float
    pickup_p50: float
    pickup_p95: float
    lost: int
    repeated: int


def milliseconds(seconds: list[float]) -> tuple[float, float]:
    """
    Return median and 95th percentile of times, as milliseconds.

    >>> milliseconds([0.001, 0.002, 0.003])
    (2.0, 3.0)
    """
    upper = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 20 else max(seconds)
    return round(1000 * median(seconds), 2), round(1000 * upper, 2)


def plain(value: Order | Measured) -> dict[str, Any]:
    """Return the value as JSON-ready data."""
    return asdict(value)
