from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from brandbrain_core.errors import Problem
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.policies.capabilities import allowed_capabilities
from brandbrain_core.policies.gating import check

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPLETE = {
    "tier0.what_we_do": "Mend sails",
    "tier0.who_for": "Skippers",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
}
NO_SOURCES = Problem(code="NO_ENABLED_SOURCES", message="At least one enabled SourceConnection is required")
ALLOWED = allowed_capabilities()


def source(platform: Platform, capability: Capability, *, enabled: bool = True) -> Source:
    """A source of one kind."""
    return Source(
        id=SourceId(UUID(int=2)),
        brand_id=BrandId(UUID(int=1)),
        platform=platform,
        capability=capability,
        identifier="loft",
        is_enabled=enabled,
        created_at=NOON,
        updated_at=NOON,
    )


WEB = source(Platform.WEB, Capability.CRAWL_PAGES)
PROFILE = source(Platform.LINKEDIN, Capability.PROFILE_POSTS)


def missing(ids: str) -> Problem:
    """The problem that names these answers."""
    return Problem(code="MISSING_TIER0_FIELDS", message=f"Missing required Tier0 fields: {ids}")


def test_a_complete_brand_passes() -> None:
    """Four answers and one enabled source are enough."""
    assert () == check(COMPLETE, [WEB], allowed=ALLOWED)


def test_both_tests_always_run_in_order() -> None:
    """Whoever misses both is told both, answers first, each answer in the order of the contract."""
    everything = missing("tier0.what_we_do, tier0.who_for, tier0.primary_goal, tier0.cta_posture")

    assert (everything, NO_SOURCES) == check({}, [], allowed=ALLOWED)
    assert (NO_SOURCES,) == check(COMPLETE, [], allowed=ALLOWED)
    assert (everything,) == check({"tier0.edge": ["x"]}, [WEB], allowed=ALLOWED)


@pytest.mark.parametrize("value", [None, "", "  ", "\n\t", [], {}])
def test_null_empty_and_blank_are_missing(value: Any) -> None:
    """An answer that says nothing is none."""
    answers = {**COMPLETE, "tier0.cta_posture": value, "tier0.who_for": value}

    assert (missing("tier0.who_for, tier0.cta_posture"),) == check(answers, [WEB], allowed=ALLOWED)


@pytest.mark.parametrize(
    ("sources", "profiles", "expected"),
    [
        ([source(Platform.WEB, Capability.CRAWL_PAGES, enabled=False)], True, (NO_SOURCES,)),
        ([PROFILE], False, (NO_SOURCES,)),
        ([PROFILE], True, ()),
        ([PROFILE, WEB], False, ()),
        ([source(Platform.WEB, Capability.POSTS)], True, (NO_SOURCES,)),
    ],
)
def test_only_enabled_and_allowed_sources_count(
    sources: list[Source], profiles: bool, expected: tuple[Problem, ...]
) -> None:
    """A disabled source, one behind a flag that is off, or one that nothing supports, is no source."""
    allowed = allowed_capabilities(linkedin_profile_posts=profiles)

    assert expected == check(COMPLETE, sources, allowed=allowed)
