"""Overrides and pins on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.overrides import Overrides
from brandbrain_http.errors import bad_request
from brandbrain_http.shapes.members import optional_object


@attrs.frozen(kw_only=True)
class OverridesShape:
    """
    What people decided about a brand.

    Attributes:
        overrides_json: The overriding value by path; never null.
        pinned_paths: In the order given.
        updated_at: Null: never set.
    """

    brand_id: BrandId
    overrides_json: JsonObject
    pinned_paths: tuple[str, ...]
    updated_at: datetime | None

    @classmethod
    def of(cls, stored: Overrides) -> OverridesShape:
        """Return overrides as the wire has them."""
        return cls(
            brand_id=stored.brand_id,
            overrides_json=stored.values,
            pinned_paths=stored.pinned_paths,
            updated_at=stored.updated_at,
        )


@attrs.frozen(kw_only=True)
class OverridesChanges:
    """
    Changes to overrides and pins; what is absent stays.

    Attributes:
        overrides_json: Put in by path, each in place of what was there; null takes one away.
        pinned_paths: Takes the place of all pins.
    """

    overrides_json: JsonObject | None = None
    pinned_paths: tuple[str, ...] | None = None

    @classmethod
    def read(cls, body: JsonObject) -> OverridesChanges:
        """Return the body read; raise a 400."""
        values = optional_object(body, "overrides_json")
        if "pinned_paths" not in body:
            return cls(overrides_json=values)
        pins = body["pinned_paths"]
        if not isinstance(pins, list):
            raise bad_request("pinned_paths must be an array")
        if not all(isinstance(path, str) for path in pins):
            raise bad_request("pinned_paths items must be strings")
        return cls(overrides_json=values, pinned_paths=tuple(pins))
