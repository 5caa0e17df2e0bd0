"""What stands in the way of a retry by hand: the brand's other jobs, and what it has published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Uuid, bindparam, select

from brandbrain_core import wire
from brandbrain_core.model.run import FrozenInputs
from brandbrain_core.policies.coalescing import Rivals
from brandbrain_store.built import built_once
from brandbrain_store.job_locks import Held
from brandbrain_store.job_statements import RUNNING
from brandbrain_store.tables import compile_runs, jobs, snapshots
from brandbrain_store.work import Work


async def rivals_of(work: Work, held: Held) -> Rivals:
    """
    Return what else the brand of a locked job has.

    What runs and what is published are read in one statement: between two of them one could become the other unseen.
    """
    row = (await work.run(_rivals(), {"brand": held.job.brand_id})).one()
    running = None if row.running_inputs is None else wire.loads(row.running_inputs, FrozenInputs)
    return Rivals(
        one_waits=held.waiting is not None,
        running_inputs_at=None if running is None else running.captured_at,
        published_inputs_at=row.published_inputs_at,
    )


@built_once
def _rivals() -> Select[Any]:
    brand = bindparam("brand", type_=Uuid())
    running = (
        select(compile_runs.c.inputs)
        .join(jobs, jobs.c.compile_run_id == compile_runs.c.id)
        .where(jobs.c.brand_id == brand, RUNNING)
    )
    newest = select(snapshots.c.inputs_at).where(snapshots.c.brand_id == brand).order_by(snapshots.c.version.desc())
    return select(
        running.scalar_subquery().label("running_inputs"),
        newest.limit(1).scalar_subquery().label("published_inputs_at"),
    )
