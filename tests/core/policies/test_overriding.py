"""What an edit makes of the overrides of a brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.errors import InvalidInput, InvalidOverridePath, InvalidOverrideValue
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies import overriding
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.overriding import freeze, patch
from brandbrain_core.policies.paths import leaves
from brandbrain_core.testing import snapshots as build
from brandbrain_core.testing.strategies import snapshots as some

NONE = Overrides(brand_id=some.BRAND)
LATER = build.NOON + timedelta(hours=1)


class Brand:
    """A brand whose snapshots follow its edits and recompiles, as a service has them follow."""

    def __init__(self, draft: Snapshot | None) -> None:
        self.overrides = NONE
        self.snapshot: Snapshot | None = None
        if draft is not None:
            self.recompile(draft)

    def recompile(self, draft: Snapshot) -> None:
        """Publish *draft* under the overrides of the moment."""
        self.snapshot = merge(draft, self.overrides, version=1)
        self.overrides = freeze(self.overrides, self.snapshot)

    def edit(self, values: Mapping[str, JsonValue] | None = None, pins: Sequence[str] | None = None) -> None:
        """Patch the overrides and publish what they make of the newest snapshot."""
        self.overrides = patch(self.overrides, values=values, pinned_paths=pins, snapshot=self.snapshot, now=build.NOON)
        if self.snapshot is not None:
            self.snapshot = merge(self.snapshot, self.overrides, version=1)

    def value(self, path: str) -> JsonValue:
        """Return what the newest snapshot says at *path*."""
        assert self.snapshot is not None
        return leaves(self.snapshot)[path].value

    def pillars(self) -> list[str]:
        """Return the keys of the pillars."""
        assert self.snapshot is not None
        return [pillar.id for pillar in self.snapshot.pillars]


def test_values_are_put_in_by_key() -> None:
    """Paths that the edit does not name keep their overrides; a list is replaced, not joined."""
    before = patch(NONE, values={"voice.do": ["a"], "tagline": "x"}, snapshot=None, now=build.NOON)

    after = patch(before, values={"voice.do": ["b"], "voice.cta_policy": "none"}, snapshot=None, now=LATER)

    assert {"tagline": "x", "voice.do": ["b"], "voice.cta_policy": "none"} == after.values
    assert after.updated_at == LATER


def test_null_takes_an_override_away() -> None:
    """Also one that is not there, which changes nothing."""
    before = patch(NONE, values={"voice.do": ["a"], "tagline": "x"}, snapshot=None, now=build.NOON)

    after = patch(before, values={"voice.do": None, "motto": None}, snapshot=None, now=LATER)

    assert {"tagline": "x"} == after.values


@pytest.mark.parametrize("path", ["version", "pillars.7.name"])
def test_null_takes_away_whatever_is_stored(path: str) -> None:
    """Also what is no field any more, and the key of an item that looks like an index where none is."""
    stored = attrs.evolve(NONE, values={path: "x"})

    assert {} == patch(stored, values={path: None}, snapshot=None, now=LATER).values


@pytest.mark.parametrize("path", ["voice", "version", "pillars.0.name", "a..b"])
def test_null_at_a_path_that_cannot_be_is_refused(path: str) -> None:
    """A mistyped removal must not look as if it had worked."""
    with pytest.raises(InvalidOverridePath):
        patch(NONE, values={path: None}, snapshot=None, now=LATER)


def test_pins_replace_the_list() -> None:
    """In the order given, each once; index and key of one item are one path."""
    before = patch(NONE, pinned_paths=["voice"], snapshot=build.snapshot(), now=build.NOON)

    pins = ["pillars.1.name", "tagline", "pillars.people.name", "pillars.0", "tagline"]
    after = patch(before, pinned_paths=pins, snapshot=build.snapshot(), now=LATER)

    assert ("pillars.people.name", "tagline", "pillars.craft") == after.pinned_paths


def test_an_edit_of_values_leaves_the_pins_alone() -> None:
    """None is not the empty list."""
    before = patch(NONE, pinned_paths=["voice.do"], snapshot=build.snapshot(), now=build.NOON)

    after = patch(before, values={"tagline": "x"}, snapshot=build.snapshot(), now=LATER)

    assert (("voice.do",), {"voice.do": ["Say why"]}) == (after.pinned_paths, after.pinned_values)


@pytest.mark.parametrize(
    ("values", "pins"),
    [(None, None), ({}, None), ({"tagline": "x"}, ["voice.do"]), ({"motto": None}, None), (None, ["voice.do"] * 2)],
)
def test_an_edit_that_changes_nothing_gives_the_same_object(values: Any, pins: Any) -> None:
    """So that nothing need be stored or published; the time of the last edit stays."""
    before = patch(NONE, values={"tagline": "x"}, pinned_paths=["voice.do"], snapshot=build.snapshot(), now=build.NOON)

    assert before is patch(before, values=values, pinned_paths=pins, snapshot=build.snapshot(), now=LATER)


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (False, 0), ([1], [True]), ({"a": 0}, {"a": 0.0})])
def test_values_that_only_python_calls_equal_are_a_change(old: JsonValue, new: JsonValue) -> None:
    """JSON tells 1, 1.0 and true apart, and so do its readers."""
    before = patch(NONE, values={"tagline": old}, snapshot=None, now=build.NOON)

    after = patch(before, values={"tagline": new}, snapshot=None, now=LATER)

    assert wire.dumps(new) == wire.dumps(after.values["tagline"])
    assert after.updated_at == LATER


def test_a_path_by_index_is_stored_by_key() -> None:
    """In the snapshot that people see, kept items included."""
    brand = Brand(build.snapshot(pillars=("craft", "people")))
    brand.edit({"pillars.1.name": "Crew"})
    brand.recompile(build.snapshot(pillars=("sails",)))
    brand.edit({"pillars.1.description": "Mine"})

    assert {"pillars.people.name": "Crew", "pillars.people.description": "Mine"} == brand.overrides.values


def test_one_field_under_two_names_is_refused() -> None:
    """Index and key would each have the last word."""
    with pytest.raises(InvalidOverridePath) as refused:
        patch(
            NONE,
            values={"pillars.craft.name": "A", "pillars.0.name": "B"},
            snapshot=build.snapshot(),
            now=LATER,
        )

    assert "pillars.0.name" == refused.value.path


@pytest.mark.parametrize(
    ("values", "pins", "error", "path"),
    [
        ({"tagline": "x", "voice": "y", "version": 2}, ["a..b"], InvalidOverridePath, "voice"),
        ({"tagline": "x", "voice.do": "y", "version": 2}, ["a..b"], InvalidOverrideValue, "voice.do"),
        ({"tagline": "x"}, ["voice", "a..b", "version"], InvalidOverridePath, "a..b"),
        ({"tagline": "x", "a.b": 1, "a": 2}, None, InvalidOverridePath, "a.b"),
        ({"a": 2, "a.b": 1}, None, InvalidOverridePath, "a"),
        ({"a.b.c": 2, "a.b": 1}, None, InvalidOverridePath, "a.b.c"),
        ({"a.b": 1}, ["a", "a.b.c"], InvalidOverridePath, "a.b.c"),
        ({"motto.short": 1}, None, InvalidOverridePath, "motto.short"),
        ({"pillars.new.themes": []}, None, InvalidOverridePath, "pillars.new.themes"),
        ({"pillars.new.owner": "me"}, None, InvalidOverridePath, "pillars.new.owner"),
        ({"pillars.7.name": "me"}, None, InvalidOverridePath, "pillars.7.name"),
        ({"pillars.0": "me"}, None, InvalidOverridePath, "pillars.0"),
        ({"pillars.0.id": None}, None, InvalidOverridePath, "pillars.0.id"),
        ({"pillars.0.name": 3}, None, InvalidOverrideValue, "pillars.0.name"),
        ({"pillars.0.boss": 3, "pillars.0.boss.name": "me"}, None, InvalidOverridePath, "pillars.0.boss"),
        (None, ["pillars.0.id"], InvalidOverridePath, "pillars.0.id"),
    ],
)
def test_the_first_bad_path_is_named_and_nothing_changes(
    values: Any, pins: Any, error: type[Exception], path: str
) -> None:
    """A refused edit leaves no half of itself; the error says where to look."""
    before = patch(NONE, values={"motto": "x"}, snapshot=build.snapshot(), now=build.NOON)
    copy = wire.dumps(before)

    with pytest.raises(error) as refused:
        patch(before, values=values, pinned_paths=pins, snapshot=build.snapshot(), now=LATER)

    assert path == refused.value.path  # type: ignore[attr-defined]
    assert copy == wire.dumps(before)


@given(st.data())
def test_any_edit_is_all_or_nothing(data: st.DataObject) -> None:
    """Whether edits are sent together or in any number, refused ones leave the stored value and the arguments alone."""
    snapshot = data.draw(some.snapshots)
    before = data.draw(some.overrides(snapshot))
    values = dict(data.draw(st.lists(some.edits(removals=True) | st.just(("voice", 1)), max_size=4)))
    pins = data.draw(st.none() | st.lists(some.pin_paths, max_size=3))
    copies = wire.dumps([before, values, pins])

    try:
        after = patch(before, values=values, pinned_paths=pins, snapshot=snapshot, now=LATER)
    except InvalidInput:
        after = before
    else:
        wanted = {p: v for p, v in {**before.values, **values}.items() if v is not None}
        assert wire.dumps(wanted) == wire.dumps(after.values)
        assert tuple(dict.fromkeys(before.pinned_paths if pins is None else pins)) == after.pinned_paths

    assert copies == wire.dumps([before, values, pins])
    assert "voice" not in after.values


def test_an_own_field_can_take_the_place_of_one_below_it_that_goes() -> None:
    """What counts is what is there afterwards."""
    before = patch(NONE, values={"a.b": 1}, snapshot=None, now=build.NOON)

    assert {"a": 2} == patch(before, values={"a": 2, "a.b": None}, snapshot=None, now=LATER).values


def test_an_own_field_that_lives_by_its_pin_is_in_the_way() -> None:
    """It is in the snapshot, so nothing can stand below it until it is unpinned."""
    brand = Brand(build.snapshot())
    brand.edit({"a": 1}, ["a"])
    brand.edit({"a": None})

    with pytest.raises(InvalidOverridePath):
        brand.edit({"a.b": 2})
    brand.edit({"a.b": 2}, [])

    assert 2 == brand.value("a.b")


def test_a_pin_freezes_what_the_field_says() -> None:
    """The inferred value, until the pin is taken away."""
    brand = Brand(build.snapshot())
    brand.edit(pins=["voice.cta_policy"])
    brand.recompile(_changed(build.snapshot(), "hard"))
    assert "soft" == brand.value("voice.cta_policy")

    brand.edit(pins=[])
    assert "hard" == brand.value("voice.cta_policy")


def test_a_pin_freezes_the_override() -> None:
    """What the field says is the override; with that gone, the pin holds it."""
    brand = Brand(build.snapshot())
    brand.edit({"voice.cta_policy": "direct"}, ["voice.cta_policy"])
    brand.edit({"voice.cta_policy": None})

    assert "direct" == brand.value("voice.cta_policy")


def test_a_pin_does_not_freeze_the_override_that_goes_with_it() -> None:
    """An edit that lifts the override and pins the field pins what then stands there."""
    brand = Brand(build.snapshot())
    brand.edit({"voice.cta_policy": "direct"})
    brand.edit({"voice.cta_policy": None}, ["voice.cta_policy"])

    assert "soft" == brand.value("voice.cta_policy")
    assert {"voice.cta_policy": "soft"} == brand.overrides.pinned_values


def test_a_pin_that_stays_keeps_what_it_froze() -> None:
    """Sending the pins again, or overriding what is pinned, freezes nothing anew."""
    brand = Brand(build.snapshot())
    brand.edit(pins=["voice.cta_policy"])
    brand.edit({"voice.cta_policy": "direct"}, ["voice", "voice.cta_policy"])

    assert "soft" == brand.overrides.pinned_values["voice.cta_policy"]


def test_a_pin_that_was_taken_away_freezes_anew() -> None:
    """It is a new decision at another moment."""
    brand = Brand(build.snapshot())
    brand.edit(pins=["voice.cta_policy"])
    brand.edit(pins=[])
    brand.recompile(_changed(build.snapshot(), "hard"))
    brand.edit(pins=["voice.cta_policy"])

    assert {"voice.cta_policy": "hard"} == brand.overrides.pinned_values


def test_a_pin_on_a_group_freezes_its_fields() -> None:
    """Each by itself, own fields included, and of the group alone."""
    brand = Brand(build.snapshot())
    brand.edit({"constraints.legal": "ask"}, ["constraints"])

    expected = {"constraints.legal": "ask", "constraints.risk_boundaries": [], "constraints.taboos": ["politics"]}
    assert expected == brand.overrides.pinned_values


def test_a_pin_from_before_the_first_compile_freezes_then() -> None:
    """The first value that the field has is the one that stays."""
    brand = Brand(None)
    brand.edit(pins=["voice.cta_policy"])
    brand.recompile(build.snapshot())
    brand.recompile(_changed(build.snapshot(), "hard"))

    assert "soft" == brand.value("voice.cta_policy")


def test_an_edit_freezes_what_an_earlier_one_could_not() -> None:
    """Even if it changes nothing else: there is a snapshot now."""
    before = patch(
        NONE, values={"pillars.craft.name": "Mine"}, pinned_paths=["voice.do"], snapshot=None, now=build.NOON
    )
    pin_alone = attrs.evolve(before, values={})
    override_alone = attrs.evolve(before, pinned_paths=())

    frozen, kept = (
        patch(each, values={}, snapshot=build.snapshot(), now=LATER) for each in (pin_alone, override_alone)
    )

    assert {"voice.do": ["Say why"]} == frozen.pinned_values
    assert {"pillars.craft"} == set(kept.kept_items)


def test_a_pin_before_the_first_compile_freezes_an_override() -> None:
    """That value is known already."""
    brand = Brand(None)
    brand.edit({"voice.cta_policy": "direct"}, ["voice.cta_policy"])
    brand.edit({"voice.cta_policy": None})
    brand.recompile(build.snapshot())

    assert "direct" == brand.value("voice.cta_policy")


def test_a_pin_on_what_is_not_there_freezes_it_once_it_is() -> None:
    """A platform that is connected later, for example."""
    brand = Brand(build.snapshot(platforms=()))
    brand.edit(pins=["platform_profiles.web.hashtag_strategy"])
    assert {} == brand.overrides.pinned_values

    brand.recompile(build.snapshot(platforms=("web",)))
    assert {"platform_profiles.web.hashtag_strategy": "few"} == brand.overrides.pinned_values


def test_an_item_outlives_the_compilers_interest_in_it() -> None:
    """One override keeps the whole pillar, with the fields it had when it was touched."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.people.owner": "Ida"})
    brand.recompile(build.snapshot(pillars=("sails",)))

    assert ["sails", "people"] == brand.pillars()
    assert ("The people", ("people one", "people two"), "Ida") == tuple(
        brand.value(f"pillars.people.{name}") for name in ("name", "themes", "owner")
    )


