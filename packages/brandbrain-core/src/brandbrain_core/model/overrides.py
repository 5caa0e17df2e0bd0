"""What people decided: overrides and pins of a brand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.json import JsonValue


@attrs.frozen(kw_only=True)
class Overrides:
    """
    Overrides and pins, as they are stored. All paths are anchored: list items stand under their key, never an index.

    Attributes:
        values: The overriding value by path; never null.
        pinned_paths: In the order given, unique. A path of a group pins every field under it.
        pinned_values: The value that each pinned field had when it was pinned, by path of the field.
        kept_items: The fields of list items that an override or a pin touches, as they then were, by path of the item
            (``pillars.<key>``): so that the item survives when the compiler no longer proposes it.
        updated_at: Aware, UTC; None: never set.
    """

    brand_id: BrandId
    values: Mapping[str, JsonValue] = attrs.field(factory=dict)
    pinned_paths: tuple[str, ...] = ()
    pinned_values: Mapping[str, JsonValue] = attrs.field(factory=dict)
    kept_items: Mapping[str, Mapping[str, JsonValue]] = attrs.field(factory=dict)
    updated_at: datetime | None = None
