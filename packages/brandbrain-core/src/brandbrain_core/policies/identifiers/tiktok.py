"""TikTok: a lower-case handle without its @."""

from __future__ import annotations

from typing import Final

from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.identifiers.handles import RESERVED, HandleRule, handle
from brandbrain_core.policies.identifiers.links import Link, parse, refuse, shown

_RULE: Final = HandleRule(
    shortest=2,
    longest=24,
    signs="._",
    ascii_only=True,
    says="hold 2 to 24 letters, digits, dots and underscores",
    example="@name",
    reserved=RESERVED
    | {"discover", "embed", "following", "foryou", "live", "music", "photo", "search", "share", "upload", "v"},
)
_POSTS: Final = frozenset({"video", "photo", "story"})
_POST_PATHS: Final = _POSTS | {"v", "embed", "share"}


def normalise(text: str) -> str:
    """Return the handle that *text* (trimmed) names: a handle, or a link to a profile or one of its lists."""
    parts = parse(Platform.TIKTOK, text)
    if not isinstance(parts, Link):
        return handle(Platform.TIKTOK, "/".join(parts), _RULE)
    first, rest = (parts.segments[0] if parts.segments else "", parts.segments[1:])
    if first == "t" and rest:
        refuse(Platform.TIKTOK, "it is a short link; open it and copy the address of the profile")
    if rest and (first.lower() in _POST_PATHS or rest[0].lower() in _POSTS):
        refuse(Platform.TIKTOK, "it is a link to one post; give the link to the profile")
    if first and not first.startswith("@"):
        refuse(Platform.TIKTOK, f"{shown(first)} is no profile; a link to a profile has an @ before the name")
    return handle(Platform.TIKTOK, first, _RULE)


def public_url(identifier: str) -> str:
    """
    Return the address of the profile.

    >>> public_url("nasa")
    'https://www.tiktok.com/@nasa'
    """
    return f"https://www.tiktok.com/@{identifier}"
