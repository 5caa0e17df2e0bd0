from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Brief, Draft, DraftPillar, Inference
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.model.reports import CheckStatus, EvidenceStatus, SourceOutcome
from brandbrain_core.model.snapshot import Snapshot, SynthesizerInfo
from brandbrain_core.policies.answers import read
from brandbrain_core.policies.assembly import Assembled, DraftProblemCode, assemble, situation_of
from brandbrain_core.policies.paths import leaves
from brandbrain_core.policies.qa import check
from brandbrain_core.testing import build
from brandbrain_core.testing.builders.briefs import brief, item_of

RULES = SynthesizerInfo(id="rules", prompt_version="1", degraded=False)
LLM = SynthesizerInfo(id="llm", model="small", prompt_version="3", degraded=False)
REQUIRED = {
    "tier0.what_we_do": "  We mend sails.",
    "tier0.who_for": "Skippers",
    "tier0.primary_goal": "brand_awareness",
    "tier0.cta_posture": "soft",
}
FULL = {
    **REQUIRED,
    "tier0.edge": ["By hand", "By hand", "Since 1954 "],
    "tier0.tone_words": ["Dry", "warm"],
    "tier0.taboos": ["unsinkable", "shabby chic"],
    "tier1.priority_platforms": ["linkedin", "x"],
    "tier1.pillars_seed": ["Winter check", "Käse & Brot", "winter check!"],
    "tier1.good_examples": ["https://loft.example/p/1", "A day at the loft"],
    "tier1.key_pages": ["https://loft.example/about"],
    "tier2.platform_rules": {"x": {"cadence_per_week": 2}, "instagram": {"forbidden_patterns": ["giveaway"], "own": 1}},
    "tier2.proof_claims": ["318 bags", {"claim": "2,300 sails", "support": "Cards"}],
    "tier2.risk_boundaries": ["No rig loads"],
}
ITEMS = [item_of(*kind, number) for number, kind in enumerate(SUPPORTED, start=1)]
POST, REEL, COMPANY, PROFILE, TIKTOK, VIDEO, PAGE = ITEMS
UNKNOWN = EvidenceId(UUID(int=99))


def assembled(
    draft: Draft, answers: dict[str, Any] = REQUIRED, *, given_brief: Brief | None = None, by: SynthesizerInfo = RULES
) -> Assembled:
    """The snapshot that answers and draft amount to, with one item of every kind."""
    return assemble(
        given_brief or brief(ITEMS, answers=read(answers)),
        draft,
        synthesizer=by,
        status=EvidenceStatus(),
        now=build.NOON,
    )


def one(path: str, inference: Inference[Any], answers: dict[str, Any] = REQUIRED, by: SynthesizerInfo = RULES) -> Any:
    """The field at *path* of a draft that infers only this, and the codes of what was wrong with it."""
    made = assembled(Draft(fields={path: inference}), answers, by=by)
    return leaves(made.snapshot).get(path), [problem.code for problem in made.problems]


def cites(value: Any, *items: Any, kind: SourceType = SourceType.EVIDENCE) -> Inference[Any]:
    """An inference that rests on these items, or ids."""
    return Inference(value=value, evidence=tuple(getattr(item, "id", item) for item in items), kind=kind)


def pillar(name: Any, description: Any = "About it", themes: Any = ("a", "b")) -> DraftPillar:
    """A proposed pillar that rests on the post."""
    return DraftPillar(name=cites(name, POST), description=cites(description, POST), themes=cites(themes, POST))


