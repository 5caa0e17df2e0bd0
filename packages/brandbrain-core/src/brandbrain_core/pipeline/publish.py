"""Publishing: overrides and pins of this very moment, merged, numbered, and stored with the end of run and job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from brandbrain_core import wire
from brandbrain_core.errors import CompileFailed
from brandbrain_core.ids import SnapshotId
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.pipeline.newest import newest_snapshot
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.policies.diffing import diff_snapshots, summarise
from brandbrain_core.policies.hashing import input_hash, inputs_hash
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.overriding import freeze
from brandbrain_core.ports import Ended, UnitOfWork


async def publish(
    tools: Tools,
    run: CompileRun,
    draft: Snapshot,
    report: RunReport,
    *,
    fenced: Callable[[UnitOfWork], Awaitable[None]],
) -> Ended:
    """
    Publish *draft* as the brand's next version and end run and job as succeeded, in one fenced transaction.

    Its hash is that of what was really used: a worker with other synthesizers, models or caps than those that were
    frozen at kick-off makes a snapshot that does not count as up to date for whoever asked. *fenced* writes what else
    belongs to the end, behind the fence; it must bear repeating.

    Raises:
        LeaseLost: The lease is gone; nothing was written.
        CompileFailed: A snapshot with newer inputs is there already.
        Unavailable: The database is gone; the commit may have happened.
    """

    async def act(work: UnitOfWork) -> Ended:
        if await work.snapshots.of_run(run.id) is None:
            await work.jobs.fence(tools.lease)
            await fenced(work)
            await work.snapshots.append(await _next_version(tools, work, run, draft))
        return await work.jobs.complete(tools.lease, report)

    tools.finishing()
    return await tools.end(act)


async def _next_version(tools: Tools, work: UnitOfWork, run: CompileRun, draft: Snapshot) -> StoredSnapshot:
    overrides = await work.overrides.get(run.brand_id, for_update=True)
    head = await newest_snapshot(work, run.brand_id)
    if head is not None and head.inputs_at > run.inputs.captured_at:
        raise CompileFailed(f"Superseded by compile run {head.compile_run_id}")
    version = head.version + 1 if head else 1
    merged = merge(draft, overrides, version=version)
    frozen = freeze(overrides, merged)
    if frozen != overrides:
        await work.overrides.save(frozen)
    before = wire.loads(head.document, Snapshot) if head else None
    used = inputs_hash(attrs.evolve(run.inputs, configuration=tools.plan.configuration()))
    return StoredSnapshot(
        id=SnapshotId(tools.ids.new()),
        brand_id=run.brand_id,
        version=version,
        origin=Origin.COMPILE,
        compile_run_id=run.id,
        inputs_at=run.inputs.captured_at,
        inputs_hash=used,
        input_hash=input_hash(used, overrides),
        degraded=draft.meta.synthesizer.degraded,
        diff_summary=summarise(diff_snapshots(before, merged)) if before else None,
        document=wire.dumps(merged),
        created_at=tools.clock.now(),
    )
