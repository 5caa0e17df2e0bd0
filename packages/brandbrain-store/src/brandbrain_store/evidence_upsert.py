"""
The upsert of an evidence item: one atomic statement that does what `brandbrain_core.policies.evidence_merge.merge`
says.

The contract suite compares the two, field by field.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, case, func, literal_column, or_

from brandbrain_core.model.evidence import SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType
from brandbrain_store.built import built_once
from brandbrain_store.dialects import Database, Upsert
from brandbrain_store.tables import evidence

CREATED: Final = "created"
UPDATED: Final = "updated"
UNCHANGED: Final = "unchanged"

_MEMBERS: Final = ("metrics", "media", "flags")
_IF_KNOWN: Final = ("title", "author_ref", "published_at", "language", "external_id")

Merged = dict[str, ColumnElement[Any]]


def _constant(value: str) -> ColumnElement[str]:
    """Return a constant of ours in the statement's text, so that it is not sent with every row."""
    return literal_column(f"'{value}'", Text())


_TRANSCRIPT: Final = _constant(SecondaryKind.TRANSCRIPT)
_REELS: Final = _constant(Capability.REELS)
_REEL: Final = _constant(ContentType.REEL)
_EMPTY: Final = _constant("")
_NONE: Final = _constant("[]")


@built_once
def upsert(database: Database) -> Upsert:
    """Return the statement; its rows are those of `brandbrain_store.evidence_rows.row_of`."""
    insert = database.insert(evidence)
    return insert.on_conflict_do_update(index_elements=["id"], set_=_changes(database, insert.excluded))


def _changes(database: Database, seen: Any) -> Merged:
    """Return what each column becomes where the item is stored already."""
    stored = evidence.c
    merged = _scalars(seen) | {name: database.joined_members(stored[name], seen[name]) for name in _MEMBERS}
    differs = [merged[name].is_distinct_from(stored[name]) for name in _scalars(seen)]
    differs += [~database.same_members(merged[name], stored[name]) for name in _MEMBERS]
    changed = or_(*differs)
    return merged | {
        "source_id": case((_reel_stays(seen), stored.source_id), else_=seen.source_id),
        "age": case((seen.published_at.is_(None), stored.age), else_=seen.age),
        "raw_refs": database.joined_refs(stored.raw_refs, seen.raw_refs),
        "updated_at": case((changed, seen.updated_at), else_=stored.updated_at),
        "last_upsert": case((changed, _constant(UPDATED)), else_=_constant(UNCHANGED)),
    }


def _scalars(seen: Any) -> Merged:
    stored = evidence.c
    reel_stays = _reel_stays(seen)
    keeps_secondary = or_(
        seen.text_secondary.is_(None),
        and_(
            stored.text_secondary.is_not(None),
            stored.secondary_kind == _TRANSCRIPT,
            seen.secondary_kind.is_distinct_from(_TRANSCRIPT),
        ),
    )
    return {
        **{name: func.coalesce(seen[name], stored[name]) for name in _IF_KNOWN},
        "text_primary": case((seen.text_primary == _EMPTY, stored.text_primary), else_=seen.text_primary),
        "text_secondary": case((keeps_secondary, stored.text_secondary), else_=seen.text_secondary),
        "secondary_kind": case((keeps_secondary, stored.secondary_kind), else_=seen.secondary_kind),
        "hashtags": case((seen.hashtags == _NONE, stored.hashtags), else_=seen.hashtags),
        "content_type": case((stored.content_type == _REEL, stored.content_type), else_=seen.content_type),
        "capability": case((reel_stays, stored.capability), else_=seen.capability),
        "canonical_url": case((reel_stays, stored.canonical_url), else_=seen.canonical_url),
    }


def _reel_stays(seen: Any) -> ColumnElement[bool]:
    """Return the condition that what is stored tells more: a reel that now comes as a post."""
    return and_(evidence.c.capability == _REELS, seen.capability != _REELS)
