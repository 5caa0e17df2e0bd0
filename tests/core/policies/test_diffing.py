"""What differs between two snapshots, and that the difference makes one of the other."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.errors import Conflict, DiffMismatch
from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.reports import ABSENT, Change, DiffSummary
from brandbrain_core.policies.diffing import apply, diff, diff_snapshots, effective, summarise
from brandbrain_core.policies.merging import merge
from brandbrain_core.testing import snapshots as build
from brandbrain_core.testing.strategies import snapshots as some

views = st.dictionaries(st.sampled_from("abcde"), some.json_values)


def test_the_effective_view_has_every_leaf_by_the_value_that_counts() -> None:
    """Fields, own fields and the lists that are answered or chosen; values as JSON has them."""
    evidence = EvidenceId(UUID(int=7))
    snapshot = build.snapshot(pillars=("craft",))
    snapshot = attrs.evolve(
        snapshot,
        examples=attrs.evolve(snapshot.examples, canonical_evidence=(evidence,)),
        meta=attrs.evolve(snapshot.meta, web_key_pages=("https://a.example",), proof_library=({"claim": "c"},)),
    )
    overrides = Overrides(brand_id=some.BRAND, values={"voice.do": ["Mine"], "tagline": "Up!"})

    assert {
        "positioning.what_we_do": "We make sails",
        "positioning.who_for": "Sailors",
        "positioning.differentiators": ["Cut by hand"],
        "positioning.proof_types": ["Since 1954"],
        "voice.tone_tags": ["warm", "plain"],
        "voice.do": ["Mine"],
        "voice.dont": ["Shout"],
        "voice.cta_policy": "soft",
        "voice.emoji_policy": "rarely",
        "pillars.craft.name": "The craft",
        "pillars.craft.description": "All about the craft",
        "pillars.craft.themes": ["craft one", "craft two"],
        "constraints.taboos": ["politics"],
        "constraints.risk_boundaries": [],
        "platform_profiles.instagram.hashtag_strategy": "few",
        "examples.canonical_evidence": [str(evidence)],
        "examples.user_examples": ["A day at the loft"],
        "meta.content_goal": "awareness",
        "meta.priority_platforms": ["instagram"],
        "meta.web_key_pages": ["https://a.example"],
        "meta.proof_library": [{"claim": "c"}],
        "tagline": "Up!",
    } == effective(merge(snapshot, overrides, version=1))


def test_a_diff_lists_what_changed_came_and_went() -> None:
    """Sorted by path; the side that is not there is absent, which is not null."""
    before = build.snapshot(pillars=("craft",))
    overrides = Overrides(brand_id=some.BRAND, values={"voice.cta_policy": "direct", "tagline": "Up!"})
    after = merge(attrs.evolve(before, platform_profiles=()), overrides, version=2)

    changes = diff_snapshots(before, after)

    assert (
        Change(path="platform_profiles.instagram.hashtag_strategy", before="few", after=ABSENT),
        Change(path="tagline", before=ABSENT, after="Up!"),
        Change(path="voice.cta_policy", before="soft", after="direct"),
    ) == changes
    assert DiffSummary(fields_changed=1, fields_added=1, fields_removed=1) == summarise(changes)


def test_bookkeeping_is_no_difference() -> None:
    """A recompile that says the same things of other evidence, or a pin, changes no leaf."""
    before = build.snapshot()
    draft = attrs.evolve(
        before,
        voice=attrs.evolve(before.voice, do=build.field(("Say why",), confidence=0.2)),
        meta=attrs.evolve(before.meta, missing_inputs=("More",)),
    )
    pinned = Overrides(brand_id=some.BRAND, pinned_paths=("voice",))

    assert () == diff_snapshots(before, merge(draft, pinned, version=9))


def test_reordered_pillars_are_no_difference() -> None:
    """Items are told apart by key, not by place."""
    assert () == diff_snapshots(build.snapshot(pillars=("a", "b")), build.snapshot(pillars=("b", "a")))


@pytest.mark.parametrize(("old", "new"), [(1, True), (False, 0), (1, 1.0), ([1], [True]), ({"a": [0]}, {"a": [0.0]})])
def test_values_that_only_python_calls_equal_differ(old: JsonValue, new: JsonValue) -> None:
    """A reader of JSON sees the change."""
    assert (Change(path="a", before=old, after=new),) == diff({"a": old}, {"a": new})


def test_null_is_a_value() -> None:
    """A leaf that becomes null is not removed."""
    assert (Change(path="a", before=1, after=None),) == diff({"a": 1}, {"a": None})
    assert (Change(path="a", before=ABSENT, after=None),) == diff({}, {"a": None})


@given(views, views)
def test_applying_the_diff_makes_one_of_the_other(one: dict[str, JsonValue], other: dict[str, JsonValue]) -> None:
    """To the byte, in both directions."""
    assert wire.dumps(other) == wire.dumps(apply(diff(one, other), one))
    assert wire.dumps(one) == wire.dumps(apply(diff(other, one), other))


@given(st.data())
def test_applying_the_diff_of_snapshots_makes_one_of_the_other(data: st.DataObject) -> None:
    """Of any two versions of a brand, after the diff has been over the wire."""
    one, other = data.draw(some.snapshots), data.draw(some.snapshots)
    before = merge(one, data.draw(some.overrides(one)), version=1)
    after = merge(other, data.draw(some.overrides(one)), version=2)

    changes = wire.loads(wire.dumps(diff_snapshots(before, after)), tuple[Change, ...])

    assert effective(after) == apply(changes, effective(before))


@given(views, views)
def test_the_summary_counts_every_change_once(one: dict[str, JsonValue], other: dict[str, JsonValue]) -> None:
    """What came and went are the keys of one side alone."""
    changes = diff(one, other)
    summary = summarise(changes)

    assert (len(other.keys() - one.keys()), len(one.keys() - other.keys())) == (
        summary.fields_added,
        summary.fields_removed,
    )
    assert len(changes) == summary.fields_changed + summary.fields_added + summary.fields_removed
    assert [change.path for change in changes] == sorted({change.path for change in changes})


@pytest.mark.parametrize(
    "change",
    [
        Change(path="a", before=2, after=3),
        Change(path="a", before=True, after=3),
        Change(path="a", before=ABSENT, after=3),
        Change(path="b", before=1, after=3),
        Change(path="b", before=None, after=ABSENT),
    ],
)
def test_a_diff_of_something_else_is_refused(change: Change) -> None:
    """The error names the path, the view stays as it was."""
    view = {"a": 1, "z": 0}
    fitting = Change(path="z", before=0, after=1)

    with pytest.raises(DiffMismatch) as refused:
        apply([fitting, change], view)

    assert change.path == refused.value.path
    assert isinstance(refused.value, Conflict)
    assert {"a": 1, "z": 0} == view
