"""
The synthesizer that needs nothing: answers and counts only.

It is the floor that always works. Every value is counted in the brand's own items and names them; what nothing
supports is left out. The same brief gives the same draft.
"""

from __future__ import annotations

import asyncio
from typing import Final

import attrs

from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.policies.chronology import newest_first
from brandbrain_core.policies.off_limits import off_limits
from brandbrain_core.synthesis.examples import canonical_evidence
from brandbrain_core.synthesis.grounds import voice_parts
from brandbrain_core.synthesis.habits import habit_fields
from brandbrain_core.synthesis.pillars import pillars
from brandbrain_core.synthesis.profiles import profile_fields
from brandbrain_core.synthesis.voice import voice_fields

RULES_VERSION: Final = "rules-1"
"""Of these rules; part of the input hash."""


def draft_by_rules(brief: Brief) -> Draft:
    """Return what the rules infer from *brief*; a pure function, and for a large corpus a slow one."""
    brief = attrs.evolve(brief, corpus=tuple(sorted(brief.corpus, key=newest_first)))
    parts = voice_parts(brief)
    return Draft(
        fields={
            **voice_fields(brief, parts),
            **habit_fields(parts, off_limits(brief.answers)),
            **profile_fields(brief),
        },
        pillars=pillars(brief),
        canonical_evidence=canonical_evidence(brief.bundle.items),
    )


class RulesSynthesizer:
    """Drafts by rules, with no model and no account. It never fails."""

    id: Final = "rules"
    model: Final = None
    prompt_version: Final = RULES_VERSION

    async def draft(self, brief: Brief) -> Draft:
        """Return the draft; the work happens in a thread, so that the event loop goes on."""
        return await asyncio.to_thread(draft_by_rules, brief)
