"""
How a newly seen evidence item is merged into the one that is stored: an update never loses what was known.

Every store does this in one atomic statement; `merge` says what that statement must do, and the contract suite compares
the two. *stored* is the row, *seen* what `first_seen` made of the new sighting (so *seen* is exactly the row to insert
where there is none):

* ``id brand_id platform created_at``: stored stays.
* ``title author_ref published_at language external_id``: seen, unless it is None.
* ``text_primary``: seen, unless it is empty.
* ``text_secondary`` with ``secondary_kind``, as a pair: seen, unless its text is None, or stored is a transcript and
  seen is none.
* ``hashtags``: seen, unless empty; never mixed.
* ``metrics media flags``: key by key, seen wins; keys that seen lacks stay; two values of a key are never mixed.
* ``content_type``: seen, but a stored ``reel`` stays one.
* ``capability canonical_url source_id``: seen, unless stored has capability ``reels`` and seen has not. So one medium
  that comes through both Instagram capabilities is one item, and the reel wins in whichever order they come.
* ``raw_refs``: those of seen that stored lacks, in their order, then stored's; the first 20.
* ``updated_at``: seen's, if any of the above but ``source_id`` and ``raw_refs`` is different now; else stored stays.

Items that occur twice in one batch are merged with one another first (`fold`), then with what is stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.ids import BrandId, SourceId, evidence_id
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef, SecondaryKind
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import Capability, ContentType
from brandbrain_core.policies.storable import storable

RAW_REFS_KEPT: Final = 20
"""How many of the places where an item was seen are remembered."""

DERIVED_FLAGS: Final = frozenset({"has_transcript", "is_low_value"})
"""Flags that are worked out from the merged item and therefore never stored."""

_BOOKKEEPING: Final = frozenset({"source_id", "raw_refs", "created_at", "updated_at"})
CONTENT_FIELDS: Final = tuple(a.name for a in attrs.fields(EvidenceItem) if a.name not in _BOOKKEEPING)
"""The fields whose change counts as an update."""


def first_seen(
    item: NormalisedItem, *, brand_id: BrandId, source_id: SourceId, raw_ref: RawRef | None, at: datetime
) -> EvidenceItem:
    """
    Return the evidence item to store where there is none yet.

    Characters that cannot be stored are gone, blank texts are None, null and blank members of metrics and media are
    absent, whole numbers are integers (so that one number has one JSON text), and derived flags are left out.
    """
    clean = _cleaned(item)
    return EvidenceItem(
        **{field.name: getattr(clean, field.name) for field in attrs.fields(NormalisedItem)},
        id=evidence_id(brand_id, clean.platform, clean.identity),
        brand_id=brand_id,
        source_id=source_id,
        raw_refs=() if raw_ref is None else (raw_ref,),
        created_at=at,
        updated_at=at,
    )


def merge(stored: EvidenceItem | None, seen: EvidenceItem) -> EvidenceItem:
    """
    Return what is to be stored once *seen*, made by `first_seen`, has been merged into *stored*.

    Raises:
        ValueError: The two are not the same item.
    """
    if stored is None:
        return seen
    if stored.id != seen.id:
        raise ValueError(f"{seen.id} is another item than {stored.id}")
    reel_stays = stored.capability is Capability.REELS and seen.capability is not Capability.REELS
    telling = stored if reel_stays else seen
    secondary = _telling_secondary(stored, seen)
    merged = attrs.evolve(
        stored,
        capability=telling.capability,
        canonical_url=telling.canonical_url,
        source_id=telling.source_id,
        content_type=stored.content_type if stored.content_type is ContentType.REEL else seen.content_type,
        external_id=_known(seen.external_id, stored.external_id),
        published_at=_known(seen.published_at, stored.published_at),
        author_ref=_known(seen.author_ref, stored.author_ref),
        title=_known(seen.title, stored.title),
        language=_known(seen.language, stored.language),
        text_primary=seen.text_primary or stored.text_primary,
        text_secondary=secondary.text_secondary,
        secondary_kind=secondary.secondary_kind,
        hashtags=seen.hashtags or stored.hashtags,
        metrics={**stored.metrics, **seen.metrics},
        media={**stored.media, **seen.media},
        flags={**stored.flags, **seen.flags},
        raw_refs=_joined_refs(stored.raw_refs, seen.raw_refs),
    )
    return merged if same_content(stored, merged) else attrs.evolve(merged, updated_at=seen.updated_at)


def fold(seen: Iterable[EvidenceItem]) -> tuple[EvidenceItem, ...]:
    """Return the distinct items of a batch, in the order in which each came first, each with its sightings merged."""
    distinct: dict[object, EvidenceItem] = {}
    for item in seen:
        distinct[item.id] = merge(distinct.get(item.id), item)
    return tuple(distinct.values())


def same_content(one: EvidenceItem, other: EvidenceItem) -> bool:
    """Tell whether two versions of an item say the same; where it was seen does not count."""
    return all(getattr(one, name) == getattr(other, name) for name in CONTENT_FIELDS)


def _known(seen: JsonValue, stored: JsonValue) -> JsonValue:
    return stored if seen is None else seen


def _telling_secondary(stored: EvidenceItem, seen: EvidenceItem) -> EvidenceItem:
    if seen.text_secondary is None:
        return stored
    loses_transcript = stored.transcript is not None and seen.secondary_kind is not SecondaryKind.TRANSCRIPT
    return stored if loses_transcript else seen


def _joined_refs(stored: tuple[RawRef, ...], seen: tuple[RawRef, ...]) -> tuple[RawRef, ...]:
    return (*(ref for ref in seen if ref not in stored), *stored)[:RAW_REFS_KEPT]


def _cleaned(item: NormalisedItem) -> NormalisedItem:
    secondary = _text(item.text_secondary)
    return NormalisedItem(
        platform=item.platform,
        capability=item.capability,
        content_type=item.content_type,
        external_id=_text(item.external_id),
        canonical_url=storable(item.canonical_url),
        published_at=item.published_at,
        author_ref=_text(item.author_ref),
        title=_text(item.title),
        text_primary=_text(item.text_primary) or "",
        text_secondary=secondary,
        secondary_kind=None if secondary is None else item.secondary_kind,
        hashtags=tuple(dict.fromkeys(tag for raw in item.hashtags if (tag := _text(raw)))),
        metrics=_without_blanks(item.metrics),
        media=_without_blanks(item.media),
        flags={storable(name): bool(value) for name, value in item.flags.items() if name not in DERIVED_FLAGS},
        language=_text(item.language),
    )


def _text(raw: str | None) -> str | None:
    """Return the text as it can be stored; None where nothing but blanks is left."""
    text = storable(raw or "")
    return text if text.strip() else None


def _without_blanks(members: Mapping[str, JsonValue]) -> JsonObject:
    cleaned = {storable(name): _value(value) for name, value in members.items()}
    return {name: value for name, value in cleaned.items() if value is not None and value != "" and value != []}


def _value(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list | tuple):
        return [_value(member) for member in value]
    if isinstance(value, Mapping):
        return {storable(name): _value(member) for name, member in value.items()}
    return value


def _number(value: float) -> JsonValue:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
