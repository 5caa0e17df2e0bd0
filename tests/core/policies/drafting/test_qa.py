from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import pytest

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Draft, Inference
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.model.reports import CheckStatus, EvidenceStatus, QaReport
from brandbrain_core.model.snapshot import Snapshot, SynthesizerInfo
from brandbrain_core.policies.answers import read
from brandbrain_core.policies.assembly import Assembled, assemble
from brandbrain_core.policies.paths import leaves, with_leaves
from brandbrain_core.policies.qa import CHECKS, check
from brandbrain_core.testing import build
from brandbrain_core.testing.builders.briefs import brief, item_of

ITEMS = [item_of(*kind, number) for number, kind in enumerate(SUPPORTED, start=1)]
ANSWERS: dict[str, Any] = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "Skippers",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
    "tier0.taboos": ["unsinkable"],
    "tier1.pillars_seed": ["Winter check", "Craft"],
    "tier1.priority_platforms": ["instagram"],
    "tier2.platform_rules.instagram": {"forbidden_patterns": ["give ?away"], "preferred_formats": ["reel"]},
}
ITEM = FieldSource(type=SourceType.EVIDENCE, id=str(ITEMS[0].id))
NOWHERE = FieldSource(type=SourceType.EVIDENCE, id="x")
Change = Callable[[Snapshot], Snapshot]


def sound(answers: dict[str, Any] = ANSWERS, *, degraded: bool = False, draft: Draft | None = None) -> Any:
    """A sound snapshot with the brief it was made from."""
    given_brief = brief(ITEMS, answers=read(answers))
    info = SynthesizerInfo(id="rules", prompt_version="1", degraded=degraded)
    inferred = Draft(fields={"voice.do": Inference(value=("Ask",), evidence=(ITEMS[0].id,))})
    made = assemble(given_brief, draft or inferred, synthesizer=info, status=EvidenceStatus(), now=build.NOON)
    return made, given_brief


def report_of(change: Change) -> QaReport:
    """What QA says of the sound snapshot after *change*."""
    made, given_brief = sound()
    return check(attrs.evolve(made, snapshot=change(made.snapshot)), given_brief)


def troubled(report: QaReport) -> dict[str, CheckStatus]:
    """The checks that did not pass."""
    return {one.id: one.status for one in report.checks if one.status is not CheckStatus.PASSED}


def put(path: str, value: Any, *, confidence: float = 0.1, sources: tuple[FieldSource, ...] = ()) -> Change:
    """The change that puts a field at *path*."""
    node: FieldNode[Any] = FieldNode(value=value, confidence=confidence, sources=sources)
    return lambda snapshot: with_leaves(snapshot, {path: node})


def edit(path: str, **changes: Any) -> Change:
    """The change that evolves the field at *path*."""
    return lambda snapshot: with_leaves(snapshot, {path: attrs.evolve(leaves(snapshot)[path], **changes)})


def without_pillars(snapshot: Snapshot) -> Snapshot:
    """No pillar at all."""
    return attrs.evolve(snapshot, pillars=())


def twins(snapshot: Snapshot) -> Snapshot:
    """Two more pillars of one id."""
    empty, none = build.field_node("", confidence=0.1), build.field_node((), confidence=0.1)
    odd = build.pillar("odd", name=build.field_node("Odd", confidence=0.1), description=empty, themes=none)
    other = attrs.evolve(odd, name=build.field_node("Even", confidence=0.1))
    return attrs.evolve(snapshot, pillars=(*snapshot.pillars, odd, other))


def bad_example(snapshot: Snapshot) -> Snapshot:
    """An example that nobody has ever seen."""
    examples = attrs.evolve(snapshot.examples, canonical_evidence=(EvidenceId(UUID(int=9)),))
    return attrs.evolve(snapshot, examples=examples)


def without_rules(snapshot: Snapshot) -> Snapshot:
    """The rules of Instagram are gone."""
    profiles = tuple(attrs.evolve(profile, rules=None) for profile in snapshot.platform_profiles)
    return attrs.evolve(snapshot, platform_profiles=profiles)


