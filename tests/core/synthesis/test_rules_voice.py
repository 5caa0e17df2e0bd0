"""Voice and profiles by rules: which counts give which sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.answers import Answers, PlatformRules
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.features import report
from brandbrain_core.synthesis import draft_by_rules
from brandbrain_core.synthesis.grounds import CITED, interleaved
from brandbrain_core.testing import build

KIND = {
    Platform.INSTAGRAM: (Capability.POSTS, ContentType.POST),
    Platform.LINKEDIN: (Capability.COMPANY_POSTS, ContentType.TEXT_POST),
    Platform.TIKTOK: (Capability.PROFILE_VIDEOS, ContentType.SHORT_VIDEO),
    Platform.WEB: (Capability.CRAWL_PAGES, ContentType.WEB_PAGE),
}


def posts(*texts: str, on: Platform = Platform.INSTAGRAM, every: float = 2, **changes: Any) -> list[EvidenceItem]:
    """Posts with these texts, newest first, one *every* so many days."""
    capability, content_type = KIND[on]
    made = {"platform": on, "capability": capability, "content_type": content_type, "hashtags": (), **changes}
    return [
        build.evidence_item(
            number,
            **{"text_primary": text, "published_at": build.NOON - timedelta(days=every * number), **made},
        )
        for number, text in enumerate(texts)
    ]


def inferred(items: list[EvidenceItem], **answers: Any) -> dict[str, JsonValue]:
    """The inferred values by path."""
    brief = Brief(
        answers=Answers(**answers),
        bundle=bundle(items, caps=Caps()),
        corpus=tuple(items),
        features=report(items),
        platforms=tuple(sorted({item.platform for item in items})),
    )
    return {path: inference.value for path, inference in draft_by_rules(brief).fields.items()}


def cited(items: list[EvidenceItem], path: str) -> tuple[EvidenceId, ...]:
    """The items that the value at *path* rests on."""
    brief = Brief(
        answers=Answers(),
        bundle=bundle(items, caps=Caps()),
        corpus=tuple(items),
        features=report(items),
        platforms=tuple(sorted({item.platform for item in items})),
    )
    return draft_by_rules(brief).fields[path].evidence


class TestHabits:
    """What the brand does and does without."""

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("Who sails? They do.", "Open with a question: 60 % of posts do."),
            ("They sail. Who else?", "Ask your readers something: 60 % of posts do."),
            ("We sail.", "Speak as “we”: 60 % of posts do."),
            ("This is for you.", "Address the reader as “you”: 60 % of posts do."),
            ("It's a sail.", "Use short forms such as “it's” and “don't”: 60 % of posts do."),
            ("A sail!", "Let some sentences end in an exclamation mark: 60 % of posts do."),
            ("A sail with @marrowby", "Mention the accounts of those involved: 60 % of posts do."),
            ("More at https://marrowby.example", "Link to more: 60 % of posts do."),
            ("A year ago, a sail tore.", "Open with a story: 60 % of posts do."),
            (
                "A sail. Learn more.",
                "Tell readers what to do next: 60 % of posts do, most often with “learn more”.",
            ),
        ],
    )
    def test_what_enough_posts_do_is_advised(self, text: str, sentence: str) -> None:
        """Three of five posts make a habit, and the sentence says how many do."""
        assert sentence in inferred(posts(text, text, text, "A sail.", "Sails."))["voice.do"]

    def test_a_forbidden_request_is_not_quoted(self) -> None:
        """What a brand must not say is not advised, however often it said it."""
        items = posts(*["Swipe up. Learn more."] * 5)
        rules = {"instagram": PlatformRules(forbidden_patterns=("swipe up",))}

        (first, *_) = inferred(items, platform_rules=rules)["voice.do"]

        assert "Tell readers what to do next: 100 % of posts do, most often with “learn more”." == first

    def test_an_opening_question_is_not_said_twice(self) -> None:
        """Who opens with questions asks, of course."""
        (sentence, *others) = inferred(posts(*["Who sails? They do."] * 5))["voice.do"]

        assert "Open with a question: 100 % of posts do." == sentence
        assert not [other for other in others if "Ask" in other]

    def test_two_posts_make_no_habit(self) -> None:
        """However large their share is."""
        found = inferred(posts("Who sails? We do!", "Who mends? We do!", "A sail."))

        assert not [sentence for sentence in found.get("voice.do", ()) if "question" in sentence or "we" in sentence]

    def test_what_nothing_shows_is_advised_against(self) -> None:
        """Five posts without hashtags and emoji on one platform say so, naming the platform."""
        items = posts(*["A sail 🧵 #sail"] * 5) + posts(*["A sail."] * 5, on=Platform.LINKEDIN)

        found = inferred(items)["voice.dont"]

        assert "No emoji on LinkedIn: none in 5 posts." in found
        assert "No hashtags on LinkedIn: none in 5 posts." in found
        assert "No exclamation marks: none in 10 posts." in found

    def test_four_posts_without_something_are_too_few(self) -> None:
        """Absence takes more ground than presence."""
        assert "voice.dont" not in inferred(posts(*["A sail."] * 4))

    def test_asking_without_urging_is_noted(self) -> None:
        """Who asks often and never hurries anybody has made a choice."""
        calm = posts(*["Learn more."] * 5)
        urging = posts(*["Learn more."] * 5, "Last chance: learn more.")

        sentence = "No urging: 5 posts ask for something, none with “last chance” or the like."
        assert sentence in inferred(calm)["voice.dont"]
        assert not [each for each in inferred(urging).get("voice.dont", ()) if "urging" in each]

    def test_pages_do_not_speak_for_posts(self) -> None:
        """Where there are posts, voice is read from them alone."""
        pages = posts(*["We sail. We mend! " * 20] * 20, on=Platform.WEB)

        assert "“we”" not in str(inferred(pages + posts(*["A sail."] * 5)).get("voice.do"))
        assert any("Speak as “we”: 100 % of pages" in each for each in inferred(pages)["voice.do"])

    def test_a_long_text_asks_by_chance(self) -> None:
        """One question in a thousand words is no habit."""
        pages = posts(*["They don't sail on. " * 200 + "Why not? Learn more!"] * 5, on=Platform.WEB)

        found = inferred(pages)

        short_forms = "Use short forms such as “it's” and “don't”: 100 % of pages do."
        assert (short_forms, "Keep sentences short: 4 words on average.") == found["voice.do"]
        assert "voice.cta_policy" not in found

    def test_a_habit_is_cited_from_every_platform(self) -> None:
        """The evidence names items of each platform in turn, not the five newest of one."""
        items = posts(*["We sail!"] * 9) + posts(*["We sail!"] * 9, on=Platform.LINKEDIN, every=50)

        linkedin = {item.id for item in items if item.platform is Platform.LINKEDIN}
        assert len(linkedin & set(cited(items, "voice.do"))) >= 3


class TestToneAndPolicies:
    """Tags and policies."""

    def test_words_show_a_tone(self) -> None:
        """Enough words of a tone in enough posts, the strongest first."""
        found = inferred(posts(*["With love and kindness, dear ones: the data."] * 3, "Sails.", "A sail, and a seam."))

        assert ("warm", "expert") == found["voice.tone_tags"]

    def test_a_tone_needs_enough_words_in_enough_posts(self) -> None:
        """Three kind words in three of thirty posts, or in some long texts, are no tone."""
        seldom = posts(*["With love."] * 3, *["Do sails tear?"] * 27)
        thin = posts(*["With love. " + "A sail is a sail and that is that? " * 100] * 3)

        assert "warm" not in str(inferred(seldom).get("voice.tone_tags"))
        assert "warm" not in str(inferred(thin).get("voice.tone_tags"))

    def test_the_form_shows_a_tone(self) -> None:
        """Questions to readers are conversational; short calm sentences are plain."""
        assert ("conversational", "plain") == inferred(posts(*["Do you sail? We do."] * 10))["voice.tone_tags"]
        assert ("enthusiastic",) == inferred(posts(*["A sail!"] * 10))["voice.tone_tags"]

    def test_formal_words_do_not_outdo_short_forms(self) -> None:
        """Who writes "you don't" is not formal, whatever else is said."""
        found = inferred(posts(*["Therefore you don't, hereby and thus, need a sail."] * 5))

        assert "conversational" in found["voice.tone_tags"]
        assert "formal" not in found["voice.tone_tags"]

    @pytest.mark.parametrize(
        ("texts", "policy"),
        [
            (["A sail."] * 10, "None: no emoji in 10 posts."),
            (["A 🧵."] * 5 + ["A sail."] * 5, "Regular: in 5 of 10 posts, about 1 each. Most often 🧵."),
            (["A 🧵🧵."] * 3 + ["A sail."] * 7, "Sparing: in 3 of 10 posts, about 2 each. Most often 🧵."),
            (["A 🧵."] + ["A sail."] * 29, "Hardly any: in 1 of 30 posts."),
        ],
    )
    def test_the_emoji_policy_is_what_the_posts_do(self, texts: list[str], policy: str) -> None:
        """None, hardly any, sparing or regular, with the count and the favourites."""
        assert policy == inferred(posts(*texts))["voice.emoji_policy"]

    def test_platforms_that_differ_are_named(self) -> None:
        """One policy for all would be wrong where platforms differ."""
        items = posts(*["A 🧵."] * 5) + posts(*["A sail."] * 5, on=Platform.LINKEDIN)

        expected = "By platform: regular on Instagram; none on LinkedIn. Most often 🧵."
        assert expected == inferred(items)["voice.emoji_policy"]

    def test_a_platform_with_two_posts_is_not_named(self) -> None:
        """Two posts show no difference between platforms."""
        items = posts(*["A 🧵."] * 5) + posts(*["A sail."] * 2, on=Platform.LINKEDIN)

        assert "Regular: in 5 of 7 posts, about 1 each. Most often 🧵." == inferred(items)["voice.emoji_policy"]

    @pytest.mark.parametrize(
        ("asking", "posture"), [(0, "none"), (1, "soft"), (4, "balanced"), (7, "direct"), (10, "direct")]
    )
    def test_the_posture_follows_the_share_of_requests(self, asking: int, posture: str) -> None:
        """Of ten posts so many ask their readers to do something."""
        texts = ["Learn more."] * asking + ["A sail."] * (10 - asking)

        assert posture == inferred(posts(*texts))["voice.cta_policy"]

    def test_hurrying_everybody_is_aggressive(self) -> None:
        """Many requests, and many of them urgent."""
        assert "aggressive" == inferred(posts(*["Last chance: buy now!"] * 6))["voice.cta_policy"]


class TestProfiles:
    """What is said of one platform."""

    def test_hashtags_are_counted(self) -> None:
        """How many a post has, and which come back."""
        items = posts(*["#sail #seam #a"] * 3, "#sail #seam", "#sail")

        expected = "About 2.5 hashtags a post, 3 at the most; most often #sail, #seam and #a."
        assert expected == inferred(items)["platform_profiles.instagram.hashtag_strategy"]

    def test_a_forbidden_hashtag_is_not_named(self) -> None:
        """Neither a taboo nor what a platform's rules forbid is recommended."""
        items = posts(*["#luxury #giveaway #sail"] * 5)
        rules = {"instagram": PlatformRules(forbidden_patterns=("giveaway",))}

        found = inferred(items, taboos=("luxury",), platform_rules=rules)

        assert (
            "About 3 hashtags a post, 3 at the most; most often #sail."
            == (found["platform_profiles.instagram.hashtag_strategy"])
        )

    def test_rare_and_absent_hashtags_are_told(self) -> None:
        """A few are "now and then", one is nothing to build on, none is a strategy."""
        rare = inferred(posts(*["#sail"] * 2, *["A sail."] * 8))
        once = inferred(posts("#sail", *["A sail."] * 8))
        never = inferred(posts(*["A sail."] * 5))

        path = "platform_profiles.instagram.hashtag_strategy"
        assert (
            "Hashtags only now and then: 2 of 10 posts have any, about 1 hashtag a post, 1 at the most." == rare[path]
        )
        assert path not in once
        assert "No hashtags: none in 5 posts." == never[path]

    @pytest.mark.parametrize(
        ("every", "cadence"),
        [
            (2, "About 4 posts a week (10 in 18 days)."),
            (7, "About 1 post a week (10 in 63 days)."),
            (20, "About 1.5 posts a month (10 in 180 days)."),
            (90, "About 4.5 posts a year (10 in 810 days)."),
        ],
    )
    def test_cadence_reads_as_people_say_it(self, every: float, cadence: str) -> None:
        """By the week, the month or the year."""
        found = inferred(posts(*["A sail."] * 10, every=every))

        assert cadence == found["platform_profiles.instagram.posting_cadence"]

    def test_a_few_days_show_no_cadence(self) -> None:
        """Ten posts of one weekend say nothing of the year."""
        assert "platform_profiles.instagram.posting_cadence" not in inferred(posts(*["A sail."] * 10, every=0.2))

    def test_formats_have_the_names_that_questions_use(self) -> None:
        """Commonest first; what was posted once is no format of the brand's."""
        items = posts(*["x"] * 5, media={"type": "Sidecar"})
        items[:2] = posts("x", "x", media={"type": "Image"})
        items += posts(*["x"] * 6, media={"type": "Video"})[5:]

        assert ("carousel", "single_image") == inferred(items)["platform_profiles.instagram.content_types"]

    def test_a_tone_adjustment_says_how_a_platform_differs(self) -> None:
        """Length, emoji, questions and the like, against the other platforms."""
        items = posts(*["Do you sail? 🧵"] * 5) + posts(
            *["They mended one more sail today, by hand. "] * 5, on=Platform.LINKEDIN
        )

        found = inferred(items)

        expected = (
            "Compared with LinkedIn: shorter texts (3 words against 8), more emoji, more questions, "
            "the reader addressed more often."
        )
        assert expected == found["platform_profiles.instagram.tone_adjustment"]
        assert "longer texts" in found["platform_profiles.linkedin.tone_adjustment"]

    def test_alike_platforms_need_no_adjustment(self) -> None:
        """Where nothing differs nothing is said."""
        items = posts(*["A sail."] * 5) + posts(*["A sail."] * 5, on=Platform.LINKEDIN)

        assert not [path for path in inferred(items) if path.endswith("tone_adjustment")]

    def test_two_items_show_no_profile(self) -> None:
        """A platform with hardly anything on it has no inferred field."""
        items = posts(*["A sail."] * 5) + posts("A 🧵 #sail", "A 🧵 #sail", on=Platform.TIKTOK, every=30)

        assert not [path for path in inferred(items) if path.startswith("platform_profiles.tiktok")]


def test_evidence_takes_turns() -> None:
    """The first of every platform comes before the second of any."""
    a, b, c = (tuple(EvidenceId(UUID(int=10 * k + n)) for n in range(3)) for k in range(3))

    assert (a[0], b[0], c[0], a[1], b[1], c[1], a[2], b[2], c[2]) == interleaved([a, b, c])
    assert CITED == len(interleaved([a, b, c, tuple(EvidenceId(UUID(int=n + 90)) for n in range(9))]))
