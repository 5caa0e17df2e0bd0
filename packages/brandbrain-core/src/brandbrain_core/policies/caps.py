"""How much one collection may bring: the cap of its kind, which a source's own settings can lower and never raise."""

from __future__ import annotations

from typing import Final

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform

SETTING: Final = "max_items"
"""The member of a source's settings that asks for fewer items."""


def effective_cap(
    caps: Caps, platform: Platform, capability: Capability, settings: JsonObject | None, *, from_file: bool = False
) -> int:
    """
    Return how many items one collection of a source may bring, 1 or more.

    Args:
        settings: Of the source; what they ask for counts only where it is less.
        from_file: Files that a user brings cost nothing: only the corpus limits them.

    Raises:
        SourceFailed: The setting is no positive integer; with ``invalid_settings``.

    >>> effective_cap(Caps(), Platform.WEB, Capability.CRAWL_PAGES, {"max_items": 500})
    3
    >>> effective_cap(Caps(), Platform.WEB, Capability.CRAWL_PAGES, {"max_items": 2})
    2
    """
    cap = caps.corpus_max if from_file else caps.of(platform, capability)
    asked = (settings or {}).get(SETTING)
    if asked is None:
        return cap
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 1:
        raise SourceFailed("invalid_settings", f"The source's setting {SETTING} must be a positive whole number")
    return min(cap, asked)
