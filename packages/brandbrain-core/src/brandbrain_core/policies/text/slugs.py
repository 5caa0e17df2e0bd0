"""Keys that are made from names, and stay the same wherever they are made."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_MAX_LENGTH: Final = 60
_HASH_DIGITS: Final = 10


def slug(text: str) -> str:
    """
    Return a key made from *text*: words in lower case with hyphens between, in any script, at most 60 characters.

    It holds no dot, so that it can stand in a path, and is never a number alone, which would be taken for an index. A
    text without letters and digits gives a key made from its hash. The slug of a slug is itself.

    >>> slug("Über Brot & Käse"), slug("2024"), slug("🥐")
    ('über-brot-käse', 'n-2024', 'x-2e03726943')
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    folded = unicodedata.normalize("NFKC", folded.casefold())
    key = re.sub(r"-+", "-", "".join(c if _is_kept(c) else "-" for c in folded)).strip("-")
    if key and all(c.isnumeric() or c == "-" for c in key):
        key = f"n-{key}"
    key = key[:_MAX_LENGTH].rstrip("-")
    return key or "x-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def _is_kept(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}
