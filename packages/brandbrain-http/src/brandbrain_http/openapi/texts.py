"""What the description of the API says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from brandbrain_http.openapi.operation import Tag

SUMMARY: Final = "Compiles what a brand says and publishes into a versioned snapshot that explains itself."

DESCRIPTION: Final = """\
All bodies are JSON, times are ISO 8601 with microseconds and `+00:00`, ids are UUIDs.

An error is `{"error", "code", "request_id"}`, with `errors` where there are several causes; with
`Accept: application/problem+json` it carries the members of RFC 9457 as well.

Every read has a strong `ETag` and heeds `If-None-Match`. `HEAD` works wherever `GET` does.
"""

TAGS: Final[Mapping[Tag, str]] = {
    Tag.BRANDS: "What everything else belongs to.",
    Tag.ONBOARDING: "What a brand says about itself.",
    Tag.SOURCES: "The accounts and sites from which evidence is collected.",
    Tag.COMPILE: "Making a snapshot: asked for here, done by a worker.",
    Tag.SNAPSHOTS: "What is known about a brand, version by version.",
    Tag.OVERRIDES: "What people decided, against what was inferred.",
    Tag.EVIDENCE: "What was collected.",
    Tag.SERVICE: "Health, and this description.",
}

KEYS: Final = "An API key, `bb_...`; needed once the first one was made. Its scope is `read`, `write` or `admin`."
IDEMPOTENCY_KEY: Final = (
    "Makes it safe to repeat this request for 24 hours: the same key and body get the first answer again."
)
IF_NONE_MATCH: Final = "The ETags that the client has; if the current one is among them, the answer is a 304."
IF_MATCH: Final = (
    "The ETag that the change is based on; if it no longer holds, the answer is a 412 and nothing changes."
)

_TEXT: Final = {"type": "string"}
HEADERS: Final[Mapping[str, Any]] = {
    "X-Request-Id": {"description": "The id under which the request is logged.", "required": True, "schema": _TEXT},
    "ETag": {"description": "Names this very version.", "schema": _TEXT},
    "Cache-Control": {"description": "How long the answer may be kept.", "schema": _TEXT},
    "Location": {"description": "The address of what was made.", "schema": _TEXT},
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "string"}},
    "Link": {"description": "The address of the next page, where there is one.", "schema": _TEXT},
    "WWW-Authenticate": {"description": "How to present a key.", "schema": _TEXT},
}
HEADERS_OF_ERRORS: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    412: ("ETag",),
    503: ("Retry-After",),
}
