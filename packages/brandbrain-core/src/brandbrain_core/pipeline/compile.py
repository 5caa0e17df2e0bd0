"""One compile under a lease, top to bottom."""

from __future__ import annotations

import asyncio
import logging

import attrs

from brandbrain_core.errors import CompileFailed, LeaseLost, Unavailable
from brandbrain_core.model.reports import EvidenceStatus, RunReport
from brandbrain_core.model.run import CompileRun, Progress, Stage
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.pipeline.brief import choose_bundle, corpus_of, write_brief
from brandbrain_core.pipeline.collect import collect_all
from brandbrain_core.pipeline.outcomes import Tally
from brandbrain_core.pipeline.publish import publish
from brandbrain_core.pipeline.synthesise import synthesise
from brandbrain_core.pipeline.telling import Teller
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, UnitOfWork

log = logging.getLogger(__name__)


async def compile_leased(tools: Tools) -> Ended:
    """
    Do the work of the lease: collect, normalise, bundle, draft, check, merge, publish; end run and job either way.

    A failure that another attempt may mend leaves the job waiting for it.

    Raises:
        LeaseLost: The lease is gone; whatever was not written is thrown away.
        Unavailable: The database is gone; the job stays under its lease until that lapses.
        asyncio.CancelledError: The caller stopped it; the job stays under its lease, to be handed back.
    """
    run = await tools.read(lambda work: work.runs.get(tools.lease.brand_id, tools.lease.compile_run_id))
    attempt = _Attempt(tools, run)
    try:
        return await attempt.carry_out()
    except (LeaseLost, Unavailable):
        raise
    except CompileFailed as failure:
        return await attempt.fail(str(failure), retry=failure.retryable)
    except Exception as error:
        log.exception("compile broke", extra={"run": str(run.id)})
        return await attempt.fail(f"Unexpected error ({type(error).__name__})", retry=True)


class _Attempt:
    """One attempt at a run: its stages in order, and what it can report so far."""

    def __init__(self, tools: Tools, run: CompileRun) -> None:
        self._tools = tools
        self._run = run
        self._tally = Tally()
        self._teller = Teller(tools)
        self._report = RunReport()

    async def carry_out(self) -> Ended:
        async with self._teller.telling():
            draft = await self._draft()
            await self._at(Stage.MERGING)
        return await publish(self._tools, self._run, draft, self._report, fenced=self._teller.catch_up)

    async def fail(self, error: str, *, retry: bool) -> Ended:
        report = attrs.evolve(self._report, evidence_status=self._tally.status())
        lease, terms = self._tools.lease, self._tools.plan.terms

        async def act(work: UnitOfWork) -> Ended:
            await self._teller.catch_up(work)
            return await work.jobs.fail(lease, error, retry=retry, report=report, terms=terms)

        self._tools.finishing()
        return await self._tools.end(act)

    async def _draft(self) -> Snapshot:
        tools, inputs = self._tools, self._run.inputs
        status = await self._collect()
        await self._at(Stage.BUNDLING)
        corpus = await corpus_of(tools, self._run.brand_id, inputs)
        if tools.plan.require_evidence and not corpus:
            raise CompileFailed(
                "No evidence could be collected, and this installation requires some", bool(status.failed)
            )
        chosen = await asyncio.to_thread(choose_bundle, corpus, inputs.answers, tools.plan.caps)
        self._report = attrs.evolve(self._report, bundle_criteria=chosen.criteria, bundle_summary=chosen.summary)
        brief = await write_brief(corpus, chosen, inputs)
        await self._at(Stage.COMPILING)
        checked = await synthesise(
            tools.plan.synthesizers,
            brief,
            status=status,
            now=tools.clock.now(),
            checking=lambda: self._at(Stage.QA),
        )
        self._report = attrs.evolve(self._report, qa_report=checked.qa_report)
        return checked.snapshot

    async def _collect(self) -> EvidenceStatus:
        await self._at(Stage.INGESTION)
        force = self._run.force_refresh or self._tools.lease.force_refresh
        await collect_all(
            self._tools,
            self._run.inputs.sources,
            force=force,
            tally=self._tally,
            done=lambda: self._at(Stage.INGESTION),
        )
        await self._at(Stage.NORMALIZATION)
        status = self._tally.status()
        self._report = attrs.evolve(self._report, evidence_status=status)
        return status

    async def _at(self, stage: Stage) -> None:
        """Tell how far the run is; raise `LeaseLost` if that is found out by it."""
        progress = Progress(
            stage=stage, sources_completed=len(self._tally), sources_total=len(self._run.inputs.sources)
        )
        await self._teller.tell(progress)
