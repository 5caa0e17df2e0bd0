"""Instagram: a lower-case handle."""

from __future__ import annotations

from typing import Final

from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.policies.identifiers.handles import RESERVED, HandleRule, handle
from brandbrain_core.policies.identifiers.links import Link, parse, refuse

_RULE: Final = HandleRule(
    shortest=1,
    longest=30,
    signs="._",
    ascii_only=True,
    says="hold 1 to 30 letters, digits, dots and underscores",
    example="@name",
    reserved=RESERVED
    | {"about", "accounts", "api", "challenge", "create", "developer", "direct", "directory", "emails", "graphql"}
    | {"guides", "legal", "locations", "oauth", "popular", "privacy", "s", "session", "share", "static", "topics"}
    | {"web", "_n", "_u"},
)
_POSTS: Final = frozenset({"p", "reel", "reels", "stories", "tv", "s"})
_POSTS_OF_ACCOUNT: Final = frozenset({"p", "reel", "tv"})


def normalise(text: str) -> str:
    """Return the handle that *text* (trimmed) names: a handle, or a link to a profile or one of its tabs."""
    parts = parse(Platform.INSTAGRAM, text)
    if not isinstance(parts, Link):
        return handle(Platform.INSTAGRAM, "/".join(parts), _RULE)
    first, rest = (parts.segments[0] if parts.segments else "", parts.segments[1:])
    if rest and (first.lower() in _POSTS or (len(rest) > 1 and rest[0].lower() in _POSTS_OF_ACCOUNT)):
        refuse(Platform.INSTAGRAM, "it is a link to one post; give the link to the profile")
    return handle(Platform.INSTAGRAM, first, _RULE)


def public_url(identifier: str) -> str:
    """
    Return the address of the profile.

    >>> public_url("nasa")
    'https://www.instagram.com/nasa/'
    """
    return f"https://www.instagram.com/{identifier}/"


def collector_target(capability: str, identifier: str) -> str:
    """Return what collects it: the handle for reels, the profile's address for posts."""
    return identifier if capability == Capability.REELS else public_url(identifier)
