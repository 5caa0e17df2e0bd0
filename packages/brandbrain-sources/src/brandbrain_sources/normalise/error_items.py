"""
Items that are no items: what actors return in place of posts when something went wrong.

A collector that gets nothing else should fail its source with this text (`SourceFailed`); normalisers reject the item.
"""

from __future__ import annotations

from typing import Final

from brandbrain_core.model.json import JsonObject
from brandbrain_sources.normalise.reading import member, one_line

_SAYING: Final = ("errorDescription", "error", "message")
_CONTENT: Final = ("id", "urn", "activity_urn", "full_urn", "caption", "text", "title", "text_primary", "canonical_url")
_MAX: Final = 300


def error_of(payload: JsonObject) -> str | None:
    """
    Return what an error item says; None if *payload* is an ordinary item.

    >>> error_of({"message": "No posts found or wrong input", "company_input": "x"})
    'The source answered: No posts found or wrong input'
    >>> error_of({"id": "1", "message": "hello"}) is None
    True
    """
    if any(member(payload, name) for name in _CONTENT):
        return None
    said = next((found for name in _SAYING if (found := one_line(payload.get(name), _MAX))), None)
    return f"The source answered: {said}" if said else None
