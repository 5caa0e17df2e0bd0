from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.errors import InvalidAnswers, Problem
from brandbrain_core.model.answers import HashtagPolicy, PlatformRules, ProofClaim
from brandbrain_core.policies.answers import read
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.questions import BY_ID, CATALOGUE, CTA_POSTURES, REQUIRED_IDS, Need

RULES = {
    "cadence_per_week": 3,
    "preferred_formats": ["Carousel", "hologram"],
    "hashtag_policy": {"usage": "moderate", "max_count": 5},
    "link_policy": "bio_only",
    "cta_policy_override": "moderate",
    "forbidden_patterns": ["swipe up", r"100\s?%"],
    "hashtag_rules": "Never more than five",
    "formatting_rules": "Short lines",
    "posting_frequency": "Twice in winter",
    "own": {"kept": True},
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5) | st.just(" "),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
rule_values = st.dictionaries(
    st.sampled_from(list(RULES)), anything | st.sampled_from(list(RULES.values())), max_size=5
)
rule_objects = st.dictionaries(st.sampled_from(["instagram", "Instagram ", "web", "a.b", ""]), rule_values | anything)
ids = st.sampled_from([*BY_ID, "tier2.platform_rules.tiktok", "tier2.platform_rules.a.b", "own.id"])
objects = st.dictionaries(ids, anything | rule_values | rule_objects | st.lists(st.text(), max_size=12), max_size=8)


def problems_of(raw: Any) -> tuple[Problem, ...]:
    """The problems that reading *raw* is refused with."""
    with pytest.raises(InvalidAnswers) as caught:
        read(raw)
    return caught.value.problems


@given(objects | anything)
def test_any_object_is_read_or_refused_with_problems(raw: Any) -> None:
    """No JSON, however odd, raises anything but `InvalidAnswers`; what was read has lost nothing and can be hashed."""
    try:
        answers = read(raw)
    except InvalidAnswers as refused:
        problems = refused.problems
    else:
        problems = ()
        assert raw == answers.raw
        assert canonical(answers.raw)

    assert all(problem.message for problem in problems)


@given(st.dictionaries(st.sampled_from([q.id for q in CATALOGUE]), st.none()), st.dictionaries(st.text(), st.none()))
def test_null_is_no_answer(nulls: dict[str, None], others: dict[str, None]) -> None:
    """A question answered with null is not answered; ids that nobody knows are kept."""
    answers = read({**nulls, **others})

    assert (None, (), None, {}) == (answers.what_we_do, answers.edge, answers.primary_goal, answers.platform_rules)
    assert {**nulls, **others} == answers.raw


def test_every_answer_arrives_typed_and_as_it_was_given() -> None:
    """Text keeps its spaces and its case; lists keep their order."""
    answers = read(
        {
            "tier0.what_we_do": "  We mend sails ",
            "tier0.who_for": "Skippers",
            "tier0.edge": ["By hand", "By hand"],
            "tier0.tone_words": ["Warm"],
            "tier0.taboos": ["unsinkable"],
            "tier0.primary_goal": "Leads",
            "tier0.cta_posture": "soft",
            "tier1.priority_platforms": ["Instagram", "MySpace"],
            "tier1.pillars_seed": ["Winter check"],
            "tier1.good_examples": ["https://loft.example/1"],
            "tier1.key_pages": ["https://loft.example/about"],
            "tier2.proof_claims": ["318 bags", {"claim": "2,300 sails", "support": "Job cards", "year": 2026}],
            "tier2.risk_boundaries": ["No rig loads"],
        }
    )

    assert ("  We mend sails ", "Skippers") == (answers.what_we_do, answers.who_for)
    assert (("By hand", "By hand"), ("Warm",), ("unsinkable",)) == (answers.edge, answers.tone_words, answers.taboos)
    assert ("leads", "soft") == (answers.primary_goal, answers.cta_posture)
    assert ("instagram", "MySpace") == answers.priority_platforms
    assert (("Winter check",), ("https://loft.example/1",)) == (answers.pillars_seed, answers.good_examples)
    assert (ProofClaim(claim="318 bags"), ProofClaim(claim="2,300 sails", support="Job cards")) == answers.proof_claims
    assert ("318 bags", {"claim": "2,300 sails", "support": "Job cards", "year": 2026}) == answers.proof_library
    assert (("https://loft.example/about",), ("No rig loads",)) == (answers.key_pages, answers.risk_boundaries)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        *[("tier0.cta_posture", posture, posture) for posture in CTA_POSTURES],
        ("tier0.cta_posture", "moderate", "balanced"),
        ("tier0.cta_posture", "Direct", "direct"),
        ("tier0.cta_posture", "Shouty ", "Shouty "),
        ("tier0.primary_goal", "brand_awareness", "awareness"),
        ("tier0.primary_goal", "brand awareness", "awareness"),
        ("tier0.primary_goal", "thought-leadership", "thought_leadership"),
        ("tier0.primary_goal", "moderate", "moderate"),
        ("tier0.primary_goal", "world peace", "world peace"),
    ],
)
def test_enumerations_are_generous(question: str, text: str, expected: str) -> None:
    """Aliases and spellings read as their value; what is unknown is kept as given."""
    answers = read({question: text})

    assert expected == (answers.cta_posture or answers.primary_goal)


