"""What is counted in a brand's items, block by block."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.bundle import TranscriptCoverage
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.features import Counted, FeatureBlock, Share, Spread
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.features import report
from brandbrain_core.testing import build


def a_post(number: int, text: str, **changes: Any) -> EvidenceItem:
    """Instagram post *number* with that text; a higher number is newer by a day."""
    published_at = build.NOON + timedelta(days=number)
    return build.evidence_item(
        number, **{"text_primary": text, "hashtags": (), "published_at": published_at, **changes}
    )


def a_reel(number: int, text: str, transcript: str | None, **changes: Any) -> EvidenceItem:
    """Reel *number* with a caption and what is said in it."""
    spoken = {"text_secondary": transcript, "secondary_kind": transcript and SecondaryKind.TRANSCRIPT}
    kind = {"capability": Capability.REELS, "content_type": ContentType.REEL}
    return a_post(number, text, **{**spoken, **kind, **changes})


def overall(*texts: str) -> FeatureBlock:
    """The block over posts with these texts, the last one being the newest."""
    return report([a_post(number, text) for number, text in enumerate(texts, start=1)]).overall


def ids(*numbers: int) -> tuple[EvidenceId, ...]:
    """The ids of posts."""
    return tuple(a_post(number, "x").id for number in numbers)


def counts(found: tuple[Counted, ...]) -> list[tuple[str, int]]:
    """Names and counts, in their order."""
    return [(each.name, each.count) for each in found]


class TestText:
    """How long the texts are."""

    def test_lengths_are_taken_over_the_items_that_have_a_text(self) -> None:
        """An empty caption does not pull the mean down."""
        found = overall("One two.", "One two three four. Five six!", "")

        assert 2 == found.text.items
        assert Spread(mean=4.0, min=2, max=6) == found.text.words
        assert Spread(mean=1.5, min=1, max=2) == found.text.sentences
        assert Spread(mean=18.5, min=8, max=29) == found.text.characters

    def test_caption_and_transcript_are_measured_together_and_apart(self) -> None:
        """The text of a reel is both; each has its own measure, too."""
        found = report([a_reel(1, "One two.", "Three four five."), a_reel(2, "Six.", None)]).overall

        assert (5, 2, 3) == (found.text.words.max, found.primary.words.max, found.transcript.words.max)
        assert (2, 2, 1) == (found.text.items, found.primary.items, found.transcript.items)

    def test_a_description_is_no_text_of_the_brand_s_voice(self) -> None:
        """Only a transcript counts as a second text."""
        described = {"text_secondary": "Three four.", "secondary_kind": SecondaryKind.DESCRIPTION}

        found = report([a_post(1, "One.", **described)]).overall

        assert (1, 0) == (found.text.words.max, found.transcript.items)

    def test_nothing_is_zero(self) -> None:
        """Without items every mean and share is 0.0, and there is no platform."""
        found = report([])

        assert {} == found.by_platform
        assert Spread(mean=0.0, min=0, max=0) == found.overall.text.words
        assert Share(items=0, share=0.0, mean=0.0, evidence=()) == found.overall.questions
        assert (0.0, 0.0) == (found.overall.emoji.per_100_characters, found.overall.cadence.items_per_week)
        assert () == found.overall.recurring


class TestPhrases:
    """Calls to action, hooks and tones."""

    @pytest.mark.parametrize("text", ["A staple on this island.", "Likely stories.", "Restart nowhere.", "#startnow"])
    def test_a_part_of_a_word_is_no_phrase(self, text: str) -> None:
        """ "staple" holds no "tap" and "likely" no "like"."""
        found = overall(text)

        assert () == found.calls_to_action.top
        assert () == found.tones

    def test_calls_to_action_are_counted_by_occurrence_and_by_item(self) -> None:
        """Count, items, share and evidence of one phrase, newest item first."""
        found = overall("Learn more. LEARN\nMORE!", "Nothing.", "You can learn more here.").calls_to_action

        expected = Counted(name="learn more", count=3, items=2, share=2 / 3, evidence=ids(3, 1))
        assert (expected,) == found.top
        assert [("learn", 3)] == counts(found.groups)
        assert Share(items=2, share=2 / 3, mean=1.0, evidence=ids(3, 1)) == found.usage

    def test_the_ten_commonest_are_kept_and_ties_are_broken_by_name(self) -> None:
        """Of equally common phrases the first in the alphabet come first."""
        phrases = ["buy now", "shop now", "sign up", "read more", "learn more", "stop by", "tune in", "call us",
                   "email us", "get started", "join us", "reach out"]  # fmt: skip
        found = overall(". ".join([*phrases, "join us"])).calls_to_action

        assert [("join us", 2)] + [(phrase, 1) for phrase in sorted(set(phrases) - {"join us"})[:9]] == counts(
            found.top
        )

    def test_hooks_stand_in_the_first_sentence(self) -> None:
        """A hook phrase further down is none."""
        found = overall("Did you know? It floats.", "It floats. Did you know?").hooks

        assert [("did you know", 1)] == counts(found.top)
        assert ids(1) == found.top[0].evidence
        assert [("question", 1)] == counts(found.groups)

    def test_tones_are_counted_by_tag(self) -> None:
        """Words of one tone add up, wherever they stand."""
        assert [("warm", 3), ("expert", 1)] == counts(overall("With love and kindness.", "Love, and data.").tones)


class TestHabits:
    """Questions, persons, links and the like."""

    def test_questions_and_exclamations_are_sentences(self) -> None:
        """Marks are counted by sentence, an opening question apart."""
        found = overall("“Why?” Who?! Because!", "Because. (Why not?)")

        assert (2, 1.0) == (found.questions.items, found.questions.mean)
        assert (1, ids(1)) == (found.opening_questions.items, found.opening_questions.evidence)
        assert (1, 1.0) == (found.exclamations.items, found.exclamations.mean)

    def test_persons_are_told_apart(self) -> None:
        """First person in all, the plural of it, and the second."""
        found = overall("I sew. We sew our sails.", "You sew.", "They sew.")

        assert (1, 2 / 3) == (found.first_person.items, found.first_plural.mean)
        assert 1.0 == found.first_person.mean
        assert ids(2) == found.second_person.evidence

    def test_contractions_are_not_genitives(self) -> None:
        """ "it's" and "don’t" are short forms, "sailor's" is not."""
        found = overall("It's one. Don’t.", "The sailor's sail.")

        assert (1, 1.0, ids(1)) == (found.contractions.items, found.contractions.mean, found.contractions.evidence)

    def test_links_and_mentions_are_counted(self) -> None:
        """Web addresses and accounts, each by item and occurrence."""
        found = overall("See https://sol.example and www.sol.example/menu", "With @sol and @luna")

        assert (ids(1), 1.0) == (found.links.evidence, found.links.mean)
        assert (ids(2), 1.0) == (found.mentions.evidence, found.mentions.mean)

    def test_languages_are_those_of_the_items(self) -> None:
        """What the item says counts, else what its function words tell; unknown ones are left out."""
        german = "Wir backen das Brot mit Zeit und Liebe und ohne Eile."
        items = [a_post(1, german), a_post(2, "?"), a_post(3, german, language="fr")]

        assert [("de", 1), ("fr", 1)] == counts(report(items).overall.languages)


class TestMedia:
    """Emoji, hashtags, formats, transcripts and cadence."""

    def test_emoji_are_counted_by_grapheme(self) -> None:
        """A family or a skin tone is one emoji and one character."""
        found = overall("👩🏽‍🍳👩🏽‍🍳" + "x" * 6, "x" * 12).emoji

        assert 10.0 == found.per_100_characters
        assert (1, 0.5, 1.0) == (found.usage.items, found.usage.share, found.usage.mean)
        assert [("👩🏽‍🍳", 2)] == counts(found.top)

    def test_hashtags_come_from_the_item_and_its_text(self) -> None:
        """One tag counts once an item, in lower case; numbers alone are none."""
        items = [a_post(1, "#Bread and #bread #7", hashtags=("Bread", "rye")), a_post(2, "#bread"), a_post(3, "C#")]

        found = report(items).overall.hashtags

        assert [("bread", 2), ("rye", 1)] == counts(found.top)
        assert (2, 2, 1.0) == (found.max, found.usage.items, found.usage.mean)

    def test_formats_are_media_types_else_content_types(self) -> None:
        """Platforms' names are shown under one; a reel is a reel whatever its medium."""
        items = [
            a_post(1, "", media={"type": "Sidecar"}),
            a_post(2, "", media={"type": "GraphImage"}),
            a_reel(3, "", None, media={"type": "Video"}),
            a_post(4, "", media={"type": 7}),
            a_post(5, "", media={"type": "Hologram"}),
            a_post(6, "", content_type=ContentType.WEB_PAGE, platform=Platform.WEB),
        ]

        found = report(items).overall.formats

        assert {"carousel", "image", "reel", "post", "hologram", "web_page"} == {each.name for each in found}
        assert {1 / 6} == {each.share for each in found}

    def test_transcript_coverage_is_over_what_can_have_one(self) -> None:
        """Posts do not count, reels and items with a transcript do."""
        found = report([a_post(1, "x"), a_reel(2, "x", "Said."), a_reel(3, "x", None)]).overall.transcripts

        assert TranscriptCoverage(items_with_transcript=1, total_items=2, coverage=0.5) == found

    def test_cadence_is_over_the_observed_span(self) -> None:
        """Four dated posts in two weeks are two a week; what has no date does not count."""
        items = [a_post(day, "x") for day in (0, 3, 5, 14)] + [a_post(99, "x", published_at=None)]

        found = report(items).overall.cadence

        assert (4, 14.0, 2.0) == (found.dated_items, found.span_days, found.items_per_week)
        assert ids(14, 5, 3, 0) == found.evidence

    def test_a_span_is_at_least_a_week(self) -> None:
        """Two posts on one day are two a week, not endlessly many."""
        assert 2.0 == report([a_post(1, "x"), a_post(2, "x", published_at=build.NOON)]).overall.cadence.items_per_week


def test_platforms_have_blocks_of_their_own() -> None:
    """Overall counts everything, a platform only its own."""
    linkedin = {"platform": Platform.LINKEDIN, "content_type": ContentType.TEXT_POST}
    found = report([a_post(1, "Learn more"), a_post(2, "Sign up", **linkedin)])

    assert ["instagram", "linkedin"] == list(found.by_platform)
    assert [("sign up", 1)] == counts(found.by_platform["linkedin"].calls_to_action.top)
    assert (2, 1, 1) == (found.overall.items, *(block.items for block in found.by_platform.values()))


def test_evidence_is_the_five_newest_items() -> None:
    """Of many items five are named, newest first, those without a date last."""
    items = [a_post(number, "Learn more") for number in range(1, 8)] + [a_post(8, "Learn more", published_at=None)]

    assert ids(7, 6, 5, 4, 3) == report(items).overall.calls_to_action.top[0].evidence
    assert ids(2, 8) == report([items[1], items[7]]).overall.calls_to_action.top[0].evidence
