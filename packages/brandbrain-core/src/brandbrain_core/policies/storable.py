"""Text as every database takes it: without NUL and without lone surrogates."""

from __future__ import annotations

import re
from typing import Final

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
