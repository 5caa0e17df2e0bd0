"""Caps: how much one collection, one bundle and one corpus may hold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs
from attrs import validators as v

from brandbrain_core.model.platform import Capability, Platform, source_name

_CAP_OF: Final[Mapping[tuple[Platform, Capability], str]] = MappingProxyType(
    {
        (Platform.INSTAGRAM, Capability.POSTS): "ig_posts",
        (Platform.INSTAGRAM, Capability.REELS): "ig_reels",
        (Platform.LINKEDIN, Capability.COMPANY_POSTS): "li",
        (Platform.LINKEDIN, Capability.PROFILE_POSTS): "li",
        (Platform.TIKTOK, Capability.PROFILE_VIDEOS): "tt",
        (Platform.YOUTUBE, Capability.CHANNEL_VIDEOS): "yt",
        (Platform.WEB, Capability.CRAWL_PAGES): "web",
    }
)


def _cap(default: int) -> int:
    return attrs.field(default=default, validator=v.ge(1))


@attrs.frozen(kw_only=True)
class Caps:
    """
    How many items, at the most; each 1 or more.

    Attributes:
        ig_posts, ig_reels, li, tt, yt, web: Of one source in one collection, and of one kind in the bundle.
        max_normalized_items: In the whole bundle.
        corpus_max: In the corpus; also the cap of files that a user brings.
    """

    ig_posts: int = _cap(8)
    ig_reels: int = _cap(6)
    li: int = _cap(6)
    tt: int = _cap(6)
    yt: int = _cap(6)
    web: int = _cap(3)
    max_normalized_items: int = _cap(40)
    corpus_max: int = _cap(2000)

    def of(self, platform: Platform, capability: Capability) -> int:
        """
        Return the cap of one kind of source.

        >>> Caps().of(Platform.WEB, Capability.CRAWL_PAGES)
        3
        """
        return int(getattr(self, _CAP_OF[platform, capability]))

    def by_source(self) -> Mapping[str, int]:
        """Return the cap of every kind of source, by ``platform.capability``."""
        return {source_name(*pair): self.of(*pair) for pair in _CAP_OF}
