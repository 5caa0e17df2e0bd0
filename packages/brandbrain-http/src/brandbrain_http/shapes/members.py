"""Members of request bodies, each checked with the text of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from brandbrain_core.model.json import JsonObject
from brandbrain_http.errors import bad_request

NULLABLE: Final[Mapping[str, bool]] = {"nullable": True}
"""Metadata of an optional member of a request that may be null as well."""

_ABSENT: Final = object()


def required_text(body: JsonObject, name: str) -> str:
    """Return a member that must be a string with something in it; raise a 400."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise bad_request(f"{name} is required and must be non-empty string")
    return value


def optional_flag(body: JsonObject, name: str) -> bool | None:
    """Return a member that must be true or false, None where it is absent; raise a 400."""
    value = body.get(name, _ABSENT)
    if value is _ABSENT:
        return None
    if not isinstance(value, bool):
        raise bad_request(f"{name} must be a boolean")
    return value


def optional_object(body: JsonObject, name: str) -> JsonObject | None:
    """Return a member that must be an object, None where it is absent; raise a 400."""
    value = body.get(name, _ABSENT)
    if value is _ABSENT:
        return None
    return as_object(value, f"{name} must be an object")


def as_object(value: Any, text: str) -> JsonObject:
    """Return *value* if it is an object; raise a 400 with this text."""
    if not isinstance(value, Mapping):
        raise bad_request(text)
    return value
