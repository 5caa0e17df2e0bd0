"""Characters as people count them, cutting between them, and keys made of them."""

from __future__ import annotations

import json
import unicodedata
from importlib.resources import files

import emoji
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.policies import text

CLASSES = json.loads(files("brandbrain_core").joinpath("lexicons/characters.json").read_text(encoding="utf-8"))
LIBRARY = regex.compile(r"\X")


def members(name: str) -> list[str]:
    """Return the ends of the ranges of a class of characters."""
    ends = [end for part in CLASSES[name].split() for end in part.split("-")]
    return [chr(int(end, 16)) for end in ends if not 0xD800 <= int(end, 16) <= 0xDFFF]


LINKERS = frozenset(
    chr(code)
    for part in CLASSES["conjunct_linker"].split()
    for code in range(int(part.split("-")[0], 16), int(part.split("-")[-1], 16) + 1)
)
CONSONANTS = [c for c in members("conjunct_consonant") if ord(c) < 0x1000]
CONJUNCTS = st.lists(st.sampled_from(CONSONANTS), min_size=2, max_size=4).map("\u094d".join)
BORDER_CASES = sorted({c for name in CLASSES if name != "version" for c in members(name)} - LINKERS)
PIECES = st.one_of(
    st.sampled_from(BORDER_CASES),
    st.sampled_from(["\r", "\n", "\r\n", "\u200d", "\U0001f1e6", "\U0001f1e7", "한", "가", "각", "é", "a", " "]),
    st.sampled_from(sorted(emoji.EMOJI_DATA)),
    CONJUNCTS,
)


@given(st.lists(PIECES, max_size=10).map("".join))
def test_characters_agree_with_a_library(sample: str) -> None:
    """
    The borders are those of UAX 29 as the `regex` library draws them.

    Linkers appear only between consonants here: the library also joins what follows a linker without one before it.
    """
    assert LIBRARY.findall(sample) == text.graphemes(sample)


@given(st.text(max_size=40) | st.lists(PIECES, max_size=10).map("".join))
def test_characters_add_up(sample: str) -> None:
    """Joined they are the text again, and counting is counting them."""
    pieces = text.graphemes(sample)

    assert sample == "".join(pieces)
    assert len(pieces) == text.grapheme_count(sample)


@given(st.lists(PIECES | st.text("Sol bread, ", max_size=9), max_size=10).map("".join), st.integers(1, 30))
def test_clipping_leaves_whole_characters(sample: str, limit: int) -> None:
    """What is left is a beginning that fits, made of whole characters, and as long as it can be."""
    clipped = text.clip(sample, limit)
    pieces = text.graphemes(sample)

    assert sample.startswith(clipped)
    assert len(clipped) <= limit
    if clipped != sample and len(pieces[0]) <= limit:
        kept = text.graphemes(clipped)
        assert pieces[: len(kept)] == kept
        assert len(clipped) + len(pieces[len(kept)]) > limit


def test_a_character_that_never_fits_is_cut() -> None:
    """A limit always holds, even against one character of many code points."""
    assert "a\u0301\u0301" == text.clip("a" + "\u0301" * 50, 3)


@given(st.text(max_size=100))
def test_a_slug_is_a_key(sample: str) -> None:
    """It is not empty, at most 60 long, in lower case, without dots or blanks, no number, and its own slug."""
    key = text.slug(sample)

    assert 1 <= len(key) <= 60
    assert key == key.lower() == unicodedata.normalize("NFC", key)
    assert not any(c == "." or c.isspace() for c in key)
    assert not key.isnumeric()
    assert key == text.slug(key)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sourdough & Co.", "sourdough-co"),
        ("  BREAD--and   butter!", "bread-and-butter"),
        ("Straße", "strasse"),
        ("Cafe\u0301", "café"),
        ("パンとチーズ", "パンとチーズ"),
        ("क्रोइसैन", "क्रोइसैन"),
        ("v1.5 notes", "v1-5-notes"),
        ("2024", "n-2024"),
        ("1.5", "n-1-5"),
        ("x" * 59 + " y", "x" * 59),
    ],
)
def test_slugs(name: str, key: str) -> None:
    """Names in any script give readable keys."""
    assert key == text.slug(name)


def test_names_without_letters_differ() -> None:
    """Two names of signs alone give two keys."""
    assert text.slug("🥐") != text.slug("🥖")
    assert text.slug("") == text.slug("")