@pytest.mark.parametrize(
    ("question", "value", "code", "pointer"),
    [
        ("tier0.what_we_do", " ", "blank", "/tier0.what_we_do"),
        ("tier0.what_we_do", 7, "wrong_type", "/tier0.what_we_do"),
        ("tier0.who_for", True, "wrong_type", "/tier0.who_for"),
        ("tier0.who_for", ["x"], "wrong_type", "/tier0.who_for"),
        ("tier0.edge", "x", "wrong_type", "/tier0.edge"),
        ("tier0.edge", ["x", 1], "wrong_type", "/tier0.edge/1"),
        ("tier0.edge", ["x", None], "wrong_type", "/tier0.edge/1"),
        ("tier0.edge", ["x", "\t"], "blank", "/tier0.edge/1"),
        ("tier0.edge", ["x"] * 6, "too_many", "/tier0.edge"),
        ("tier0.tone_words", ["x"] * 8, "too_many", "/tier0.tone_words"),
        ("tier0.taboos", ["x"] * 11, "too_many", "/tier0.taboos"),
        ("tier0.taboos", {"x": 1}, "wrong_type", "/tier0.taboos"),
        ("tier0.primary_goal", "", "blank", "/tier0.primary_goal"),
        ("tier0.cta_posture", 3, "wrong_type", "/tier0.cta_posture"),
        ("tier1.pillars_seed", ["x"] * 8, "too_many", "/tier1.pillars_seed"),
        ("tier1.good_examples", ["x"] * 11, "too_many", "/tier1.good_examples"),
        ("tier1.key_pages", ["x"] * 6, "too_many", "/tier1.key_pages"),
        ("tier2.proof_claims", ["x"] * 11, "too_many", "/tier2.proof_claims"),
        ("tier2.proof_claims", [{"support": "x"}], "wrong_type", "/tier2.proof_claims/0"),
        ("tier2.proof_claims", [{"claim": "x", "support": 1}], "wrong_type", "/tier2.proof_claims/0/support"),
        ("tier2.proof_claims", [{"claim": ""}], "blank", "/tier2.proof_claims/0/claim"),
        ("tier2.proof_claims", ["x", 1], "wrong_type", "/tier2.proof_claims/1"),
        ("tier2.risk_boundaries", ["x"] * 11, "too_many", "/tier2.risk_boundaries"),
        ("tier2.platform_rules", [], "wrong_type", "/tier2.platform_rules"),
        ("tier2.platform_rules", {"a.b": {}}, "unknown_platform", "/tier2.platform_rules/a.b"),
        ("tier2.platform_rules", {"a/b": {}}, "unknown_platform", "/tier2.platform_rules/a~1b"),
        ("tier2.platform_rules", {"x": {}, "X": {}}, "repeated", "/tier2.platform_rules/x"),
        ("tier2.platform_rules.tiktok", "often", "wrong_type", "/tier2.platform_rules.tiktok"),
    ],
)
def test_a_wrong_answer_is_named(question: str, value: Any, code: str, pointer: str) -> None:
    """There is one problem, it names the answer and points at the culprit."""
    (problem,) = problems_of({"tier0.edge": ["x"], question: value})

    assert (code, pointer) == (problem.code, problem.pointer)
    assert problem.message.startswith(question)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("cadence_per_week", 0, "out_of_range"),
        ("cadence_per_week", 15, "out_of_range"),
        ("cadence_per_week", 1.5, "wrong_type"),
        ("cadence_per_week", True, "wrong_type"),
        ("cadence_per_week", "3", "wrong_type"),
        ("preferred_formats", "reel", "wrong_type"),
        ("preferred_formats", [1], "wrong_type"),
        ("hashtag_policy", "none", "wrong_type"),
        ("hashtag_policy", {}, "wrong_type"),
        ("hashtag_policy", {"usage": " "}, "blank"),
        ("hashtag_policy", {"usage": "none", "max_count": -1}, "out_of_range"),
        ("hashtag_policy", {"usage": "none", "max_count": "3"}, "wrong_type"),
        ("link_policy", 1, "wrong_type"),
        ("cta_policy_override", "", "blank"),
        ("forbidden_patterns", ["x"] * 11, "too_many"),
        ("forbidden_patterns", ["(a+)+(?=b)"], "invalid_pattern"),
        ("forbidden_patterns", [""], "blank"),
        ("hashtag_rules", 5, "wrong_type"),
        ("formatting_rules", [], "wrong_type"),
        ("posting_frequency", " ", "blank"),
    ],
)
def test_a_wrong_rule_is_named(member: str, value: Any, code: str) -> None:
    """The problem names platform and member, in both ways of giving rules."""
    (nested,) = problems_of({"tier2.platform_rules": {"tiktok": {member: value}}})
    (dotted,) = problems_of({"tier2.platform_rules.tiktok": {member: value}})

    assert (code, code) == (nested.code, dotted.code)
    assert re.match(rf"tier2\.platform_rules\.tiktok\.{member}", nested.message)
    assert re.match(rf"/tier2\.platform_rules/tiktok/{member}", nested.pointer or "")
    assert re.match(rf"/tier2\.platform_rules\.tiktok/{member}", dotted.pointer or "")


