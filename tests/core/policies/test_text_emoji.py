"""Emoji: every known sequence is one, whatever stands around it."""

from __future__ import annotations

import json
from importlib.resources import files

import emoji
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.policies import text

LEGAL_MARKS = frozenset("©®™")
KNOWN = sorted(set(emoji.EMOJI_DATA) - LEGAL_MARKS)
FULL = {
    known.replace("\ufe0f", ""): known
    for known, entry in emoji.EMOJI_DATA.items()
    if entry["status"] in {emoji.STATUS["fully_qualified"], emoji.STATUS["component"]}
}


def full_form(spelling: str) -> str:
    """Return the spelling with all selectors."""
    return FULL[spelling.replace("\ufe0f", "")]


def found_by_library(sample: str) -> list[str]:
    """Return the emoji that the library finds, in their full form."""
    return [full_form(match["emoji"]) for match in emoji.emoji_list(sample)]


def test_every_sequence_is_one_emoji() -> None:
    """Each of the library's sequences is found as one, alone and amid letters, in its full form."""
    assert len(KNOWN) > 5000
    assert [] == [known for known in KNOWN if [full_form(known)] != text.emojis(known)]
    assert [] == [known for known in KNOWN if [full_form(known)] != text.emojis(f"a{known}b")]


def test_the_data_file_holds_what_the_library_knows() -> None:
    """Nothing is missing and nothing is invented."""
    held = json.loads(files("brandbrain_core").joinpath("lexicons/emoji.json").read_text(encoding="utf-8"))

    assert set(emoji.EMOJI_DATA) == {*held["qualified"].split(), *held["unqualified"].split()}


PIECES = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(exclude_characters="\ufe0e\ufe0f\u200d©®™", exclude_categories=["Cs"]), max_size=5),
)


@given(st.lists(PIECES, max_size=12))
def test_mixed_texts_agree_with_the_library(pieces: list[str]) -> None:
    """In any text of emoji and other characters, the same ones are found in the same order."""
    sample = "".join(pieces)

    assert found_by_library(sample) == text.emojis(sample)


@given(st.lists(st.sampled_from(KNOWN), max_size=8))
def test_emoji_between_words_are_counted_each(chosen: list[str]) -> None:
    """As many are found as were put in."""
    assert [full_form(known) for known in chosen] == text.emojis(" and ".join(["Bread", *chosen]))


@given(st.text(st.characters(max_codepoint=0x203B, exclude_characters="\u200d"), max_size=50))
def test_ordinary_text_has_none(sample: str) -> None:
    """Letters, digits and punctuation, legal marks among them, are no emoji."""
    assert [] == text.emojis(sample)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("Sol™ © 2026 ®", []),
        ("Sol™️", ["™️"]),
        ("1 2 3 # *", []),
        ("1️⃣ #⃣", ["1️⃣", "#️⃣"]),
        ("❤ and ❤️", ["❤️", "❤️"]),
        ("❤︎ as text", []),
        ("👩🏽‍🍳👩‍🍳", ["👩🏽‍🍳", "👩‍🍳"]),
        ("🇵🇹🇧🇷", ["🇵🇹", "🇧🇷"]),
        ("👨‍👩‍👧‍👦!", ["👨‍👩‍👧‍👦"]),
        ("🐻‍🥐", ["🐻‍🥐"]),
        ("🥐\u200d", ["🥐"]),
        ("👩‍👩", ["👩‍👩"]),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", ["🏴󠁧󠁢󠁳󠁣󠁴󠁿"]),
    ],
)
def test_examples(sample: str, expected: list[str]) -> None:
    """Cases in which counting code points, or trusting the library alone, would go wrong."""
    assert expected == text.emojis(sample)