def test_answers_stand_verbatim_in_the_fields_they_feed() -> None:
    """Whatever the draft says; with the answer as their source."""
    shouting = {
        path: cites("Something else", POST)
        for path in ("positioning.what_we_do", "positioning.who_for", "voice.cta_policy", "positioning.proof_types")
    }
    made = assembled(Draft(fields=shouting), FULL)
    values = {path: node.value for path, node in leaves(made.snapshot).items()}

    assert ("  We mend sails.", "Skippers") == (values["positioning.what_we_do"], values["positioning.who_for"])
    assert ("By hand", "By hand", "Since 1954 ") == values["positioning.differentiators"]
    assert ("318 bags", "2,300 sails") == values["positioning.proof_types"]
    assert (("Dry", "warm"), "soft") == (values["voice.tone_tags"], values["voice.cta_policy"])
    assert ("unsinkable", "shabby chic") == values["constraints.taboos"]
    assert ("No rig loads",) == values["constraints.risk_boundaries"]
    assert ("awareness", ("linkedin", "x")) == (values["meta.content_goal"], values["meta.priority_platforms"])
    assert FULL["tier2.platform_rules"]["instagram"] == values["platform_profiles.instagram.rules"]  # type: ignore[index]
    assert {"cadence_per_week": 2} == values["platform_profiles.x.rules"]
    assert ("https://loft.example/p/1", "A day at the loft") == made.snapshot.examples.user_examples
    assert ("https://loft.example/about",) == made.snapshot.meta.web_key_pages
    assert ("318 bags", {"claim": "2,300 sails", "support": "Cards"}) == made.snapshot.meta.proof_library
    assert () == made.problems


def test_an_answer_is_the_source_of_its_field() -> None:
    """With the question's id and the confidence of answers."""
    node = assembled(Draft(), FULL).snapshot.positioning.differentiators

    assert (FieldSource(type=SourceType.ANSWER, id="tier0.edge"),) == node.sources
    assert (0.9, False, None, None) == (node.confidence, node.locked, node.override_value, node.inferred_value)


@pytest.mark.parametrize(
    "path",
    [
        "constraints.taboos",
        "constraints.risk_boundaries",
        "platform_profiles.instagram.rules",
        "meta.content_goal",
        "meta.priority_platforms",
        "pillars.craft.name",
        "positioning.tagline",
        "platform_profiles.mars.hashtag_strategy",
        "",
        "meta.synthesizer",
    ],
)
def test_what_a_draft_may_not_fill_is_ignored_and_reported(path: str) -> None:
    """Taboos, boundaries and rules are never inferred, and no path is invented."""
    draft = Draft(fields={path: cites(("luxury",), POST)})
    made, plain = assembled(draft), assembled(Draft())

    assert plain.snapshot == made.snapshot
    assert [(path, DraftProblemCode.IGNORED_PATH)] == [(p.path, p.code) for p in made.problems]


def test_without_an_answer_there_are_no_taboos() -> None:
    """An empty list, no confidence, no sources."""
    empty: FieldNode[tuple[str, ...]] = FieldNode(value=(), confidence=0.0)
    made = assembled(Draft(fields={"constraints.taboos": cites(("invented",), POST)})).snapshot

    assert (empty, empty) == (made.constraints.taboos, made.constraints.risk_boundaries)


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        ("voice.do", "a string where a list belongs", ["wrong_type"]),
        ("voice.do", {"a": 1}, ["wrong_type"]),
        ("voice.do", None, ["wrong_type"]),
        ("voice.do", [], []),
        ("voice.do", [7, None, " "], ["wrong_type"] * 3),
        ("voice.emoji_policy", ["a list where a string belongs"], ["wrong_type"]),
        ("voice.emoji_policy", 7, ["wrong_type"]),
        ("voice.emoji_policy", True, ["wrong_type"]),
        ("voice.emoji_policy", " \n", ["wrong_type"]),
        ("voice.emoji_policy", "\ud800\x00", ["wrong_type"]),
        ("platform_profiles.tiktok.content_types", "video", ["wrong_type"]),
    ],
)
def test_a_value_of_the_wrong_type_is_dropped_and_reported(path: str, value: Any, codes: list[str]) -> None:
    """What stands there instead is what would stand there without the draft."""
    node, found = one(path, cites(value, POST))

    assert codes == found
    assert leaves(assembled(Draft()).snapshot).get(path) == node


def test_the_good_items_of_a_list_are_kept() -> None:
    """Each once, in order, trimmed; only the bad ones go."""
    node, codes = one("voice.do", cites(["Ask ", 7, "Ask", "Tell"], POST))

    assert (("Ask", "Tell"), [DraftProblemCode.WRONG_TYPE]) == (node.value, codes)


