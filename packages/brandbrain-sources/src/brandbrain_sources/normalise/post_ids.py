"""What identifies a post: the platform's id, the same one that stands in its link, or else its own words."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from brandbrain_core.model.platform import Platform

_SHORTCODE_DIGITS: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_SHORTCODE: Final = re.compile(r"[A-Za-z0-9_-]{5,14}")
_IN_PATH: Final[Mapping[Platform, re.Pattern[str]]] = {
    Platform.INSTAGRAM: re.compile(r"/(?:[^/]+/)?(?:p|reels?|tv)/([A-Za-z0-9_-]{5,14})(?:/|\Z)"),
    Platform.TIKTOK: re.compile(r"/(?:video|photo)/(\d{6,30})(?:/|\Z)"),
    Platform.YOUTUBE: re.compile(r"\A/(?:shorts|live|embed|v)/([A-Za-z0-9_-]{11})(?:/|\Z)"),
    Platform.LINKEDIN: re.compile(r"(urn:li:\w+:\d{6,30})|-(activity|share|ugcPost)-(\d{6,30})-"),
}
_VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{11}")


def id_of_shortcode(code: str) -> str | None:
    """
    Return the id of an Instagram post from the code in its link, which is the id in base 64.

    Codes of private accounts have a second part after eleven characters that is no part of the id.

    >>> id_of_shortcode("DTA4-URETWb")
    '3801288658474055067'
    """
    if not _SHORTCODE.fullmatch(code):
        return None
    total = 0
    for char in code[:11]:
        total = total * 64 + _SHORTCODE_DIGITS.index(char)
    return str(total)


def id_in_link(platform: Platform, url: str) -> str | None:
    """
    Return the id of the post that *url* shows; None if it shows no post.

    >>> id_in_link(Platform.INSTAGRAM, "https://www.instagram.com/reel/DTA4-URETWb/")
    '3801288658474055067'
    >>> id_in_link(Platform.YOUTUBE, "https://www.youtube.com/watch?v=8eEOaCCxGwo&t=3")
    '8eEOaCCxGwo'
    >>> id_in_link(Platform.LINKEDIN, "https://www.linkedin.com/posts/a_b-activity-7414742659166302209-zPYC")
    'urn:li:activity:7414742659166302209'
    """
    pattern = _IN_PATH.get(platform)
    if pattern is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if platform is Platform.YOUTUBE and (found := _video_of(parts.hostname or "", parts.path, parts.query)):
        return found
    match = pattern.search(parts.path)
    if match is None:
        return None
    if platform is Platform.INSTAGRAM:
        return id_of_shortcode(match[1])
    if platform is Platform.LINKEDIN:
        return match[1] or f"urn:li:{match[2]}:{match[3]}"
    return match[1]


def _video_of(host: str, path: str, query: str) -> str | None:
    candidate = path.strip("/") if host == "youtu.be" else (parse_qs(query).get("v") or [""])[0]
    return candidate if _VIDEO.fullmatch(candidate) else None


def id_of_words(words: str, published_at: datetime | None) -> str:
    """
    Return an id for a post that has none: the same for the same words at the same time.

    >>> id_of_words("Sails", None)
    'text:3a97b647bd53ea2f9e259f7c'
    """
    when = published_at.isoformat() if published_at is not None else ""
    digest = hashlib.sha256(f"{when}\n{' '.join(words.split())}".encode())
    return f"text:{digest.hexdigest()[:24]}"
