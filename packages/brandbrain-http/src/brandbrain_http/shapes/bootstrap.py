"""Everything that a page needs to begin, on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import SnapshotId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.views import BrandState
from brandbrain_http.shapes.brands import BrandShape
from brandbrain_http.shapes.sources import SourceShape


@attrs.frozen(kw_only=True)
class BootstrapOnboarding:
    """The answers; *updated_at* null: never saved."""

    tier: int
    answers_json: JsonObject
    updated_at: datetime | None


@attrs.frozen(kw_only=True)
class BootstrapOverrides:
    """Overrides and pins; *updated_at* null: never set."""

    overrides_json: JsonObject
    pinned_paths: tuple[str, ...]
    updated_at: datetime | None


@attrs.frozen(kw_only=True)
class BootstrapLatest:
    """That there is a snapshot, without its content."""

    snapshot_id: SnapshotId
    created_at: datetime
    has_data: bool


@attrs.frozen(kw_only=True)
class BootstrapShape:
    """Everything that a page needs to begin; *latest* null: nothing was compiled yet."""

    brand: BrandShape
    onboarding: BootstrapOnboarding
    sources: tuple[SourceShape, ...]
    overrides: BootstrapOverrides
    latest: BootstrapLatest | None

    @classmethod
    def of(cls, state: BrandState) -> BootstrapShape:
        """Return the state of a brand as the wire has it."""
        answers, overrides, head = state.onboarding, state.overrides, state.head
        return cls(
            brand=BrandShape.of(state.brand),
            onboarding=BootstrapOnboarding(
                tier=answers.tier, answers_json=answers.answers, updated_at=answers.updated_at
            ),
            sources=tuple(SourceShape.of(source) for source in state.sources),
            overrides=BootstrapOverrides(
                overrides_json=overrides.values,
                pinned_paths=overrides.pinned_paths,
                updated_at=overrides.updated_at,
            ),
            latest=None
            if head is None
            else BootstrapLatest(snapshot_id=head.id, created_at=head.created_at, has_data=True),
        )
