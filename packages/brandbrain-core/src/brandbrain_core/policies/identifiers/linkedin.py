"""LinkedIn: the lower-case slug of a company's page, or the lower-case name of a person's profile."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.policies.identifiers.handles import RESERVED, HandleRule, handle
from brandbrain_core.policies.identifiers.links import Link, parse, refuse, shown

_RESERVED: Final = RESERVED | {
    "company",
    "feed",
    "in",
    "jobs",
    "learning",
    "posts",
    "pub",
    "pulse",
    "school",
    "showcase",
}
_COMPANY: Final = HandleRule(
    shortest=1,
    longest=100,
    signs="-_.&'’+!,()",
    ascii_only=False,
    says="hold up to 100 letters, digits and hyphens",
    example="company-name",
    reserved=_RESERVED,
)
_PROFILE: Final = HandleRule(
    shortest=3,
    longest=100,
    signs="-_.&'’",
    ascii_only=False,
    says="hold 3 to 100 letters, digits and hyphens",
    example="first-last",
    reserved=_RESERVED,
)
_POSTS: Final = frozenset({"posts", "feed", "pulse", "embed"})
_KINDS: Final = {"company": "a company page", "in": "a person's profile"}


def _folder(capability: str) -> str:
    return "in" if capability == Capability.PROFILE_POSTS else "company"


def normalise(capability: str, text: str) -> str:
    """Return the slug or name that *text* (trimmed) is, holds after its folder, or links to."""
    wanted = _folder(capability)
    parts = parse(Platform.LINKEDIN, text)
    if isinstance(parts, Link):
        segments = parts.segments
    else:
        segments = tuple(part for part in parts if part)
        if len(parts) == 1:
            segments = (wanted, parts[0])
    folder, name = (segments[0].lower() if segments else "", segments[1] if len(segments) > 1 else "")
    if folder in _POSTS:
        refuse(Platform.LINKEDIN, f"it is a link to one post; give the link to {_KINDS[wanted]}, /{wanted}/name")
    if folder in _KINDS and folder != wanted:
        why = f"it is a link to {_KINDS[folder]}; give one to {_KINDS[wanted]}, /{wanted}/name"
        refuse(Platform.LINKEDIN, f"{why}, or choose the other capability")
    if folder != wanted:
        refuse(
            Platform.LINKEDIN,
            f"{shown(folder)} is not {_KINDS[wanted]}; give a link like linkedin.com/{wanted}/name",
        )
    return handle(Platform.LINKEDIN, name, _PROFILE if wanted == "in" else _COMPANY)


def public_url(capability: str, identifier: str) -> str:
    """
    Return the address of the page or profile.

    >>> public_url("profile_posts", "josé")
    'https://www.linkedin.com/in/jos%C3%A9'
    """
    return f"https://www.linkedin.com/{_folder(capability)}/{quote(identifier, safe='')}"


def collector_target(capability: str, identifier: str) -> str:
    """Return what collects it: the slug of a company, the address of a profile."""
    return public_url(capability, identifier) if _folder(capability) == "in" else identifier
