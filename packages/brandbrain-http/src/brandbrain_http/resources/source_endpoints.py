"""The table of the endpoints in `brandbrain_http.resources.sources`."""

from __future__ import annotations

from typing import Final

from brandbrain_http.endpoint import Endpoint
from brandbrain_http.openapi.operation import INVALID_JSON, Answer, Operation, Parameter, Tag
from brandbrain_http.resources import sources
from brandbrain_http.shapes.collections import SourceStatusShape
from brandbrain_http.shapes.sources import SourceBody, SourceChanges, SourceShape

_OF_BRAND: Final = "/api/brands/{brand_id}/sources"
_ONE: Final = "/api/sources/{source_id}"
_NOT_FOUND: Final = {400: ("Invalid source_id",), 404: ("Source not found",)}
_UNACCEPTABLE: Final = "Invalid identifier for {platform}: {why}"

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=_OF_BRAND,
        handler=sources.list_sources,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="List the sources of a brand, newest first",
            query=(
                Parameter(
                    name="include_evidence",
                    description="`true` adds how fresh the evidence of each source is.",
                    schema={"type": "boolean"},
                ),
            ),
            answers={200: Answer(description="The sources.", shape=tuple[SourceShape, ...])},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
    Endpoint(
        method="POST",
        path=_OF_BRAND,
        handler=sources.connect_source,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="Connect a source",
            body=SourceBody,
            answers={
                201: Answer(description="The new source.", shape=SourceShape, headers=("Location", "ETag")),
                200: Answer(
                    description="The source that has this platform, capability and identifier already.",
                    shape=SourceShape,
                    headers=("Location", "ETag"),
                ),
            },
            errors={
                400: (
                    "Invalid brand_id",
                    *INVALID_JSON,
                    "platform is required and must be non-empty string",
                    "capability is required and must be non-empty string",
                    "identifier is required and must be non-empty string",
                    "is_enabled must be a boolean",
                    "settings_json must be an object",
                ),
                404: ("Brand not found",),
                422: ("Unsupported platform/capability: {platform}/{capability}", _UNACCEPTABLE),
            },
        ),
    ),
    Endpoint(
        method="GET",
        path=_ONE,
        handler=sources.read_source,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="Read a source",
            answers={200: Answer(description="The source.", shape=SourceShape)},
            errors=_NOT_FOUND,
        ),
    ),
    Endpoint(
        method="PATCH",
        path=_ONE,
        handler=sources.change_source,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="Change a source",
            body=SourceChanges,
            answers={200: Answer(description="The source as it is now.", shape=SourceShape, headers=("ETag",))},
            errors={
                400: (
                    "Invalid source_id",
                    *INVALID_JSON,
                    "Request body cannot be empty",
                    "identifier must be non-empty string",
                    "is_enabled must be a boolean",
                    "settings_json must be an object or null",
                ),
                404: ("Source not found",),
                409: ("A source with this identifier already exists",),
                422: (_UNACCEPTABLE,),
            },
            if_match=True,
        ),
    ),
    Endpoint(
        method="DELETE",
        path=_ONE,
        handler=sources.disconnect_source,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="Disconnect a source",
            description="What was collected from it goes with it.",
            answers={204: Answer(description="It is gone.")},
            errors=_NOT_FOUND,
            if_match=True,
        ),
    ),
    Endpoint(
        method="GET",
        path="/api/sources/{source_id}/status",
        handler=sources.read_source_status,
        operation=Operation(
            tag=Tag.SOURCES,
            summary="Read the newest collection run of a source",
            answers={200: Answer(description="How it stands.", shape=SourceStatusShape)},
            errors=_NOT_FOUND,
        ),
    ),
)
