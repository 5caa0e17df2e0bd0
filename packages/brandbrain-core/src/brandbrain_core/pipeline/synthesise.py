"""Drafting: the synthesizers in order, each draft checked; the first that passes is taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import attrs

from brandbrain_core.errors import CompileFailed, SynthesisFailed
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.reports import CheckStatus, EvidenceStatus, QaReport
from brandbrain_core.model.snapshot import Snapshot, SynthesizerInfo
from brandbrain_core.policies.assembly import assemble
from brandbrain_core.policies.qa import check
from brandbrain_core.ports import Synthesizer

log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Checked:
    """A draft of the snapshot, before overrides, and what QA says of it."""

    snapshot: Snapshot
    qa_report: QaReport


async def synthesise(
    synthesizers: Sequence[Synthesizer],
    brief: Brief,
    *,
    status: EvidenceStatus,
    now: datetime,
    checking: Callable[[], Awaitable[None]],
) -> Checked:
    """
    Return the first checked draft that is not rejected; one by a later synthesizer is marked degraded.

    *checking* is called before a draft is checked.

    Raises:
        CompileFailed: All failed or were rejected; worth another attempt where one of them said so.
    """
    reasons: list[str] = []
    retryable = False
    for synthesizer in synthesizers:
        try:
            draft = await synthesizer.draft(brief)
        except SynthesisFailed as failure:
            reasons.append(str(failure))
            retryable = retryable or failure.retry_after is not None
        except Exception as error:
            log.exception("synthesizer broke", extra={"synthesizer": synthesizer.id})
            reasons.append(f"Synthesizer {synthesizer.id} broke ({type(error).__name__})")
        else:
            await checking()
            try:
                checked = await asyncio.to_thread(_checked, synthesizer, draft, brief, bool(reasons), status, now)
            except Exception as error:
                log.exception("a draft cannot be read", extra={"synthesizer": synthesizer.id})
                reasons.append(f"Draft of {synthesizer.id} cannot be read ({type(error).__name__})")
                continue
            if checked.qa_report.status is not CheckStatus.FAILED:
                return checked
            reasons.append(f"Draft of {synthesizer.id} rejected: {_complaints(checked.qa_report)}")
    raise CompileFailed("; ".join(reasons), retryable)


def _checked(
    synthesizer: Synthesizer, draft: Draft, brief: Brief, degraded: bool, status: EvidenceStatus, now: datetime
) -> Checked:
    info = SynthesizerInfo(
        id=synthesizer.id, model=draft.model, prompt_version=synthesizer.prompt_version, degraded=degraded
    )
    assembled = assemble(brief, draft, synthesizer=info, status=status, now=now)
    return Checked(snapshot=assembled.snapshot, qa_report=check(assembled, brief))


def _complaints(report: QaReport) -> str:
    return ", ".join(c.message for c in report.checks if c.status is CheckStatus.FAILED)
