"""A brand and what it answered at onboarding."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.json import JsonObject


@attrs.frozen(kw_only=True)
class Brand:
    """
    A brand.

    Attributes:
        name: 1 to 255 characters, trimmed.
        website_url: An http(s) URL; None: none given.
        created_at: Aware, UTC.
    """

    id: BrandId
    name: str
    website_url: str | None = None
    created_at: datetime


@attrs.frozen(kw_only=True)
class Onboarding:
    """
    What a brand says about itself.

    Attributes:
        tier: How far onboarding went: 0, 1 or 2.
        answers: By question id; ids that the catalogue does not know are kept.
        updated_at: Aware, UTC; None: never saved.
    """

    brand_id: BrandId
    tier: int = 0
    answers: JsonObject = attrs.field(factory=dict)
    updated_at: datetime | None = None
