"""What a compile is made of: runs, jobs, leases, reports, briefs and drafts."""

from __future__ import annotations

from typing import Any

from brandbrain_core.model.bundle import Bundle, BundleCriteria, BundleSummary, TranscriptCoverage
from brandbrain_core.model.draft import Draft, DraftPillar, Inference
from brandbrain_core.model.job import Job, Lease
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.reports import CheckStatus, EvidenceStatus, QaCheck, QaReport, RunReport
from brandbrain_core.model.run import CompileRun, Configuration, FrozenInputs, FrozenSource, Progress, Stage
from brandbrain_core.testing.builders.numbered import BRAND, SOURCE, job_id, run_id
from brandbrain_core.testing.clock import NOON


def configuration(**changes: Any) -> Configuration:
    """Return the configuration of the rule-based synthesizer."""
    made: dict[str, Any] = {
        "synthesizers": ("rules",),
        "prompt_version": "1",
        "policies": {"bundling": "1"},
        "caps": {"ig_posts": 8},
    }
    return Configuration(**made | changes)


def frozen_source(**changes: Any) -> FrozenSource:
    """Return the first source as a run freezes it."""
    made: dict[str, Any] = {
        "id": SOURCE,
        "platform": Platform.INSTAGRAM,
        "capability": Capability.POSTS,
        "identifier": "marrowby1",
    }
    return FrozenSource(**made | changes)


def frozen_inputs(**changes: Any) -> FrozenInputs:
    """Return inputs captured at noon."""
    made: dict[str, Any] = {
        "captured_at": NOON,
        "answers": {"tier0.what_we_do": "We mend sails."},
        "sources": (frozen_source(),),
        "configuration": configuration(),
    }
    return FrozenInputs(**made | changes)


def compile_run(number: int = 1, **changes: Any) -> CompileRun:
    """Return compile run *number* of the first brand, pending."""
    made: dict[str, Any] = {
        "id": run_id(number),
        "brand_id": BRAND,
        "inputs": frozen_inputs(),
        "inputs_hash": "0" * 64,
        "created_at": NOON,
    }
    return CompileRun(**made | changes)


def job(number: int = 1, **changes: Any) -> Job:
    """Return job *number*, of compile run *number* of the first brand, pending."""
    made: dict[str, Any] = {
        "id": job_id(number),
        "brand_id": BRAND,
        "compile_run_id": run_id(number),
        "available_at": NOON,
        "inputs_hash": "0" * 64,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Job(**made | changes)


def lease(number: int = 1, **changes: Any) -> Lease:
    """Return the lease of the first attempt at job *number*."""
    made: dict[str, Any] = {
        "job_id": job_id(number),
        "compile_run_id": run_id(number),
        "brand_id": BRAND,
        "token": 1,
        "worker": "loft-00000001",
        "attempt": 1,
        "max_attempts": 3,
        "force_refresh": False,
        "claimed_at": NOON,
    }
    return Lease(**made | changes)


def progress(stage: Stage = Stage.INGESTION, completed: int = 1, total: int = 2) -> Progress:
    """Return how far a compile is."""
    return Progress(stage=stage, sources_completed=completed, sources_total=total)


def run_report(**changes: Any) -> RunReport:
    """Return the report of a run that passed QA and used no sources."""
    check = QaCheck(id="taboos", status=CheckStatus.PASSED, message="No taboo was broken.")
    made: dict[str, Any] = {
        "evidence_status": EvidenceStatus(),
        "qa_report": QaReport(status=CheckStatus.PASSED, checks=(check,)),
        "bundle_criteria": bundle().criteria,
        "bundle_summary": bundle().summary,
    }
    return RunReport(**made | changes)


def bundle(**changes: Any) -> Bundle:
    """Return an empty bundle."""
    criteria = BundleCriteria(version="1", recent_m=3, top_engagement_n=5, global_max=40, caps_used={})
    summary = BundleSummary(
        by_platform={},
        total_selected=0,
        total_eligible=0,
        excluded_collection_pages=0,
        excluded_low_value=0,
        excluded_error_pages=0,
        web_only_exception_applied=False,
        transcript_coverage=TranscriptCoverage(items_with_transcript=0, total_items=0, coverage=0.0),
    )
    made: dict[str, Any] = {"items": (), "criteria": criteria, "summary": summary}
    return Bundle(**made | changes)


def draft(**changes: Any) -> Draft:
    """Return a draft with one pillar and one inferred field."""
    pillar = DraftPillar(
        name=Inference(value="Craft"), description=Inference(value="How it is done."), themes=Inference(value=())
    )
    made: dict[str, Any] = {"fields": {"voice.emoji_policy": Inference(value="none")}, "pillars": (pillar,)}
    return Draft(**made | changes)
