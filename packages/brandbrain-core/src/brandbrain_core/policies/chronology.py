"""The one order of items by time: newest first, those of unknown time last, ties by identity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from brandbrain_core.model.evidence import NormalisedItem

TimeKey: TypeAlias = tuple[int, str, str]
"""Microseconds before 1970, identity, platform."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNDATED: Final = 1 << 62


def newest_first(item: NormalisedItem) -> TimeKey:
    """
    Return the key by which items are sorted newest first.

    >>> from brandbrain_core.model.platform import Capability, ContentType, Platform
    >>> newest_first(NormalisedItem(
    ...     platform=Platform.WEB, capability=Capability.CRAWL_PAGES, content_type=ContentType.WEB_PAGE,
    ...     canonical_url="https://example.com/a", published_at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    ... ))
    (-1000000, 'https://example.com/a', 'web')
    """
    published = item.published_at
    age = _UNDATED if published is None else -((published - _EPOCH) // _MICROSECOND)
    return age, item.identity, item.platform.value
