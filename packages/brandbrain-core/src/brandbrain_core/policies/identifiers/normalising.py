"""One door for all platforms: what was written to identifier, identifier to what is needed."""

from __future__ import annotations

from brandbrain_core.errors import UnsupportedCapability
from brandbrain_core.model.platform import SUPPORTED, Platform
from brandbrain_core.policies.identifiers import instagram, linkedin, tiktok, web, youtube
from brandbrain_core.policies.identifiers.links import trimmed


def _known(platform: str, capability: str) -> Platform:
    for known, collected in SUPPORTED:
        if known == platform and collected == capability:
            return known
    raise UnsupportedCapability(platform, capability)


def normalise(platform: str, capability: str, raw: str) -> str:
    """
    Return the identifier of the account or site that *raw* names.

    Its link, its bare host form and its handle give the same one; normalising an identifier gives itself.

    Raises:
        UnsupportedCapability: No such platform, or nothing of this kind is collected from it.
        InvalidIdentifier: *raw* names no account there; its *why* says what to write instead.

    >>> normalise("instagram", "posts", "https://www.instagram.com/NASA/?hl=en")
    'nasa'
    """
    known = _known(platform, capability)
    text = trimmed(known, raw)
    match known:
        case Platform.INSTAGRAM:
            return instagram.normalise(text)
        case Platform.TIKTOK:
            return tiktok.normalise(text)
        case Platform.LINKEDIN:
            return linkedin.normalise(capability, text)
        case Platform.YOUTUBE:
            return youtube.normalise(text)
        case Platform.WEB:
            return web.normalise(text)


def collector_target(platform: str, capability: str, identifier: str) -> str:
    """
    Return what a collector of this capability asks for, built from a normalised *identifier*.

    Raises:
        UnsupportedCapability: No such platform, or nothing of this kind is collected from it.

    >>> collector_target("instagram", "posts", "nasa"), collector_target("instagram", "reels", "nasa")
    ('https://www.instagram.com/nasa/', 'nasa')
    """
    match _known(platform, capability):
        case Platform.INSTAGRAM:
            return instagram.collector_target(capability, identifier)
        case Platform.LINKEDIN:
            return linkedin.collector_target(capability, identifier)
        case Platform.YOUTUBE:
            return youtube.public_url(identifier)
        case Platform.TIKTOK | Platform.WEB:
            return identifier


def public_url(platform: str, capability: str, identifier: str) -> str:
    """
    Return the address at which people see the account or site of a normalised *identifier*.

    Raises:
        UnsupportedCapability: No such platform, or nothing of this kind is collected from it.

    >>> public_url("tiktok", "profile_videos", "nasa")
    'https://www.tiktok.com/@nasa'
    """
    match _known(platform, capability):
        case Platform.INSTAGRAM:
            return instagram.public_url(identifier)
        case Platform.TIKTOK:
            return tiktok.public_url(identifier)
        case Platform.LINKEDIN:
            return linkedin.public_url(capability, identifier)
        case Platform.YOUTUBE:
            return youtube.public_url(identifier)
        case Platform.WEB:
            return identifier
