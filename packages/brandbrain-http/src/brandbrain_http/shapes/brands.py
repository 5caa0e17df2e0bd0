"""Brands on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.json import JsonObject
from brandbrain_http.errors import bad_request
from brandbrain_http.shapes.members import NULLABLE, required_text


@attrs.frozen(kw_only=True)
class BrandShape:
    """A brand."""

    id: BrandId
    name: str
    website_url: str | None
    created_at: datetime

    @classmethod
    def of(cls, brand: Brand) -> BrandShape:
        """Return a brand as the wire has it."""
        return cls(id=brand.id, name=brand.name, website_url=brand.website_url, created_at=brand.created_at)


@attrs.frozen(kw_only=True)
class BrandBody:
    """
    A brand to be made.

    Attributes:
        name: 1 to 255 characters, trimmed.
        website_url: An http(s) URL; null or blank: none.
    """

    name: str
    website_url: str | None = attrs.field(default=None, metadata=NULLABLE)

    @classmethod
    def read(cls, body: JsonObject) -> BrandBody:
        """Return the body read; raise a 400."""
        return cls(name=required_text(body, "name"), website_url=_website(body))


@attrs.frozen(kw_only=True)
class BrandChanges:
    """
    Changes to a brand; what is absent stays.

    Attributes:
        name: 1 to 255 characters, trimmed.
        website_url: An http(s) URL; null or blank takes it away.
    """

    name: str | None = None
    website_url: str | None = attrs.field(default=None, metadata=NULLABLE)

    @classmethod
    def read(cls, body: JsonObject) -> BrandChanges:
        """Return the body read, with a blank website where it is to be taken away; raise a 400."""
        name = required_text(body, "name") if "name" in body else None
        website = (_website(body) or "") if "website_url" in body else None
        return cls(name=name, website_url=website)


def _website(body: JsonObject) -> str | None:
    value = body.get("website_url")
    if value is not None and not isinstance(value, str):
        raise bad_request("website_url must be a string")
    return value
