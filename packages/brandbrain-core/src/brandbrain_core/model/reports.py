"""Reports that go with a finished run: what happened to each source, what QA found, what changed."""

from __future__ import annotations

from enum import StrEnum

import attrs

from brandbrain_core.ids import CollectionRunId, SourceId
from brandbrain_core.model.bundle import BundleCriteria, BundleSummary
from brandbrain_core.model.json import JsonValue


@attrs.frozen(kw_only=True)
class SourceOutcome:
    """
    What one compile did with one source. Members that do not apply are absent on the wire.

    Attributes:
        source: ``platform.capability``.
        reason: A sentence for people.
        apify_run_id: Our own collection run's id; the name is the contract's.
        run_age_hours: Age of the collection run that was used, at the start of the compile; hours, one decimal.
    """

    source: str
    source_connection_id: SourceId
    platform: str
    capability: str
    identifier: str
    reason: str
    error: str | None = None
    error_code: str | None = None
    collector: str | None = None
    apify_run_id: CollectionRunId | None = None
    apify_run_status: str | None = None
    raw_items_count: int | None = None
    normalized_created: int | None = None
    normalized_updated: int | None = None
    normalized_rejected: int | None = None
    item_count: int | None = None
    run_age_hours: float | None = None
    rejections: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class EvidenceStatus:
    """What happened to each enabled source; four lists, always all there."""

    reused: tuple[SourceOutcome, ...] = ()
    refreshed: tuple[SourceOutcome, ...] = ()
    skipped: tuple[SourceOutcome, ...] = ()
    failed: tuple[SourceOutcome, ...] = ()


class CheckStatus(StrEnum):
    """Of a QA check and of the whole report; one failed check rejects the draft."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class QaCheck:
    """One check; *paths* are the fields it complains of."""

    id: str
    status: CheckStatus
    message: str
    paths: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class QaReport:
    """All checks; the worst status is the report's."""

    status: CheckStatus
    checks: tuple[QaCheck, ...]


@attrs.frozen(kw_only=True)
class RunReport:
    """All that a finished run reports beside its snapshot; a failed run has what it got to."""

    evidence_status: EvidenceStatus = EvidenceStatus()
    qa_report: QaReport | None = None
    bundle_criteria: BundleCriteria | None = None
    bundle_summary: BundleSummary | None = None


@attrs.frozen(kw_only=True)
class Change:
    """
    One leaf that differs, by effective value.

    Attributes:
        before: Absent (`ABSENT`) where the leaf was added.
        after: Absent (`ABSENT`) where the leaf was removed.
    """

    path: str
    before: JsonValue
    after: JsonValue


class Absent:
    """The type of `ABSENT`: there is no value, which is not the same as null."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()
"""There is no value here."""


@attrs.frozen(kw_only=True)
class DiffSummary:
    """How many leaves changed, came and went."""

    fields_changed: int
    fields_added: int
    fields_removed: int