def test_rules_are_typed_and_kept_as_given() -> None:
    """Everything that is known is read; the whole is kept verbatim."""
    rules = read({"tier2.platform_rules": {"Instagram": RULES}}).platform_rules

    expected = PlatformRules(
        cadence_per_week=3,
        preferred_formats=("carousel", "hologram"),
        hashtag_policy=HashtagPolicy(usage="moderate", max_count=5),
        link_policy="bio_only",
        cta_policy_override="balanced",
        forbidden_patterns=("swipe up", r"100\s?%"),
        hashtag_rules="Never more than five",
        formatting_rules="Short lines",
        posting_frequency="Twice in winter",
        raw=RULES,
    )
    assert {"instagram": expected} == rules


def test_a_dotted_id_beats_the_entry() -> None:
    """As a whole; other platforms keep their entry, null beats nothing."""
    rules = read(
        {
            "tier2.platform_rules": {
                "tiktok": {"cadence_per_week": 1, "link_policy": "any"},
                "youtube": {"cadence_per_week": 2},
                "web": {"cadence_per_week": None},
            },
            "tier2.platform_rules.tiktok": {"cadence_per_week": 5.0},
            "tier2.platform_rules.youtube": None,
            "tier2.platform_rules.linkedin": {},
        }
    ).platform_rules

    assert {"tiktok": 5, "youtube": 2} == {platform: rule.cadence_per_week for platform, rule in rules.items()}
    assert rules["tiktok"].link_policy is None


def test_a_longer_dotted_id_is_an_unknown_one() -> None:
    """It names no platform; it is kept, and means nothing."""
    answers = read({"tier2.platform_rules.tiktok.cadence_per_week": "often"})

    assert {} == answers.platform_rules
    assert ["tier2.platform_rules.tiktok.cadence_per_week"] == list(answers.raw)


def test_a_number_of_hashtags_implies_the_usage() -> None:
    """A maximum alone is enough."""
    rules = read({"tier2.platform_rules.x": {"hashtag_policy": {"max_count": 9}}}).platform_rules

    assert HashtagPolicy(usage="heavy", max_count=9) == rules["x"].hashtag_policy


def test_problems_come_one_for_each_wrong_answer_in_order() -> None:
    """Every wrong answer is reported at once, in the catalogue's order."""
    found = problems_of(
        {"tier2.risk_boundaries": 1, "tier0.edge": [1, 2], "tier2.platform_rules": 3, "tier0.what_we_do": ""}
    )

    pointers = [problem.pointer for problem in found]
    assert ["/tier0.what_we_do", "/tier0.edge/0", "/tier2.platform_rules", "/tier2.risk_boundaries"] == pointers


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {"a": float("inf")}])
def test_what_is_no_json_is_refused_under_any_id(value: Any) -> None:
    """What could never be stored or hashed does not come in, not even under an unknown id."""
    (problem,) = problems_of({"own.id": value})

    assert ("not_json", "/own.id") == (problem.code, problem.pointer)
    assert problem.message.startswith("own.id must be JSON: ")


def test_the_catalogue_agrees_with_the_contract() -> None:
    """The required and advised questions, and the limits of lists."""
    limits = {q.id: q.limit for q in CATALOGUE if q.limit is not None}

    assert ("tier0.what_we_do", "tier0.who_for", "tier0.primary_goal", "tier0.cta_posture") == REQUIRED_IDS
    assert ["tier0.edge", "tier0.tone_words", "tier0.taboos"] == [q.id for q in CATALOGUE if q.need is Need.ADVISED]
    assert {5, 7, 10} == set(limits.values())
    assert 500 == BY_ID["tier0.what_we_do"].advised_length
    assert 14 == len(CATALOGUE) == len({q.label for q in CATALOGUE})
    assert sorted(q.tier for q in CATALOGUE) == [q.tier for q in CATALOGUE]
