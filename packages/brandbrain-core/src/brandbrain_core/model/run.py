"""A compile run: what users see of a compile. How it gets done is its job's matter (`brandbrain_core.model.job`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.ids import BrandId, RunId, SourceId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.reports import RunReport


class RunStatus(StrEnum):
    """PENDING while its job waits, RUNNING under a lease, and one of the last two for ever."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Stage(StrEnum):
    """Where a running compile is."""

    INGESTION = "ingestion"
    NORMALIZATION = "normalization"
    BUNDLING = "bundling"
    COMPILING = "compiling"
    QA = "qa"
    MERGING = "merging"


@attrs.frozen(kw_only=True)
class Progress:
    """How far a running compile is."""

    stage: Stage
    sources_completed: int
    sources_total: int


@attrs.frozen(kw_only=True)
class FrozenSource:
    """
    A source as it was at kick-off, with the settings that matter to its collector.

    Attributes:
        is_allowed: Whether its capability may be collected and bundled; where not, it is only reported as skipped.
    """

    id: SourceId
    platform: Platform
    capability: Capability
    identifier: str
    is_allowed: bool = True
    settings: JsonObject | None = None


@attrs.frozen(kw_only=True)
class Configuration:
    """
    What shapes a result beside its inputs.

    Attributes:
        synthesizers: Ids in the order they are tried.
        model: Of the first synthesizer; None: it uses none.
        prompt_version: Of the first synthesizer.
        policies: The version of every policy that shapes the result, by name.
        caps: By name; another cap is another result.
    """

    synthesizers: tuple[str, ...]
    model: str | None = None
    prompt_version: str
    policies: Mapping[str, str]
    caps: Mapping[str, int]


@attrs.frozen(kw_only=True)
class FrozenInputs:
    """
    What a run compiles: captured at kick-off, and exactly this is used.

    Attributes:
        captured_at: Aware, UTC; a snapshot with older inputs never replaces one with newer.
        answers: As stored, by question id.
        sources: The enabled ones, ordered by platform, capability and identifier.
    """

    captured_at: datetime
    answers: JsonObject
    sources: tuple[FrozenSource, ...]
    configuration: Configuration


@attrs.frozen(kw_only=True)
class CompileRun:
    """
    One compile of one brand.

    Attributes:
        inputs_hash: Of *inputs* alone; see `brandbrain_core.policies.hashing`.
        error: Why it failed, for people; sanitised, at most 8 KiB.
        cancelled: Whether it failed because a person cancelled it.
        report: What it reports at its end; None while it has not ended.
    """

    id: RunId
    brand_id: BrandId
    status: RunStatus = RunStatus.PENDING
    inputs: FrozenInputs
    inputs_hash: str
    force_refresh: bool = False
    progress: Progress | None = None
    error: str | None = None
    cancelled: bool = False
    report: RunReport | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
