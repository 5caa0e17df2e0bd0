"""What a snapshot says once overrides and pins are in front of what was inferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Pillar, PlatformProfile, Snapshot
from brandbrain_core.policies.merging import inferred, merge
from brandbrain_core.policies.overriding import patch
from brandbrain_core.policies.paths import leaves
from brandbrain_core.testing import snapshots as build
from brandbrain_core.testing.strategies import snapshots as some


def overrides(values: Mapping[str, JsonValue] | None = None, pins: tuple[str, ...] = (), **members: Any) -> Overrides:
    """Return overrides as they are stored."""
    return Overrides(brand_id=some.BRAND, values=values or {}, pinned_paths=pins, **members)


def merged(snapshot: Snapshot, given_overrides: Overrides) -> Mapping[str, FieldNode[JsonValue]]:
    """Return the leaves of the merge."""
    return leaves(merge(snapshot, given_overrides, version=1))


def test_nothing_overridden_changes_nothing_but_the_version() -> None:
    """Without overrides a draft is published as it is."""
    snapshot = build.snapshot(version=3)
    assert attrs.evolve(snapshot, version=4) == merge(snapshot, overrides(), version=4)


def test_an_override_stands_in_front_of_what_was_inferred() -> None:
    """The value is the person's; confidence and sources go on to tell of the inferred one, which is still shown."""
    snapshot = build.snapshot()
    inferred_node = snapshot.voice.cta_policy

    expected = attrs.evolve(inferred_node, value="direct", override_value="direct", inferred_value="soft")

    assert expected == merged(snapshot, overrides({"voice.cta_policy": "direct"}))["voice.cta_policy"]


def test_a_list_is_overridden_as_a_whole() -> None:
    """The value has the type of the field; the override is shown as it was given."""
    node = merged(build.snapshot(), overrides({"voice.do": []}))["voice.do"]

    assert ((), [], ("Say why",)) == (node.value, node.override_value, node.inferred_value)


def test_a_pinned_value_stands_in_front_of_what_was_inferred() -> None:
    """A pin without an override does not drift when the compiler changes its mind."""
    node = merged(build.snapshot(), overrides(pins=("voice.do",), pinned_values={"voice.do": ["Old"]}))["voice.do"]

    assert (("Old",), True, None, ("Say why",)) == (node.value, node.locked, node.override_value, node.inferred_value)


def test_an_override_wins_over_a_pin() -> None:
    """Both stand: the field is locked and has the overriding value."""
    given_overrides = overrides(
        {"voice.cta_policy": "direct"}, ("voice.cta_policy",), pinned_values={"voice.cta_policy": "none"}
    )
    node = merged(build.snapshot(), given_overrides)["voice.cta_policy"]

    assert ("direct", "direct", "soft", True) == (node.value, node.override_value, node.inferred_value, node.locked)


def test_a_pin_that_froze_nothing_yet_locks_what_was_inferred() -> None:
    """A pin from before the first compile takes the first value it meets."""
    node = merged(build.snapshot(), overrides(pins=("voice.do",)))["voice.do"]

    assert (("Say why",), True, ("Say why",)) == (node.value, node.locked, node.inferred_value)


def test_a_pin_on_a_group_locks_all_its_fields_and_no_other() -> None:
    """A group is a prefix of whole segments: voice is no group of voice_over."""
    snapshot = build.snapshot()
    given_overrides = overrides({"voice_over": 1, "pillars.craft2.name": "C"}, ("voice", "pillars.craft"))

    locked = [path for path, node in merged(snapshot, given_overrides).items() if node.locked]

    assert [
        "voice.tone_tags",
        "voice.do",
        "voice.dont",
        "voice.cta_policy",
        "voice.emoji_policy",
        "pillars.craft.name",
        "pillars.craft.description",
        "pillars.craft.themes",
    ] == locked


def test_a_pinned_value_whose_pin_is_gone_does_not_count() -> None:
    """Only pinned paths lock, whatever else is stored."""
    snapshot = build.snapshot()
    stale = overrides(pinned_values={"voice.do": ["Old"], "tagline": "Old"})

    assert snapshot == merge(snapshot, stale, version=snapshot.version)


def test_an_absent_field_is_filled_on_a_persons_word() -> None:
    """Nobody inferred it, so there is no inferred value, no source, and full confidence."""
    path = "platform_profiles.instagram.tone_adjustment"

    expected = FieldNode(value="dry", confidence=1.0, override_value="dry")

    assert expected == merged(build.snapshot(), overrides({path: "dry"}))[path]