def test_an_unknown_posture_is_no_posture() -> None:
    """An inferred enumeration must be known; an alias is read as its value."""
    asked = {k: v for k, v in REQUIRED.items() if k != "tier0.cta_posture"}

    node, codes = one("voice.cta_policy", cites("shouty", POST), asked)
    assert ("soft", (), [DraftProblemCode.UNKNOWN_VALUE]) == (node.value, node.sources, codes)
    node, codes = one("voice.cta_policy", cites("Moderate", POST), asked)
    assert ("balanced", []) == (node.value, codes)


def test_a_citation_of_nothing_is_dropped_and_reported() -> None:
    """A value that keeps some ground stays, one that loses all of it goes, and so does one that never had any."""
    node, codes = one("voice.do", cites(("Ask",), UNKNOWN, COMPANY, "nonsense", COMPANY))
    assert (FieldSource(type=SourceType.EVIDENCE, id=str(COMPANY.id)),) == node.sources
    assert [DraftProblemCode.UNKNOWN_CITATION] == codes

    node, codes = one("voice.do", cites(("Ask",), UNKNOWN))
    assert ((), [DraftProblemCode.UNKNOWN_CITATION, DraftProblemCode.NO_CITATION]) == (node.sources, codes)

    node, codes = one("voice.do", cites(("Ask",)))
    assert ((), [DraftProblemCode.NO_CITATION]) == (node.sources, codes)


def test_a_model_is_named_as_a_source_and_cannot_raise_the_confidence() -> None:
    """What it wrote without naming evidence is hardly sure; what it cites falsely goes as any other."""
    node, codes = one("voice.do", cites(("Ask",), kind=SourceType.LLM), by=LLM)
    assert (FieldSource(type=SourceType.LLM, id="small"),) == node.sources
    assert (0.1, []) == (node.confidence, codes)

    node, codes = one("voice.do", cites(("Ask",), POST, COMPANY, kind=SourceType.LLM), by=LLM)
    assert [str(COMPANY.id), str(POST.id), "small"] == [source.id for source in node.sources]
    assert 0.6 == node.confidence

    node, codes = one("voice.do", cites(("Ask",), UNKNOWN, kind=SourceType.LLM), by=LLM)
    assert ((), 2) == (node.sources, len(codes))


def test_a_long_value_is_cut_and_a_long_list_is_shortened() -> None:
    """Both are reported."""
    node, codes = one("voice.do", cites([f"{number} " + "x" * 5000 for number in range(40)], POST))

    assert (12, 1000) == (len(node.value), len(node.value[0]))
    assert {DraftProblemCode.TOO_LONG, DraftProblemCode.TOO_MANY} == set(codes)


@pytest.mark.parametrize(
    ("path", "text", "kept"),
    [
        ("voice.emoji_policy", "Truly Unsinkable!", False),
        ("voice.emoji_policy", "Rarely; join the giveaway", False),
        ("platform_profiles.instagram.hashtag_strategy", "#giveaway", False),
        ("platform_profiles.linkedin.hashtag_strategy", "#giveaway", True),
        ("platform_profiles.linkedin.hashtag_strategy", "shabby  chic", False),
        ("voice.emoji_policy", "unsinkables", True),
    ],
)
def test_taboos_and_forbidden_patterns_stand_in_no_inferred_value(path: str, text: str, kept: bool) -> None:
    """A taboo nowhere; a platform's pattern nowhere that is used on that platform."""
    node, codes = one(path, cites(text, POST), FULL)

    assert kept is (node is not None and node.value == text)
    assert ([] if kept else [DraftProblemCode.OFF_LIMITS]) == codes


def test_neutral_values_keep_the_taboos_too() -> None:
    """What stands in of our own is left out where the brand forbids it, and QA has nothing against that."""
    taboos = ["neutral", "plainly", "promise", "sparing", "soft", "what we do"]
    answers = {k: v for k, v in REQUIRED.items() if k != "tier0.cta_posture"} | {"tier0.taboos": taboos}
    given_brief = brief([], answers=read(answers))
    made = assembled(Draft(), given_brief=given_brief)
    voice = made.snapshot.voice

    assert ((), (), (), "") == (voice.tone_tags.value, voice.do.value, voice.dont.value, voice.emoji_policy.value)
    assert ("soft", ()) == (voice.cta_policy.value, made.snapshot.pillars)
    assert CheckStatus.PASSED is check(made, given_brief).status


