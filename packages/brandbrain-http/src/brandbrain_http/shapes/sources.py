"""Sources on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, SourceId
from brandbrain_core.model.collection import CollectionStatus
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.policies.freshness import Action
from brandbrain_core.services.source_status import SourceStatus
from brandbrain_http.errors import bad_request
from brandbrain_http.shapes.members import NULLABLE, as_object, optional_flag, required_text


@attrs.frozen(kw_only=True)
class SourceEvidence:
    """
    How fresh a source's evidence is.

    Attributes:
        has_evidence: A collection brought at least one item.
        next_action: What a compile that began now would do: `reuse`, `refresh` or `skip`.
        ttl_hours: How long a collection stays fresh.
        latest_run_id: The newest collection run; absent: there was none.
        latest_run_age_hours: From its start.
    """

    has_evidence: bool
    next_action: Action
    ttl_hours: int
    latest_run_id: CollectionRunId | None = None
    latest_run_status: CollectionStatus | None = None
    latest_run_age_hours: float | None = None

    @classmethod
    def of(cls, status: SourceStatus, ttl_hours: int) -> SourceEvidence:
        """Return a status as the wire has it."""
        age = status.latest_age_hours
        return cls(
            has_evidence=status.has_evidence,
            next_action=status.next_action,
            ttl_hours=ttl_hours,
            latest_run_id=status.latest.id if status.latest else None,
            latest_run_status=status.latest.status if status.latest else None,
            latest_run_age_hours=None if age is None else round(age, 1),
        )


@attrs.frozen(kw_only=True)
class SourceShape:
    """
    A source.

    Attributes:
        identifier: In normalised form.
        settings_json: Null: none.
        evidence_status: Where it was asked for.
        _note: `existing_source_returned` where nothing was made.
    """

    id: SourceId
    brand_id: BrandId
    platform: Platform
    capability: Capability
    identifier: str
    is_enabled: bool
    settings_json: JsonObject | None
    created_at: datetime
    updated_at: datetime
    evidence_status: SourceEvidence | None = None
    _note: str | None = None

    @classmethod
    def of(
        cls, source: Source, *, evidence_status: SourceEvidence | None = None, note: str | None = None
    ) -> SourceShape:
        """Return a source as the wire has it."""
        return cls(
            id=source.id,
            brand_id=source.brand_id,
            platform=source.platform,
            capability=source.capability,
            identifier=source.identifier,
            is_enabled=source.is_enabled,
            settings_json=source.settings or None,
            created_at=source.created_at,
            updated_at=source.updated_at,
            evidence_status=evidence_status,
            note=note,
        )


@attrs.frozen(kw_only=True)
class SourceBody:
    """
    A source to be connected.

    Attributes:
        identifier: A handle, a URL, a channel id: whatever names the account on its platform.
        is_enabled: True if absent.
        settings_json: What its collector understands.
    """

    platform: str
    capability: str
    identifier: str
    is_enabled: bool | None = None
    settings_json: JsonObject | None = attrs.field(default=None, metadata=NULLABLE)

    @classmethod
    def read(cls, body: JsonObject) -> SourceBody:
        """Return the body read; raise a 400."""
        settings = body.get("settings_json")
        if settings is not None:
            settings = as_object(settings, "settings_json must be an object")
        return cls(
            platform=required_text(body, "platform"),
            capability=required_text(body, "capability"),
            identifier=required_text(body, "identifier"),
            is_enabled=optional_flag(body, "is_enabled"),
            settings_json=settings,
        )


@attrs.frozen(kw_only=True)
class SourceChanges:
    """
    Changes to a source, at least one; what is absent stays.

    Attributes:
        settings_json: Null takes all of them away.
    """

    identifier: str | None = None
    is_enabled: bool | None = None
    settings_json: JsonObject | None = attrs.field(default=None, metadata=NULLABLE)

    @classmethod
    def read(cls, body: JsonObject) -> SourceChanges:
        """Return the body read; raise a 400."""
        if not body:
            raise bad_request("Request body cannot be empty")
        identifier = body.get("identifier", ())
        if identifier != () and (not isinstance(identifier, str) or not identifier.strip()):
            raise bad_request("identifier must be non-empty string")
        is_enabled = optional_flag(body, "is_enabled")
        settings = body.get("settings_json")
        return cls(
            identifier=identifier or None,
            is_enabled=is_enabled,
            settings_json=None if settings is None else as_object(settings, "settings_json must be an object or null"),
        )