def test_a_pin_on_one_field_keeps_the_whole_item() -> None:
    """As an override does."""
    brand = Brand(build.snapshot())
    brand.edit(pins=["pillars.people.name"])
    brand.recompile(build.snapshot(pillars=("sails",)))

    assert ["sails", "people"] == brand.pillars()
    assert "All about the people" == brand.value("pillars.people.description")


def test_a_kept_item_can_be_edited_on() -> None:
    """Its name is the one that was put aside, so none need be given."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.people.owner": "Ida"})
    brand.recompile(build.snapshot(pillars=("sails",)))
    brand.edit({"pillars.people.description": "Mine"})

    assert ("The people", "Mine") == (brand.value("pillars.people.name"), brand.value("pillars.people.description"))


def test_an_item_that_nobody_holds_any_more_goes() -> None:
    """Its fields are forgotten with the last override and pin."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.people.owner": "Ida"}, ["pillars.people.name"])
    brand.recompile(build.snapshot(pillars=("sails",)))

    brand.edit({"pillars.people.owner": None})
    assert ["sails", "people"] == brand.pillars()
    brand.edit(pins=[])
    assert (["sails"], {}, {}) == (brand.pillars(), brand.overrides.kept_items, brand.overrides.pinned_values)


def test_a_pin_on_the_list_keeps_all_its_items() -> None:
    """Those of the moment and those that come; new ones are still proposed."""
    brand = Brand(build.snapshot())
    brand.edit(pins=["pillars"])
    brand.recompile(build.snapshot(pillars=("sails",)))
    brand.recompile(build.snapshot(pillars=("people", "ropes")))

    assert ["people", "ropes", "craft", "sails"] == brand.pillars()
    assert {f"pillars.{key}" for key in brand.pillars()} == set(brand.overrides.kept_items)