def test_pillars_are_the_named_ones_then_the_inferred() -> None:
    """Names verbatim, ids from their slugs and unique; a proposal of the same slug describes the named one."""
    draft = Draft(pillars=(pillar("Harbour life"), pillar("WINTER  check"), pillar("harbour-life"), pillar(7)))
    made = assembled(draft, FULL)
    pillars = made.snapshot.pillars

    assert ["winter-check", "käse-brot", "winter-check-2", "harbour-life"] == [p.id for p in pillars]
    assert ["Winter check", "Käse & Brot", "winter check!", "Harbour life"] == [p.name.value for p in pillars]
    assert [0.8, 0.8, 0.8, 0.5] == [p.name.confidence for p in pillars]
    assert ["About it", "", "", "About it"] == [p.description.value for p in pillars]
    assert [0.5, 0.1, 0.1, 0.5] == [p.themes.confidence for p in pillars]
    expected = {("pillars.3.name", "wrong_type"), ("pillars.harbour-life", "repeated")}
    assert expected == {(p.path, p.code.value) for p in made.problems}


def test_there_are_at_most_seven_pillars() -> None:
    """The brand's own always, then the first inferred ones."""
    draft = Draft(pillars=tuple(pillar(f"Theme {letter}") for letter in "abcdefgh"))
    made = assembled(draft, {**REQUIRED, "tier1.pillars_seed": [f"Seed {number}" for number in range(6)]})

    assert ["seed-5", "theme-a"] == [p.id for p in made.snapshot.pillars][5:]
    assert {DraftProblemCode.TOO_MANY} == {p.code for p in made.problems}


def test_without_pillars_there_is_a_generic_one() -> None:
    """It rests on nothing, and pillars are a missing input."""
    snapshot = assembled(Draft(pillars=(attrs.evolve(pillar("Craft"), name=cites("Craft", UNKNOWN)),))).snapshot

    assert [((), 0.1)] == [(p.name.sources, p.name.confidence) for p in snapshot.pillars]
    assert "no_pillars" in snapshot.meta.missing_input_codes


def test_every_connected_platform_has_a_profile() -> None:
    """And every platform that has rules; what is not known of it is absent."""
    given_brief = brief([POST], answers=read(FULL), platforms=[Platform.INSTAGRAM, Platform.WEB])
    profiles = assembled(Draft(), given_brief=given_brief).snapshot.platform_profiles

    assert ["instagram", "web", "x"] == [profile.platform for profile in profiles]
    assert {"platform": "web"} == wire.unstructure(profiles[1])


def test_examples_are_items_of_the_brief() -> None:
    """Each once, best first; what was never shown is dropped and reported."""
    made = assembled(Draft(canonical_evidence=(PAGE.id, UNKNOWN, POST.id, PAGE.id)))

    assert (PAGE.id, POST.id) == made.snapshot.examples.canonical_evidence
    assert [DraftProblemCode.UNKNOWN_CITATION] == [problem.code for problem in made.problems]


def test_every_number_has_its_rule() -> None:
    """The summary covers every field, and says mean and band of each section."""
    made = assembled(Draft(fields={"voice.do": cites(("Ask",), COMPANY)}), FULL)
    summary = made.snapshot.meta.confidence_summary

    assert leaves(made.snapshot).keys() == {path for section in summary.values() for path in section.rules}
    assert "voice_linkedin_posts" == summary["voice"].rules["voice.do"]
    assert (0.9, "high") == (summary["constraints"].confidence, summary["constraints"].band)
    assert (0.52, "medium") == (summary["voice"].confidence, summary["voice"].band)