def test_a_sound_snapshot_passes_every_check() -> None:
    """Each says in a sentence what holds."""
    report = report_of(lambda snapshot: snapshot)

    assert ({}, CheckStatus.PASSED) == (troubled(report), report.status)
    assert list(CHECKS) == [one.id for one in report.checks]
    assert all(one.message and one.paths is None for one in report.checks)


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        (edit("voice.do", value="a string"), {"schema_valid"}),
        (edit("voice.do", value=("ok", 7)), {"schema_valid"}),
        (edit("voice.emoji_policy", value=7), {"schema_valid"}),
        (edit("voice.emoji_policy", value="\ud800"), {"schema_valid"}),
        (
            edit("voice.do", sources=(FieldSource(type=SourceType.EVIDENCE, id="x"),)),
            {"sources_exist", "caps_respected"},
        ),
        (edit("voice.do", sources=()), {"sources_exist", "caps_respected"}),
        (put("voice.do", ("x",), sources=(FieldSource(type=SourceType.LLM, id="other"),)), {"sources_exist"}),
        (put("voice.do", ("x",), sources=(FieldSource(type=SourceType.ANSWER, id="tier0.edge"),)), {"sources_exist"}),
        (put("voice.do", ("x",), sources=(FieldSource(type=SourceType.ANSWER, id="nope"),)), {"sources_exist"}),
        (bad_example, {"sources_exist"}),
        (edit("constraints.taboos", value=("unsinkable", "luxury")), {"taboos_equal_answers"}),
        (edit("constraints.taboos", value=()), {"taboos_equal_answers"}),
        (
            edit("constraints.taboos", sources=(ITEM,), confidence=0.1),
            {"taboos_equal_answers", "nothing_forbidden"},
        ),
        (edit("positioning.what_we_do", value="We sell sails."), {"answers_verbatim"}),
        (edit("voice.cta_policy", value="direct"), {"answers_verbatim"}),
        (edit("pillars.craft.name", value="Crafts"), {"answers_verbatim"}),
        (edit("platform_profiles.instagram.rules", value={}), {"answers_verbatim"}),
        (without_rules, {"answers_verbatim"}),
        (edit("positioning.who_for", confidence=1.0), {"caps_respected"}),
        (edit("pillars.craft.name", confidence=0.9), {"caps_respected"}),
        (edit("voice.do", confidence=0.6), {"caps_respected"}),
        (edit("voice.emoji_policy", confidence=0.11), {"sources_exist", "caps_respected"}),
        (edit("meta.content_goal", value=""), {"nothing_empty", "answers_verbatim"}),
        (edit("pillars.craft.name", value=""), {"nothing_empty", "answers_verbatim"}),
        (edit("positioning.who_for", value=""), {"nothing_empty", "answers_verbatim"}),
        (without_pillars, {"answers_verbatim"}),
        (twins, {"pillars_distinct"}),
        (edit("voice.do", value=("Call it unsinkable",)), {"nothing_forbidden"}),
        (edit("voice.emoji_policy", value="on a giveaway"), {"nothing_forbidden"}),
        (edit("pillars.craft.themes", value=("Give away!",)), {"nothing_forbidden"}),
    ],
)
def test_each_fault_fails_its_check(change: Change, failing: set[str]) -> None:
    """And rejects the draft; the check names the path."""
    report = report_of(change)

    assert dict.fromkeys(failing, CheckStatus.FAILED) == troubled(report)
    assert CheckStatus.FAILED is report.status
    assert all(one.paths for one in report.checks if one.id in failing)


def test_an_inferred_posture_that_nobody_knows_fails() -> None:
    """Assembling would not let it through; if it did, it would be caught."""
    answers = {key: value for key, value in ANSWERS.items() if key != "tier0.cta_posture"}
    made, given_brief = sound(answers)
    shouty = attrs.evolve(made, snapshot=edit("voice.cta_policy", value="shouty")(made.snapshot))

    assert {"enums_known": CheckStatus.FAILED} == troubled(check(shouty, given_brief))


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"tier0.cta_posture": "shouty"}, "enums_known"),
        ({"tier0.primary_goal": "world peace"}, "enums_known"),
        ({"tier1.priority_platforms": ["instagram", "MySpace"]}, "enums_known"),
        ({"tier2.platform_rules.instagram": {"preferred_formats": ["hologram"]}}, "enums_known"),
        ({"tier2.platform_rules.tiktok": {"hashtag_policy": {"usage": "lots"}}}, "enums_known"),
        ({"tier2.platform_rules.tiktok": {"link_policy": "sometimes"}}, "enums_known"),
        ({"tier2.platform_rules.tiktok": {"cta_policy_override": "shouty"}}, "enums_known"),
        ({"tier2.platform_rules.myspace": {"link_policy": "any"}}, "enums_known"),
        ({"tier0.what_we_do": "x" * 501}, "answers_in_advised_length"),
        ({"tier1.pillars_seed": ["Craft", "craft!"]}, "pillars_distinct"),
    ],
)
def test_odd_answers_are_kept_and_told(changed: dict[str, Any], warning: str) -> None:
    """They are the brand's to give; the report warns of them, and nothing is rejected."""
    report = check(*sound({**ANSWERS, **changed}))

    assert {warning: CheckStatus.WARNED} == troubled(report)
    assert CheckStatus.WARNED is report.status


def test_five_hundred_characters_are_not_too_many() -> None:
    """The advice is kept to the letter."""
    assert {} == troubled(check(*sound({**ANSWERS, "tier0.what_we_do": "x" * 500})))


def test_a_degraded_draft_says_so() -> None:
    """A lesser synthesizer that stood in is a warning."""
    assert {"not_degraded": CheckStatus.WARNED} == troubled(check(*sound(degraded=True)))


def test_what_was_left_out_of_a_draft_is_told() -> None:
    """With the path of each; a long list is cut, and says so."""
    wrong = {f"own.path{number}": Inference(value=1) for number in range(8)}
    report = check(*sound(draft=Draft(fields=wrong)))

    (cleaned,) = [one for one in report.checks if one.id == "draft_clean"]
    assert (CheckStatus.WARNED, 8) == (cleaned.status, len(cleaned.paths or ()))
    assert cleaned.message.endswith("and 3 more")


def test_every_check_can_fail_or_warn() -> None:
    """No check is there for show: each of them complains of something in these tests."""
    made, given_brief = sound(degraded=True)
    broken: Assembled = made
    for change in (
        edit("voice.do", value="unsinkable", sources=(), confidence=0.9),
        edit("constraints.taboos", value=()),
        edit("positioning.what_we_do", value=""),
        twins,
    ):
        broken = attrs.evolve(broken, snapshot=change(broken.snapshot))
    first = troubled(check(broken, given_brief))
    odd = {"tier0.primary_goal": "world peace", "tier0.what_we_do": "x" * 501}
    second = troubled(check(*sound({**ANSWERS, **odd}, draft=Draft(fields={"own": Inference(value=1)}))))

    assert CHECKS.keys() == first.keys() | second.keys()