def test_a_kept_item_is_as_it_was_inferred() -> None:
    """Not as it was overridden: with one override gone, the inferred value shows."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.people.name": "Crew", "pillars.people.description": "Mine"})
    brand.recompile(build.snapshot(pillars=()))
    brand.edit({"pillars.people.description": None})

    assert ("Crew", "All about the people") == (
        brand.value("pillars.people.name"),
        brand.value("pillars.people.description"),
    )


def test_an_item_is_put_aside_when_it_is_first_touched() -> None:
    """What is put aside then stays so while the item is held."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.people.name": "Crew"})
    assert {"name": "The people", "description": "All about the people", "themes": ["people one", "people two"]} == (
        brand.overrides.kept_items["pillars.people"]
    )

    draft = build.snapshot()
    people = attrs.evolve(draft.pillars[1], description=build.field("New"))
    brand.recompile(attrs.evolve(draft, pillars=(people,)))
    assert "All about the people" == brand.overrides.kept_items["pillars.people"]["description"]


def test_a_pillar_of_ones_own_is_made_by_its_name() -> None:
    """Before the first compile as well as after; other fields can come with it, in any order."""
    for draft in (None, build.snapshot()):
        brand = Brand(draft)
        brand.edit({"pillars.new.themes": ["a"], "pillars.new.name": "Mine"})
        brand.recompile(build.snapshot(pillars=("craft",)))
        assert (["craft", "new"], "Mine", ("a",)) == (
            brand.pillars(),
            brand.value("pillars.new.name"),
            brand.value("pillars.new.themes"),
        )