def test_an_own_field_appears_at_its_path() -> None:
    """A path outside the schema is a field on a person's word; falsy values count."""
    snapshot = merge(build.snapshot(), overrides({"positioning.tagline": "Up!", "pillars.craft.budget": 0}), version=1)
    document = wire.unstructure(snapshot)

    node = {"confidence": 1.0, "locked": False, "sources": []}
    assert node | {"value": "Up!", "override_value": "Up!"} == document["positioning"]["tagline"]
    assert node | {"value": 0, "override_value": 0} == document["pillars"][0]["budget"]


def test_an_own_field_outlives_its_override_while_it_is_pinned() -> None:
    """The pin froze it."""
    node = merged(build.snapshot(), overrides(pins=("tagline",), pinned_values={"tagline": "Up!"}))["tagline"]

    assert FieldNode(value="Up!", confidence=1.0, locked=True) == node


def test_an_item_that_is_no_longer_proposed_is_kept() -> None:
    """A recompile without the pillar cannot take a person's words away; the rest is as it was put aside."""
    given_overrides = overrides(
        {"pillars.gone.name": "Mine"},
        kept_items={"pillars.gone": {"name": "Theirs", "description": "Old", "themes": ["a"]}},
    )

    *proposed, kept = merge(build.snapshot(), given_overrides, version=1).pillars

    assert ["craft", "people"] == [pillar.id for pillar in proposed]
    expected = Pillar(
        id="gone",
        kept=True,
        name=FieldNode(value="Mine", confidence=0.1, override_value="Mine", inferred_value="Theirs"),
        description=FieldNode(value="Old", confidence=0.1),
        themes=FieldNode(value=("a",), confidence=0.1),
    )
    assert expected == kept


def test_an_item_that_is_proposed_again_is_no_longer_kept() -> None:
    """What the compiler says now counts, not what was put aside."""
    given_overrides = overrides(
        {"pillars.craft.name": "Mine"}, kept_items={"pillars.craft": {"name": "x", "description": "Old", "themes": []}}
    )

    craft = merge(build.snapshot(), given_overrides, version=1).pillars[0]

    assert (None, "Mine", "The craft") == (craft.kept, craft.name.value, craft.name.inferred_value)
    assert "All about the craft" == craft.description.value


def test_a_pillar_of_ones_own_has_what_it_was_given() -> None:
    """A name makes a pillar; what nobody said is empty."""
    *_, made = merge(build.snapshot(), overrides({"pillars.new.name": "Mine"}), version=1).pillars

    expected = Pillar(
        id="new",
        kept=True,
        name=FieldNode(value="Mine", confidence=1.0, override_value="Mine"),
        description=FieldNode(value="", confidence=0.0),
        themes=FieldNode(value=(), confidence=0.0),
    )
    assert expected == made


def test_a_profile_is_made_for_an_own_field() -> None:
    """A note on a platform that is not connected has a place to stand."""
    *_, made = merge(build.snapshot(), overrides({"platform_profiles.x.note": "Later"}), version=1).platform_profiles

    assert PlatformProfile(platform="x", kept=True) == made


def test_kept_items_follow_the_proposed_ones_by_key() -> None:
    """Whatever order they were edited in."""
    given_overrides = overrides(
        {"pillars.z.name": "Z", "pillars.b.name": "B"},
        ("pillars.m",),
        kept_items={"pillars.m": {"name": "M", "description": "", "themes": []}},
    )
    snapshot = merge(build.snapshot(pillars=("people", "craft")), given_overrides, version=1)

    assert ["people", "craft", "b", "m", "z"] == [pillar.id for pillar in snapshot.pillars]


def test_bookkeeping_stays_as_it_was_compiled() -> None:
    """A re-merge changes neither when it was compiled nor how sure the sections were."""
    snapshot = build.snapshot()
    after = merge(snapshot, overrides({"meta.content_goal": "sales"}), version=2)

    assert snapshot.meta == attrs.evolve(after.meta, content_goal=snapshot.meta.content_goal)


@pytest.mark.parametrize("path", ["voice.do", "pillars.craft.name", "platform_profiles.instagram.hashtag_strategy"])
def test_an_untouched_field_is_shared(path: str) -> None:
    """What no override concerns is not even copied."""
    snapshot = build.snapshot()
    after = merge(snapshot, overrides({"positioning.what_we_do": "Kites"}), version=2)

    assert leaves(snapshot)[path] is leaves(after)[path]


