"""Taking away the leases of workers that show no sign of life; any worker does it, as often as it likes."""

from __future__ import annotations

import logging
from typing import Final

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.ports import Released
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.jobs import release_stale
from brandbrain_worker.counters import Counters

log = logging.getLogger(__name__)

BATCH: Final = 100


async def sweep(deps: Deps, counters: Counters) -> int:
    """Release every stale lease, batch by batch; return how many. Never raises: a sweep that failed is one missed."""
    count = 0
    try:
        async for released in release_stale(deps, batch=BATCH):
            for each in released:
                _tell(each)
            counters.add("released", len(released))
            count += len(released)
    except BrandBrainError as error:
        counters.unanswered("sweep")
        log.warning("sweep failed", extra={"error": f"{type(error).__name__}: {error}"})
    except Exception:
        log.exception("sweep broke")
    return count


async def take_stock(deps: Deps, counters: Counters) -> None:
    """Note how the queue stands, and how far this machine's clock is from the store's. Never raises."""
    try:
        async with deps.store.reading() as work:
            stats = await work.jobs.stats()
    except BrandBrainError:
        return
    except Exception:
        log.exception("the queue could not be looked at")
        return
    counters.queue(stats, clock_ahead=deps.clock.now() - stats.now)
    log.info("worker lives", extra=counters.as_dict())


def _tell(released: Released) -> None:
    log.warning(
        "stale lease released",
        extra={
            "job": str(released.job_id),
            "run": str(released.compile_run_id),
            "held_by": released.worker,
            "last_sign_of_life": released.locked_at.isoformat(),
            "token": released.token,
            "attempts": released.attempts,
            "now": released.status,
        },
    )
