"""The format of an item: its media type under the name that is shown, else its content type."""

from __future__ import annotations

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import ContentType
from brandbrain_core.policies.lexicon import format_name


def format_of(item: NormalisedItem) -> str:
    """
    Return the format of an item, e.g. ``carousel``; a reel is a reel, whatever its medium.

    A media type that the lexicon does not know is returned as it is, in lower case.

    >>> from brandbrain_core.model.platform import Capability, Platform
    >>> format_of(NormalisedItem(
    ...     platform=Platform.INSTAGRAM, capability=Capability.POSTS, content_type=ContentType.POST,
    ...     canonical_url="https://www.instagram.com/p/1", media={"type": "Sidecar"},
    ... ))
    'carousel'
    """
    kind = item.media.get("type")
    if item.content_type in {ContentType.REEL, ContentType.WEB_PAGE} or not isinstance(kind, str) or not kind.strip():
        return _shown(item.content_type.value)
    return _shown(kind)


def _shown(kind: str) -> str:
    return format_name(kind) or "_".join(kind.lower().replace("-", " ").split())