@given(st.data())
def test_merging_can_be_undone(data: st.DataObject) -> None:
    """A merged snapshot still tells exactly what was inferred."""
    snapshot = data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(snapshot))
    event(f"{min(len(given_overrides.values), 3)} overrides, {min(len(given_overrides.pinned_paths), 3)} pins")

    assert snapshot == inferred(merge(snapshot, given_overrides, version=snapshot.version))


@given(st.data())
def test_the_last_overrides_count_and_no_earlier_ones(data: st.DataObject) -> None:
    """Merging what was merged before is merging anew; with the same overrides it changes nothing."""
    snapshot = data.draw(some.snapshots)
    first, second = data.draw(some.overrides(snapshot)), data.draw(some.overrides(snapshot))
    once = merge(snapshot, first, version=1)

    assert once == merge(once, first, version=1)
    assert merge(snapshot, second, version=2) == merge(once, second, version=2)


@given(st.data())
def test_the_order_of_keys_does_not_count(data: st.DataObject) -> None:
    """Equal inputs give byte-equal documents, however their mappings are ordered."""
    snapshot = data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(snapshot))
    backwards = attrs.evolve(
        given_overrides,
        values=_backwards(given_overrides.values),
        pinned_paths=given_overrides.pinned_paths[::-1],
        pinned_values=_backwards(given_overrides.pinned_values),
        kept_items={path: _backwards(item) for path, item in _backwards(given_overrides.kept_items).items()},
    )

    expected = merge(snapshot, given_overrides, version=1)

    assert sorted(expected.own_fields) == list(expected.own_fields)
    assert wire.dumps(expected) == wire.dumps(merge(snapshot, backwards, version=1))
    assert list(leaves(expected)) == list(leaves(merge(snapshot, backwards, version=1)))


@given(st.data())
def test_every_override_shows(data: st.DataObject) -> None:
    """Before the first compile, and after one that proposes other things: nothing is stored and never applied."""
    seen, recompiled = data.draw(st.none() | some.snapshots), data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(seen))

    after = merged(recompiled, given_overrides)

    assert given_overrides.values == {path: after[path].override_value for path in given_overrides.values}
    assert all(_json(after[path].value) == value for path, value in given_overrides.values.items())


@given(st.data())
def test_every_frozen_value_holds(data: st.DataObject) -> None:
    """What is pinned and not overridden is the same after any recompile; what is not pinned is not locked."""
    seen, recompiled = data.draw(st.none() | some.snapshots), data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(seen))
    frozen = {p: v for p, v in given_overrides.pinned_values.items() if p not in given_overrides.values}

    after = merged(recompiled, given_overrides)

    assert frozen == {path: _json(after[path].value) for path in frozen}
    assert all(after[path].locked for path in given_overrides.pinned_values)


@given(st.data())
def test_items_that_people_touched_never_vanish(data: st.DataObject) -> None:
    """Each item with an override stands in the list after any recompile, once."""
    seen, recompiled = data.draw(some.snapshots), data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(seen))
    touched = {path.split(".")[1] for path in given_overrides.values if path.startswith("pillars.")}

    keys = [pillar.id for pillar in merge(recompiled, given_overrides, version=1).pillars]

    assert touched <= set(keys)
    assert len(keys) == len(set(keys))


@given(st.data())
def test_a_merged_snapshot_survives_the_wire(data: st.DataObject) -> None:
    """It can be stored as text and merged again from there."""
    snapshot = data.draw(some.snapshots)
    given_overrides = data.draw(some.overrides(snapshot))
    once = merge(snapshot, given_overrides, version=1)

    read = wire.loads(wire.dumps(once), Snapshot)

    assert once == read
    assert wire.dumps(once) == wire.dumps(merge(read, given_overrides, version=1))


def test_an_override_by_index_stays_with_its_item_after_a_recompile() -> None:
    """The second pillar was meant, not whatever is second later."""
    seen = build.snapshot(pillars=("craft", "people"))
    edited = patch(overrides(), values={"pillars.1.name": "Crew"}, snapshot=seen, now=build.NOON)

    recompiled = merge(build.snapshot(pillars=("people", "sails", "craft")), edited, version=2)

    assert ["Crew", "The sails", "The craft"] == [pillar.name.value for pillar in recompiled.pillars]


def _json(value: JsonValue) -> JsonValue:
    return list(value) if isinstance(value, tuple) else value


def _backwards(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return dict(reversed(list(mapping.items())))
