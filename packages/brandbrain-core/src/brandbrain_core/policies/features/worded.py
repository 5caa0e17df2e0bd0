"""The words of one item: what its topics are read from."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

import attrs

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.text import hashtags, language_of
from brandbrain_core.policies.text.words import BREAK, tokens

_LANGUAGE_SAMPLE: Final = 1_000


@attrs.frozen(kw_only=True)
class Worded:
    """
    The words of an item.

    Attributes:
        said: The words of its text in a row with breaks, as phrases are looked up in them.
        content: The same with the title's before them.
        hashtags: In lower case, each once; numbers alone are none.
        language: ISO 639-1 code; None: unknown.
        names: Under which the item knows its author, as given.
    """

    said: tuple[str, ...]
    content: tuple[str, ...]
    hashtags: tuple[str, ...]
    language: str | None
    names: tuple[str, ...]


def texts_of(item: EvidenceItem) -> tuple[str, ...]:
    """Return primary text and transcript, as far as there are any; a description is not the brand's voice."""
    return tuple(text for text in (item.text_primary, item.transcript or "") if text)


def worded(item: EvidenceItem) -> Worded:
    """Read the words of an item."""
    texts = texts_of(item)
    said = _joined(tokens(text) for text in texts)
    return Worded(
        said=said,
        content=_joined((tokens(item.title or ""), said)),
        hashtags=_hashtags((*item.hashtags, *(tag for text in texts for tag in hashtags(text)))),
        language=item.language or language_of(" ".join(texts)[:_LANGUAGE_SAMPLE]),
        names=_names(item),
    )


def _joined(streams: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    joined: list[str] = []
    for stream in streams:
        if joined and stream:
            joined.append(BREAK)
        joined += map(sys.intern, stream)
    return tuple(joined)


def _hashtags(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.lower().removeprefix("#") for tag in found if not tag.isdigit()))


def _names(item: EvidenceItem) -> tuple[str, ...]:
    candidates = (item.author_ref, item.media.get("channel_name"), item.media.get("organisation_name"))
    return tuple(name for name in candidates if isinstance(name, str) and name)
