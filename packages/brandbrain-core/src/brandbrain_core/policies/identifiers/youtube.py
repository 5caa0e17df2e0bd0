"""YouTube: a channel id, an ``@handle``, or an older ``c/name`` or ``user/name``."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.identifiers.handles import HandleRule, handle
from brandbrain_core.policies.identifiers.links import Link, parse, refuse, shown

_CHANNEL_ID: Final = re.compile(r"UC[A-Za-z0-9_-]{22}")
_HANDLE: Final = HandleRule(
    shortest=3,
    longest=30,
    signs="._-·",
    ascii_only=False,
    says="hold 3 to 30 letters, digits, dots, hyphens and underscores",
    example="@name",
)
_NAME: Final = HandleRule(
    shortest=1,
    longest=100,
    signs="._-·",
    ascii_only=False,
    says="hold up to 100 letters, digits, dots, hyphens and underscores",
    example="c/name",
)
_VIDEOS: Final = frozenset(
    {"watch", "shorts", "live", "embed", "v", "e", "clip", "post", "attribution_link", "playlist"}
)
_FORMS: Final = "@handle, a channel id that begins with UC, c/name, or a link to the channel"


def normalise(text: str) -> str:
    """Return the channel that *text* (trimmed) names: an id with its case kept, or the rest in lower case."""
    parts = parse(Platform.YOUTUBE, text)
    segments = parts.segments if isinstance(parts, Link) else tuple(part for part in parts if part)
    first, second = (segments[0] if segments else "", segments[1] if len(segments) > 1 else "")
    if first.startswith("@"):
        return "@" + handle(Platform.YOUTUBE, first, _HANDLE)
    match first.lower():
        case "channel":
            return _channel_id(second)
        case "c" | "user" as folder:
            return f"{folder}/{handle(Platform.YOUTUBE, second, _NAME)}"
        case word if re.split(r"[?&]", word, maxsplit=1)[0] in _VIDEOS:
            refuse(Platform.YOUTUBE, "it is a link to one video or playlist; give the link to the channel")
    if isinstance(parts, Link) or len(parts) > 1:
        refuse(Platform.YOUTUBE, f"{shown(text)} is no link to a channel; give {_FORMS}")
    return _channel_id(first)


def _channel_id(text: str) -> str:
    if not _CHANNEL_ID.fullmatch(text):
        refuse(Platform.YOUTUBE, f"{shown(text)} is no channel; give {_FORMS}")
    return text


def public_url(identifier: str) -> str:
    """
    Return the address of the channel.

    >>> public_url("UC" + "x" * 22), public_url("@nasa"), public_url("c/nasa")
    ('https://www.youtube.com/channel/UCxxxxxxxxxxxxxxxxxxxxxx', 'https://www.youtube.com/@nasa',
     'https://www.youtube.com/c/nasa')
    """
    path = f"channel/{identifier}" if _CHANNEL_ID.fullmatch(identifier) else identifier
    return f"https://www.youtube.com/{quote(path, safe='@/')}"
