"""Merging evidence: nothing that was known is lost, and normalising twice changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType
from brandbrain_core.policies.evidence_merge import RAW_REFS_KEPT, first_seen, fold, merge, same_content
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON
from brandbrain_core.testing.strategies.evidence import normalised_items, raw_refs

LATER = NOON + timedelta(hours=1)


def seen(item: NormalisedItem, ref: RawRef | None = None, at: datetime = NOON, source: int = 1) -> EvidenceItem:
    """Return the item as it is first seen."""
    return first_seen(item, brand_id=build.BRAND, source_id=build.source_id(source), raw_ref=ref, at=at)


same_items = st.builds(
    lambda items, refs: [seen(item, ref) for item, ref in zip(items, refs, strict=False)],
    st.lists(normalised_items, min_size=3, max_size=3),
    st.lists(raw_refs, min_size=3, max_size=3),
).map(lambda items: [attrs.evolve(each, id=items[0].id) for each in items])
"""Three sightings, of whatever, that are taken for one item."""


@given(normalised_items, raw_refs)
def test_a_first_sighting_is_stored_as_it_is(item: NormalisedItem, ref: RawRef | None) -> None:
    """Where there is nothing to merge into."""
    assert seen(item, ref) == merge(None, seen(item, ref))


@given(normalised_items, raw_refs)
def test_merging_twice_changes_nothing(item: NormalisedItem, ref: RawRef | None) -> None:
    """Not even the time of the change."""
    stored = seen(item, ref)
    assert stored == merge(stored, seen(item, ref, at=LATER))


@given(same_items)
def test_merging_again_what_was_merged_changes_nothing(items: list[EvidenceItem]) -> None:
    """The last sighting, delivered again, finds all of itself there."""
    merged = merge(merge(items[0], items[1]), items[2])
    assert merged == merge(merged, attrs.evolve(items[2], updated_at=LATER))


@given(same_items)
def test_a_batch_is_merged_in_order(items: list[EvidenceItem]) -> None:
    """Sightings that were merged with one another first say the same in the end."""
    (folded,) = fold(items[1:])
    one_by_one = merge(merge(items[0], items[1]), items[2])
    at_once = merge(items[0], folded)
    assert same_content(one_by_one, at_once)
    assert (one_by_one.raw_refs, one_by_one.source_id) == (at_once.raw_refs, at_once.source_id)


@given(same_items)
def test_nothing_that_was_known_is_lost(items: list[EvidenceItem]) -> None:
    """No member becomes unknown, no key of metrics, media or flags disappears, no transcript is replaced by less."""
    before, after = items[0], merge(items[0], items[1])
    for name in ("external_id", "published_at", "author_ref", "title", "text_primary", "text_secondary", "hashtags"):
        assert getattr(after, name) or not getattr(before, name)
    for name in ("metrics", "media", "flags"):
        assert getattr(before, name).keys() <= getattr(after, name).keys()
    assert bool(after.transcript) >= bool(before.transcript)
    assert (before.id, before.brand_id, before.created_at) == (after.id, after.brand_id, after.created_at)


@given(normalised_items)
def test_what_is_stored_survives_json(item: NormalisedItem) -> None:
    """No NUL, no lone surrogate, no null, no blank: what is written as JSON is read back as the same."""
    stored = seen(item)
    text = wire.dumps({"metrics": stored.metrics, "media": stored.media, "title": stored.title})
    assert "\\u0000" not in text
    assert stored.media == wire.loads(wire.dumps(stored.media), dict)
    assert None not in stored.media.values()
    assert stored.title is None or stored.title.strip()
    text.encode("utf-8")


@given(normalised_items)
def test_cleaning_is_done_once(item: NormalisedItem) -> None:
    """A clean item is not cleaned further."""
    clean = seen(item)
    again = NormalisedItem(**{field.name: getattr(clean, field.name) for field in attrs.fields(NormalisedItem)})
    assert clean == seen(again)


@pytest.mark.parametrize("first", ["post", "reel"])
def test_the_reel_wins_in_either_order(first: str) -> None:
    """The same medium through posts and reels is a reel, of the reels' source, under the reels' address."""
    post = seen(build.normalised_item(), source=1)
    reel = seen(
        build.normalised_item(
            capability=Capability.REELS,
            content_type=ContentType.REEL,
            canonical_url="https://www.instagram.com/reel/1/",
        ),
        source=2,
    )
    merged = merge(post, reel) if first == "post" else merge(reel, post)
    assert (reel.capability, reel.content_type, reel.canonical_url, reel.source_id) == (
        merged.capability,
        merged.content_type,
        merged.canonical_url,
        merged.source_id,
    )


def test_a_clip_stays_a_reel() -> None:
    """A post that was known for a clip is not made less by a sighting that does not say so."""
    clip = seen(build.normalised_item(content_type=ContentType.REEL))
    assert ContentType.REEL is merge(clip, seen(build.normalised_item())).content_type


@pytest.mark.parametrize(
    ("stored", "new", "expected"),
    [
        (("said", "transcript"), ("about", "description"), ("said", "transcript")),
        (("said", "transcript"), ("said anew", "transcript"), ("said anew", "transcript")),
        (("about", "description"), ("said", "transcript"), ("said", "transcript")),
        (("about", "description"), ("about it", "description"), ("about it", "description")),
        (("said", "transcript"), (None, "transcript"), ("said", "transcript")),
        ((None, None), ("about", "description"), ("about", "description")),
        (("said", "transcript"), ("unknown", None), ("said", "transcript")),
    ],
)
def test_a_description_never_replaces_a_transcript(
    stored: tuple[str, str], new: tuple[str, str], expected: tuple[str, str]
) -> None:
    """A transcript replaces anything, a description only a description."""

    def item(text: str | None, kind: str | None) -> EvidenceItem:
        return seen(
            build.normalised_item(text_secondary=text, secondary_kind=None if kind is None else SecondaryKind(kind))
        )

    merged = merge(item(*stored), item(*new))
    assert expected == (merged.text_secondary, merged.secondary_kind)


def test_derived_flags_are_not_stored() -> None:
    """They follow from the merged item: a re-scrape without transcript drops neither the text nor the flag."""
    rich = build.normalised_item(
        text_secondary="said",
        secondary_kind=SecondaryKind.TRANSCRIPT,
        flags={"has_transcript": True, "is_low_value": True, "is_ad": True},
    )
    poor = build.normalised_item(flags={"has_transcript": False})
    merged = merge(seen(rich), seen(poor))
    assert {"is_ad": True} == merged.flags
    assert {"is_ad": True, "has_transcript": True, "is_low_value": False} == merged.all_flags


def test_only_content_moves_the_time_of_the_change() -> None:
    """Another source or raw item does not."""
    stored = seen(build.normalised_item(), build.raw_ref(1))
    elsewhere = merge(stored, seen(build.normalised_item(), build.raw_ref(2), LATER, source=2))
    assert (NOON, build.source_id(2)) == (elsewhere.updated_at, elsewhere.source_id)
    assert (build.raw_ref(2), build.raw_ref(1)) == elsewhere.raw_refs
    assert LATER == merge(stored, seen(build.normalised_item(title="New"), at=LATER)).updated_at


def test_the_newest_places_are_remembered() -> None:
    """Twenty of them, each once, newest first; one that is known keeps its place."""
    stored = seen(build.normalised_item(), build.raw_ref(1))
    for number in range(2, 30):
        stored = merge(stored, seen(build.normalised_item(), build.raw_ref(number)))
    again = merge(stored, seen(build.normalised_item(), build.raw_ref(15)))
    assert [build.raw_ref(number) for number in range(29, 9, -1)] == list(again.raw_refs)
    assert RAW_REFS_KEPT == len(again.raw_refs)


@given(normalised_items, normalised_items)
def test_two_items_are_never_mixed(one: NormalisedItem, other: NormalisedItem) -> None:
    """Merging another item is an error of the program."""
    assume(seen(one).id != seen(other).id)
    with pytest.raises(ValueError, match="is another item than"):
        merge(seen(one), seen(other))
    assert (seen(one), seen(other)) == fold([seen(one), seen(other)])
