"""Which kinds of sources may be collected at all."""

from __future__ import annotations

from typing import Final, TypeAlias

from brandbrain_core.model.platform import SUPPORTED, Capability, Platform

Allowed: TypeAlias = frozenset[tuple[Platform, Capability]]
"""The pairs that may be collected."""

LINKEDIN_PROFILE: Final = (Platform.LINKEDIN, Capability.PROFILE_POSTS)
"""Nobody has checked yet what its collector brings, so it is off unless it is switched on."""


def allowed_capabilities(*, linkedin_profile_posts: bool = False) -> Allowed:
    """
    Return the supported pairs, without those that are switched off.

    >>> len(allowed_capabilities(linkedin_profile_posts=True)) - len(allowed_capabilities())
    1
    """
    off = frozenset() if linkedin_profile_posts else frozenset({LINKEDIN_PROFILE})
    return frozenset(SUPPORTED) - off