def test_a_pillar_of_ones_own_keeps_its_name_as_long_as_it_is_held() -> None:
    """Its name can go only with all else that was said of it, or while a pin holds it."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.new.themes": ["a"], "pillars.new.name": "Mine"})

    with pytest.raises(InvalidOverridePath) as refused:
        brand.edit({"pillars.new.name": None})
    assert "pillars.new.name" == refused.value.path

    brand.edit(pins=["pillars.new.name"])
    brand.edit({"pillars.new.name": None})
    assert "Mine" == brand.value("pillars.new.name")

    with pytest.raises(InvalidOverridePath):
        brand.edit(pins=[])
    brand.edit({"pillars.new.themes": None}, [])
    assert ["craft", "people"] == brand.pillars()


def test_a_pin_alone_keeps_a_pillar_of_ones_own() -> None:
    """It froze the name that made it."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.new.name": "Mine"}, ["pillars.new"])
    brand.edit({"pillars.new.name": None})
    brand.recompile(build.snapshot(pillars=("sails",)))

    assert (["sails", "new"], "Mine") == (brand.pillars(), brand.value("pillars.new.name"))


def test_a_pillar_of_ones_own_that_the_compiler_comes_to_propose_is_its_pillar() -> None:
    """From then on it is put aside like any other."""
    brand = Brand(build.snapshot())
    brand.edit({"pillars.new.name": "Mine"})
    brand.recompile(build.snapshot(pillars=("new",)))

    assert {"pillars.new"} == set(brand.overrides.kept_items)
    assert "All about the new" == brand.value("pillars.new.description")


