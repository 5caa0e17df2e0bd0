"""Text as every database takes it: without NUL and without lone surrogates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from brandbrain_core.model.json import JsonValue

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    r"""
    Return *text* without the characters that PostgreSQL, or UTF-8, cannot hold.

    >>> storable("no\x00ne\ud800")
    'none'
    """
    return _UNSTORABLE.sub("", text)


def cut_to_bytes(text: str, limit: int) -> str:
    """
    Return the longest beginning of *text* that takes at most *limit* bytes in UTF-8 and ends between two characters.

    >>> cut_to_bytes("naïve", 3)
    'na'
    """
    encoded = text.encode("utf-8")
    return text if len(encoded) <= limit else encoded[:limit].decode("utf-8", errors="ignore")


def storable_json(value: JsonValue) -> JsonValue:
    r"""
    Return JSON-ready *value* with `storable` text everywhere in it, the names of members too.

    >>> storable_json({"a\x00": ["\x00b", 1]})
    {'a': ['b', 1]}
    """
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable_json(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(member) for member in value]
    return value
