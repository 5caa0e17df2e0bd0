from __future__ import annotations

import re
import warnings
from time import process_time

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from brandbrain_core.policies.patterns import PATTERN_MAX, TEXT_MAX, BadPattern, contains_keyword, read_pattern
from brandbrain_core.policies.patterns.program import build
from brandbrain_core.policies.patterns.syntax import parse

atoms = st.sampled_from(
    ["a", "b", "A", "1", " ", "_", ".", "^", "$", "{", "}", "-", "[ab]", "[^a]", "[a-b1]", "[]a]", "[a-]"]
) | st.sampled_from([r"\d", r"\w", r"\s", r"\W", r"\b", r"\B", r"\.", r"[\d_]", r"[^\w]", r"\x61", r"\u0062"])
quantifiers = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,}", "{,2}", "{1,2}?"])
expressions = st.recursive(
    st.builds(str.__add__, atoms, quantifiers),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map("".join)
        | st.builds(lambda a, b, q: f"({a}|{b}){q}", inner, inner, quantifiers)
        | st.builds(lambda a, q: f"(?:{a}){q}", inner, quantifiers)
    ),
    max_leaves=8,
)
texts = st.text("aAb1 _-.{}", min_size=1, max_size=12)


@given(expressions, texts)
def test_it_finds_what_python_finds(expression: str, text: str) -> None:
    """What it reads means what it means in Python, apart from the time it takes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = re.compile(expression, re.IGNORECASE)
    except re.error:
        assume(False)
    try:
        ours = build(parse(expression))
    except BadPattern:
        event("refused")
        return

    assert (theirs.search(text) is not None) == ours.search(text)


HOSTILE = [
    r"(a+)+$",
    r"([a-zA-Z]+)*$x",
    r"(a|aa)+$",
    r"(a|a?)+$",
    r"(.*a){40}b",
    r"(x+x+)+y",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(a*)*b",
    r"(a|b|ab)*c",
    r"((a{0,20}){0,20})b",
    r"(a|b)*a(a|b){150}c",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_hostile_pattern_does_not_hang(pattern: str) -> None:
    """Patterns that keep a backtracking matcher busy for ages are done within seconds of processor time."""
    try:
        read = read_pattern(pattern)
    except BadPattern:
        return
    began = process_time()
    for text in ("a" * 10_000 + "!", "ab" * 5_000, "x" * 100_000, "aaab" * 2_000):
        read.occurs_in(text)

    assert process_time() - began < 10


@given(st.text(max_size=40) | st.text("()[]{}|*+?\\^$.-a1,b<>=!:P", max_size=30))
def test_any_text_is_read_or_refused(pattern: str) -> None:
    """No text breaks the reader; what is read never occurs in the empty text."""
    try:
        read = read_pattern(pattern)
    except BadPattern:
        return

    assert not read.occurs_in("")


@given(st.text("ab (){}+*?$^|.,!%", min_size=1, max_size=12))
def test_a_pattern_is_found_as_it_is_written(pattern: str) -> None:
    """Whoever means the characters themselves is served, though they look like an expression."""
    try:
        read = read_pattern(pattern)
    except BadPattern:
        return

    assert read.occurs_in(f"so: {pattern} !")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("swipe up", "Swipe  UP now", True),
        ("tap", "a staple of ours", False),
        ("a.k.a.", "Loft a.k.a. us", True),
        ("a.k.a.", "axkxax", False),
        ("Really?", "really? yes", True),
        ("Really?", "reall", False),
        ("$5", "only $5 today", True),
        ("100%", "it is 100% sure", True),
        ("buy (now)", "Buy (now) or never", True),
        ("buy (now)", "buy now", True),
        (r"\b100\s?% (waterproof|recycled)\b", "100% Recycled!", True),
        (r"\b100\s?% (waterproof|recycled)\b", "1100% recycledish", False),
        ("colou?r", "COLOR", True),
        ("(?i)Sale", "SALE", True),
        ("^only", "only now", True),
        ("^only", "now only", False),
        ("(?P<word>free)+", "freefree", True),
        ("ab{2}", "abb", True),
        ("cafe\u0301", "Caf\u00e9", True),
        ("[^ ]+@loft", "me@Loft", True),
        ("禁酒", "我们禁酒了", True),
    ],
)
def test_pattern_in_text(pattern: str, text: str, expected: bool) -> None:
    """Keywords are whole words, expressions are found anywhere, case never counts."""
    assert expected is read_pattern(pattern).occurs_in(text)


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    """So that the time has a bound, whoever wrote the text."""
    for pattern in ("needle", "need+le"):
        assert read_pattern(pattern).occurs_in("." * (TEXT_MAX - 6) + "needle")
        assert not read_pattern(pattern).occurs_in("." * TEXT_MAX + "needle")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "blank"),
        ("  \n", "blank"),
        ("x" * (PATTERN_MAX + 1), "more than"),
        ("(a", "never closed"),
        ("a)", "never opened"),
        ("[a", "never closed"),
        ("*a", "nothing to repeat"),
        ("a**", "quantifier"),
        ("C++", "quantifier"),
        ("a++", "quantifier"),
        ("a{3}{3}", "quantifier"),
        ("a{9999}", "further"),
        ("a{3,2}", "wrong way"),
        ("[b-a]", "wrong way"),
        (r"(a)\1", "not supported"),
        ("(?=a)b", "not supported"),
        ("(?<!a)b", "not supported"),
        ("(?>a)b", "not supported"),
        ("(?s)a", "not supported"),
        (r"\qa", "not supported"),
        ("a\\", "at the end"),
        ("x*", "every text"),
        ("a|", "every text"),
        ("(" * 30 + "a" + ")" * 30, "too deep"),
        ("((a{99}){99}){99}", "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(pattern: str, why: str) -> None:
    """A rule that would not be kept is refused, never taken for something else."""
    with pytest.raises(BadPattern, match=re.escape(why)):
        read_pattern(pattern)


@pytest.mark.parametrize(
    ("text", "keyword", "expected"),
    [
        ("Guilt-free snacks", "guilt-free", True),
        ("unsinkable!", "unsinkable", True),
        ("unsinkables", "unsinkable", False),
        ("tap staple", "tap", True),
        ("staple tap", "tap", True),
        ("STRASSE", "straße", True),
        ("anything", " ", False),
        ("snake_case", "case", True),
        ("50%off", "50%", True),
        ("a50%", "50%", False),
    ],
)
def test_keyword_in_text(text: str, keyword: str, expected: bool) -> None:
    """A keyword is found as a whole, wherever it stands."""
    assert expected is contains_keyword(text, keyword)