def test_a_brand_beyond_its_bounds_can_still_be_edited() -> None:
    """What was stored under other bounds can change and shrink."""
    paths = [f"own.n{n}" for n in range(max(overriding.MAX_OVERRIDES, overriding.MAX_PINS) + 2)]
    stored = attrs.evolve(NONE, values=dict.fromkeys(paths, 0), pinned_paths=tuple(paths))

    after = patch(stored, values={paths[0]: 1, paths[1]: None}, pinned_paths=paths[1:], snapshot=None, now=LATER)

    assert (len(paths) - 1, len(paths) - 1) == (len(after.values), len(after.pinned_paths))


def test_the_number_of_overrides_is_bounded() -> None:
    """A brand that is full can change and shrink, not grow."""
    bound = overriding.MAX_OVERRIDES
    full = patch(NONE, values={f"own.n{n}": n for n in range(bound)}, snapshot=None, now=build.NOON)

    with pytest.raises(InvalidOverridePath) as refused:
        patch(full, values={"own.n0": 1, "own.one_more": 1}, snapshot=None, now=LATER)
    after = patch(full, values={"own.n0": None, "own.one_more": 1}, snapshot=None, now=LATER)

    assert "own.one_more" == refused.value.path
    assert bound == len(after.values)


def test_the_number_of_pins_is_bounded() -> None:
    """As that of overrides."""
    paths = [f"own.n{n}" for n in range(overriding.MAX_PINS + 1)]
    full = patch(NONE, pinned_paths=paths[:-1], snapshot=None, now=build.NOON)

    with pytest.raises(InvalidOverridePath) as refused:
        patch(full, pinned_paths=paths, snapshot=None, now=LATER)

    assert paths[-1] == refused.value.path


