"""A source: one account or site of a brand from which evidence is collected."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform, source_name


@attrs.frozen(kw_only=True)
class Source:
    """
    One account or site of a brand.

    Attributes:
        identifier: In normalised form; unique for brand, platform and capability.
        is_enabled: Only enabled sources are collected and bundled.
        settings: What its collector understands; None: nothing special. Can never raise a cap.
        created_at, updated_at: Aware, UTC.
    """

    id: SourceId
    brand_id: BrandId
    platform: Platform
    capability: Capability
    identifier: str
    is_enabled: bool = True
    settings: JsonObject | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """``platform.capability``, as reports name it."""
        return source_name(self.platform, self.capability)