def test_what_the_bundle_holds_and_what_is_missing() -> None:
    """Counts are of the bundle; codes and sentences go in step; the moment and the author are recorded."""
    meta = assembled(Draft(), by=attrs.evolve(LLM, degraded=True)).snapshot.meta

    assert (7, {"instagram": 2, "linkedin": 2, "tiktok": 1, "web": 1, "youtube": 1}) == (
        meta.evidence_summary.total_count,
        dict(meta.evidence_summary.by_platform),
    )
    assert len(meta.missing_inputs) == len(meta.missing_input_codes) > 0
    assert (build.NOON, "small", True) == (meta.compiled_at, meta.synthesizer.model, meta.synthesizer.degraded)


def test_a_brand_without_evidence_gets_a_snapshot_on_its_answers_alone() -> None:
    """Neutral values stand in, hardly sure, and QA has nothing against it."""
    given_brief = brief([], answers=read(REQUIRED), platforms=[Platform.WEB])
    made = assembled(Draft(), given_brief=given_brief)

    assert "no_evidence" in made.snapshot.meta.missing_input_codes
    assert 0.2 >= max(node.confidence for node in (made.snapshot.voice.do, made.snapshot.voice.emoji_policy))
    assert CheckStatus.PASSED is check(made, given_brief).status


any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
values = (
    any_value | st.sampled_from(["unsinkable", "giveaway", "balanced"]) | st.lists(st.text(min_size=1), max_size=14)
)
ids: st.SearchStrategy[Any] = st.sampled_from([*[item.id for item in ITEMS], UNKNOWN]) | st.sampled_from(
    ["x", 7, None, ["x"], {}]
)
inferences = st.builds(
    Inference, value=values, evidence=st.lists(ids, max_size=4).map(tuple), kind=st.sampled_from(SourceType)
)
paths = st.sampled_from(
    [*leaves(assembled(Draft(), FULL).snapshot), "voice.do", "voice.emoji_policy", "voice.dont"]
    + [f"platform_profiles.{p}.{f}" for p in ("instagram", "x") for f in ("hashtag_strategy", "content_types")]
) | st.text(max_size=5)
proposals = st.builds(DraftPillar, name=inferences, description=inferences, themes=inferences)
drafts = st.builds(
    Draft,
    fields=st.dictionaries(paths, inferences, max_size=6),
    pillars=st.lists(proposals, max_size=4).map(tuple),
    canonical_evidence=st.lists(ids, max_size=4).map(tuple),
)
KNOWN_IDS = {str(item.id) for item in ITEMS}


@given(drafts, st.sampled_from([REQUIRED, FULL]), st.sampled_from([RULES, LLM]))
def test_no_draft_however_wrong_breaks_a_snapshot(draft: Draft, answers: dict[str, Any], by: SynthesizerInfo) -> None:
    """Confidences are in range, sources exist, answers stand, QA does not fail, and it goes over the wire and back."""
    given_brief = brief(ITEMS, answers=read(answers))
    made = assembled(draft, given_brief=given_brief, by=by)

    report = check(made, given_brief)
    assert CheckStatus.FAILED is not report.status, report
    assert made.snapshot == wire.loads(wire.dumps(made.snapshot), Snapshot)
    assert made == assembled(draft, given_brief=given_brief, by=by)
    for node in leaves(made.snapshot).values():
        assert 0.0 <= node.confidence <= 0.9
        assert {s.id for s in node.sources if s.type is SourceType.EVIDENCE} <= KNOWN_IDS


def test_reels_without_transcripts_lower_what_captions_are_worth() -> None:
    """Also where they are only connected and brought nothing; one that speaks is enough to lift it."""
    spoken = item_of(Platform.INSTAGRAM, Capability.REELS, 2, transcript="Hello")
    reels = SourceOutcome(
        source="instagram.reels",
        source_connection_id=build.SOURCE,
        platform="instagram",
        capability="reels",
        identifier="loft",
        reason="because",
    )
    connected = EvidenceStatus(failed=(reels,))

    assert not situation_of(brief([POST]), EvidenceStatus()).reels_without_transcript
    assert situation_of(brief([POST]), connected).reels_without_transcript
    assert situation_of(brief([POST, REEL]), EvidenceStatus()).reels_without_transcript
    assert not situation_of(brief([POST, REEL, spoken]), connected).reels_without_transcript