@given(st.data())
def test_freezing_changes_no_value(data: st.DataObject) -> None:
    """What is put aside at a publish says nothing else than the snapshot, and freezing again adds nothing."""
    seen, recompiled = data.draw(some.snapshots), data.draw(some.snapshots)
    before = data.draw(some.overrides(seen))
    published = merge(recompiled, before, version=1)

    after = freeze(before, published)

    assert published == merge(recompiled, after, version=1)
    assert after == freeze(after, merge(published, after, version=1))
    assert before.pinned_values.items() <= after.pinned_values.items()
    assert before.kept_items.items() <= after.kept_items.items()


@given(st.data())
def test_two_edits_of_different_fields_both_take_effect(data: st.DataObject) -> None:
    """In whichever order they come."""
    snapshot = data.draw(some.snapshots)
    one, other = {"voice.do": ["a"]}, {"tagline": data.draw(some.words)}

    def edited(*edits: Mapping[str, JsonValue]) -> Overrides:
        result = NONE
        for edit in edits:
            result = patch(result, values=edit, snapshot=snapshot, now=LATER)
        return result

    assert edited(one, other) == edited(other, one) == edited({**one, **other})


def _changed(snapshot: Snapshot, cta_policy: str) -> Snapshot:
    return attrs.evolve(snapshot, voice=attrs.evolve(snapshot.voice, cta_policy=build.field(cta_policy)))
