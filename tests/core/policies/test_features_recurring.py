"""Which phrases recur and tell what a brand talks about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.model.features import Counted
from brandbrain_core.policies.features import report
from brandbrain_core.policies.features.recurring import recurring
from brandbrain_core.policies.features.topic_finding import own_names
from brandbrain_core.policies.text.words import tokens
from brandbrain_core.testing import build

OTHERS = ("Rain on the harbour wall.", "Kettle on, biscuits out.", "Gulls again, sadly.")
"""Posts about nothing in particular, so that a topic is not in all items."""


def found(*texts: str, author: str = "marrowby") -> dict[str, Counted]:
    """The recurring phrases of posts with these texts and of three others, by name, the most telling first."""
    items = [
        build.evidence_item(
            number,
            text_primary=text,
            hashtags=(),
            author_ref=author,
            published_at=build.NOON + timedelta(days=number),
        )
        for number, text in enumerate((*texts, *OTHERS), start=1)
    ]
    return {each.name: each for each in report(items).overall.recurring}


def test_a_phrase_recurs_in_several_items() -> None:
    """Three mentions in one item are no recurrence; one each in two items are."""
    phrases = found("Spinnaker, spinnaker, spinnaker!", "A mainsail.", "The mainsail.")

    assert ["mainsail"] == list(phrases)
    assert (2, 2, 2 / 6) == (phrases["mainsail"].count, phrases["mainsail"].items, phrases["mainsail"].share)


def test_the_items_are_the_evidence_newest_first() -> None:
    """Each phrase names the items that hold it."""
    phrases = found("A mainsail.", "A seam.", "The mainsail.")

    expected = tuple(build.evidence_item(number).id for number in (3, 1))
    assert expected == phrases["mainsail"].evidence


def test_a_part_of_a_longer_phrase_is_absorbed() -> None:
    """What occurs only within a longer phrase is not named by itself."""
    assert ["winter check"] == list(found("Our winter check starts.", "Book a winter check.", "Winter check!"))


def test_a_word_that_clusters_is_absorbed_all_the_same() -> None:
    """However often a word is repeated: if all its items have the phrase, the phrase says more."""
    assert ["keel bolts"] == list(found(*["Keel bolts: keel, keel, keel, keel."] * 3))


def test_two_words_are_absorbed_by_several_longer_phrases_together() -> None:
    """ "-centred design" is a part of two phrases, and no phrase by itself."""
    texts = [*["Sailor-centred design."] * 3, *["Skipper-centred design."] * 3]

    assert {"sailor centred design", "skipper centred design"} == {name for name in found(*texts) if "design" in name}


def test_ties_are_broken_by_name() -> None:
    """Equally telling phrases are in the order of the alphabet; equally common spellings, too."""
    words = ["anchor", "brass", "cleat", "deck", "eyelet", "fender", "gaff", "halyard", "jib"]

    assert words == list(found("; ".join(words), "; ".join(reversed(words))))
    assert ["anchor"] == list(found("Anchor.", "Anchors."))


def test_a_frequent_part_stays_beside_the_longer_phrase() -> None:
    """A word that occurs much more often than the phrase is a topic of its own."""
    texts = ["Winter check.", "Winter check.", "Winter.", "Winter!", "Winter?"]

    assert {"winter", "winter check"} == set(found(*texts))


@pytest.mark.parametrize("phrase", ["the", "we make", "really good", "new things", "in time", "every day"])
def test_filler_is_no_topic(phrase: str) -> None:
    """Function words and words that say little are no topics, alone or together."""
    assert {} == found(f"Well, {phrase}.", f"So, {phrase}.", f"And {phrase}.")


def test_function_words_of_the_brand_s_language_count_as_such() -> None:
    """German posts yield German topics."""
    texts = [
        f"Wir backen das Brot mit Zeit und ohne Eile, und auch {x} ist für dich da." for x in ("Rita", "Ulf", "Kai")
    ]

    assert {"und", "das", "für", "wir", "auch"}.isdisjoint(
        word for phrase in found(*texts) for word in (phrase.split()[0], phrase.split()[-1])
    )


def test_a_phrase_does_not_reach_across_punctuation() -> None:
    """Two words in two sentences are no phrase."""
    assert "seam ripper" not in found("A seam. Ripper!", "The seam: ripper.", "One seam, ripper.")


def test_singular_and_plural_are_one_phrase() -> None:
    """Both are counted together and shown in the commonest spelling."""
    phrases = found("Retired sails.", "A retired sail.", "Our retired sails.")

    assert 3 == phrases["retired sails"].items
    assert "retired sail" not in phrases


def test_calls_to_action_and_hashtags_are_counted_elsewhere() -> None:
    """ "start your free trial" is a request and #sailmaking a tag; neither is a topic."""
    assert {} == found(*["Start your free trial #sailmaking", "#sailmaking, start your free trial"] * 2)


@pytest.mark.parametrize(
    "author",
    ["@solbakery", "@sol_bakery_official", "sol-bakery.example", "https://www.linkedin.com/company/sol-bakery/"],
)
def test_the_brand_s_own_name_is_no_topic(author: str) -> None:
    """However its account is named, a brand does not talk about itself by naming itself."""
    texts = ["Sol Bakery opens.", "Rye at Sol Bakery.", "Sol Bakery: rye again."]

    assert ["rye"] == list(found(*texts, author=author))


def test_a_word_that_clusters_beats_one_that_is_spread_thin() -> None:
    """Of two words in equally many items the one that its items dwell on comes first."""
    texts = ["Anchor and keel: keel, keel.", "Keel, the keel. Anchor.", "Anchor... keel keel keel."]

    assert ["keel", "anchor"] == list(found(*texts))


def test_what_is_in_every_item_tells_less_than_what_is_in_some() -> None:
    """A footer in all items comes behind a topic of half of them."""
    streams = [tokens(f"Harbourside notice. {'Keel bolts' if n % 2 else 'Oars'}.") for n in range(12)]

    phrases = [each.phrase for each in recurring(streams, stop=frozenset(), limit=9)]

    assert phrases.index("harbourside notice") > phrases.index("keel bolts")


def test_own_names_are_read_from_all_kinds_of_references() -> None:
    """Handles, hosts and links of accounts; the last label of a host is no name."""
    references = ["@Sol_Bakery", "www.sol.example", "https://www.linkedin.com/company/sol-inc", "Café Sol"]

    assert {"solbakery", "sol", "solinc", "cafésol"} == own_names(references)


texts = st.lists(
    st.lists(st.sampled_from(["sail", "sails", "keel", "oar", "winter", "check", "the", "of", "."]), max_size=12),
    max_size=12,
)


@given(texts)
def test_every_phrase_recurs_and_none_ends_in_a_function_word(words: list[list[str]]) -> None:
    """What is found occurs in two items at least, as often as is said, and begins and ends with a word that tells."""
    streams = [tokens(" ".join(each)) for each in words]

    for each in recurring(streams, stop={"the", "of"}, limit=30):
        assert 2 <= len(each.items) <= each.count
        assert {each.key[0], each.key[-1]}.isdisjoint({"the", "of"})
        for place in each.items:
            words_of_item = set(streams[place])
            assert all(words_of_item & {word, f"{word}s"} for word in each.key if word != "of")
