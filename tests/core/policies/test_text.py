"""Links, tags, words, sentences and phrases in texts."""

from __future__ import annotations

import json
import os
import string
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linkify_it import LinkifyIt  # type: ignore[import-untyped]

from brandbrain_core.policies import text
from brandbrain_core.policies.lexicon import CALLS_TO_ACTION, HOOKS, NAMES, TONES, Lexicon, load

LIBRARY = LinkifyIt()


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("https://sol.example/a?b=c#d.", ["https://sol.example/a?b=c#d"]),
        ("(see http://sol.example/x_(y))", ["http://sol.example/x_(y)"]),
        ("“https://sol.example”, and more", ["https://sol.example"]),
        ("HTTPS://SOL.EXAMPLE!", ["HTTPS://SOL.EXAMPLE"]),
        ("www.sol.example/menu…", ["www.sol.example/menu"]),
        ("Linktr.ee/Sol and sol.com", ["Linktr.ee/Sol", "sol.com"]),
        ("sol.com:8080/a", ["sol.com:8080/a"]),
        ("write to me@sol.com or me.too@sol.com", []),
        ("@sol.com on every platform", []),
        ("We rest.so you can. It is what it is.it works", []),
        ("Read t.me/sol or about.me", ["t.me/sol"]),
        ("At 3.30, e.g. i.e. 1.2.3 in v2.0 of Node.js", []),
        ("see README.md and end.Start here", []),
        ("https:// and www. alone", []),
        ("https://a.example，然后", ["https://a.example"]),
        ("müller.de/brot", ["müller.de/brot"]),
        ("[menu](https://sol.example/menu)", ["https://sol.example/menu"]),
    ],
)
def test_urls(sample: str, expected: list[str]) -> None:
    """Addresses are found without the punctuation around them; sentences run together are none."""
    assert expected == text.urls(sample)


HOSTS = st.lists(st.text(string.ascii_lowercase + string.digits, min_size=2, max_size=8), min_size=1, max_size=3).map(
    lambda labels: ".".join([*labels, "com"])
)
PATHS = st.text(string.ascii_letters + "/-_~%20", max_size=12).map(lambda path: f"/{path.strip('_~-')}" if path else "")
ADDRESSES = st.builds(
    "{}{}{}".format, st.sampled_from(["https://", "http://", "https://www.", "", "www."]), HOSTS, PATHS
)
AROUND = st.sampled_from([("", ""), ("(", ")"), ("see ", "."), ("", ", and"), ("at ", "!"), ("", "?")])


@given(ADDRESSES, AROUND)
def test_addresses_agree_with_a_library(address: str, around: tuple[str, str]) -> None:
    """What is put into a sentence is found there, as another library finds it."""
    sample = around[0] + address + around[1]
    by_library = [match.raw for match in LIBRARY.match(sample) or []]

    assert by_library == text.urls(sample)
    assert [address] == text.urls(sample)


@given(st.text(max_size=60) | st.lists(ADDRESSES | st.text(" .#@a", max_size=4), max_size=6).map("".join))
def test_blanked_text_keeps_its_places(sample: str) -> None:
    """Without addresses a text is as long as before, and has none left."""
    blanked = text.without_urls(sample)

    assert len(sample) == len(blanked)
    assert all(now in {" ", before} for before, now in zip(sample, blanked, strict=True))
    assert sum(map(len, text.urls(sample))) >= sum(a != b for a, b in zip(sample, blanked, strict=True))


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("#Bread #bread #BREAD", ["Bread"]),
        ("C# and F#minor", []),
        ("https://sol.example/#top www.sol.com/a#b", []),
        ("Tom &#39;Sol&#x27; &amp;", []),
        ("##double #", ["double"]),
        ("(#one,#two;#three-four)", ["one", "two", "three"]),
        ("#łódź_2024 #हिन्दी #パン", ["łódź_2024", "हिन्दी", "パン"]),
        ("#️⃣ #❤️", []),
        ("#1 in town", ["1"]),
    ],
)
def test_hashtags(sample: str, expected: list[str]) -> None:
    """A hashtag is a # and word characters, not inside an address and not after a word character."""
    assert expected == text.hashtags(sample)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("@Sol.Bakery, @sol.bakery.", ["Sol.Bakery"]),
        ("me@sol.example tiktok.com/@sol", []),
        ("cc: @a_b/@c (@d)!", ["a_b", "d"]),
        ("@ @. @@x", []),
    ],
)
def test_mentions(sample: str, expected: list[str]) -> None:
    """A mention is an @ and a name, not inside a mail or web address."""
    assert expected == text.mentions(sample)


@given(st.text(string.ascii_letters + "#@ ./_é1-", max_size=60))
def test_tags_are_plain_and_unique(sample: str) -> None:
    """Tags and mentions have no sign before them, stand in the text with it, and are there once in any case."""
    for found, sign in ((text.hashtags(sample), "#"), (text.mentions(sample), "@")):
        assert len(found) == len({name.casefold() for name in found})
        assert all(name and sign not in name and sign + name in sample for name in found)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("Fresh bread. Warm hearts! Coming?", ["Fresh bread.", "Warm hearts!", "Coming?"]),
        ("First line\nsecond line\r\n\r\nthird", ["First line", "second line", "third"]),
        ("Dr. Sol met J. K. Loaf vs. St. Rye.", ["Dr. Sol met J. K. Loaf vs. St. Rye."]),
        ("Sol Inc. bakes. Sol Inc. Bakes.", ["Sol Inc. bakes.", "Sol Inc.", "Bakes."]),
        ("Loaf no. 5 is gone. We said no. 🥐 So?", ["Loaf no. 5 is gone.", "We said no.", "🥐 So?"]),
        ("wait... what… Really", ["wait... what…", "Really"]),
        ("we love it. you will too.", ["we love it.", "you will too."]),
        ("Only 3.50 at sol.com. Open!🎉 Now", ["Only 3.50 at sol.com.", "Open!", "🎉 Now"]),
        ("“Yes!” she said. (No.) Then", ["“Yes!”", "she said.", "(No.)", "Then"]),
        ("Bread! #one #two\n🥐🥐\n@sol\nhttps://sol.example", ["Bread!"]),
        ("Thanks @sol. See you", ["Thanks @sol.", "See you"]),
        ("パンです。おいしい！", ["パンです。", "おいしい！"]),
        ("", []),
        ("?!", []),
    ],
)
def test_sentences(sample: str, expected: list[str]) -> None:
    """Sentences end at marks and lines, not at abbreviations, numbers or addresses."""
    assert expected == text.sentences(sample)


@given(st.text(string.ascii_letters + "éß一 .!?…\n#@'\"()", max_size=80))
def test_sentences_are_pieces_in_order(sample: str) -> None:
    """Each is a piece of the text after the one before it, has a word and no blanks at its ends."""
    position = 0
    for sentence in text.sentences(sample):
        position = sample.index(sentence, position) + len(sentence)
        assert sentence == sentence.strip()
        assert any(c.isalnum() for c in sentence)
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("Sol's well-known rye, it’s 3x better!", ["Sol's", "well-known", "rye", "it’s", "3x", "better"]),
        ("#LoveBread @sol https://sol.example www.sol.com", ["LoveBread", "sol"]),
        ("naïve cafe\u0301 हिन्दी", ["naïve", "cafe\u0301", "हिन्दी"]),
        ("- -- ' — 🥐", []),
    ],
)
def test_words(sample: str, expected: list[str]) -> None:
    """Words are kept whole in any script; addresses have none."""
    assert expected == text.words(sample)


SMALL = Lexicon(
    name="small",
    version="1",
    language="en",
    groups=(("one", ("tap", "like", "sign up", "sign up now", "don't wait")), ("two", ("like", "how to"))),
)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("a staple, likely untapped", []),
        ("Tap. TAP! tap", ["tap", "tap", "tap"]),
        ("Sign up, now! sign-up now", ["sign up", "sign up now"]),
        ("sign\n  up", ["sign up"]),
        ("sign. Up", []),
        ("sign - up", []),
        ("sign 🥐 up", []),
        ("Don’t wait", ["don't wait"]),
        ("#like @tap https://sol.example/sign-up sol.com/tap", []),
        ("like#tap", ["like"]),
    ],
)
def test_phrases(sample: str, expected: list[str]) -> None:
    """Whole words count, whatever their case; punctuation breaks a phrase, and the longest wins."""
    assert expected == text.phrases_in(sample, SMALL)


WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=6)


@given(st.sampled_from(load(CALLS_TO_ACTION).phrases), WORDS, st.sampled_from(["", " ", ". ", "-", "_", "'"]))
def test_a_phrase_inside_a_word_is_none(phrase: str, word: str, between: str) -> None:
    """A phrase counts alone, and does not when a letter is glued to either end."""
    alone = Lexicon(name="alone", version="1", language="en", groups=(("one", (phrase,)),))

    assert [phrase] == text.phrases_in(f"... {phrase.upper()}!", alone)
    assert [] == text.phrases_in(f"{word}{phrase}", alone)
    assert [] == text.phrases_in(f"{phrase}{word}", alone)
    if between in {" ", ". "}:
        assert phrase in text.phrases_in(f"{word}{between}{phrase}{between}{word}", alone)


@given(st.lists(WORDS | st.sampled_from(load(HOOKS).phrases), max_size=8).map(" ".join))
def test_matches_are_disjoint_pieces(sample: str) -> None:
    """The phrases stand in the text one after another."""
    position = 0
    for phrase in text.phrases_in(sample, load(HOOKS)):
        position = sample.index(phrase, position) + len(phrase)


@pytest.mark.parametrize(
    ("language", "sample"),
    [
        ("en", "We bake every loaf by hand, and you can taste it in the crust."),
        ("de", "Wir backen jedes Brot von Hand, und das schmeckt man auch in der Kruste."),
        ("es", "Horneamos cada pan a mano y se nota en la corteza, para todos los que nos visitan."),
        ("fr", "Nous cuisons chaque pain à la main, et cela se sent dans la croûte avec vous."),
        ("it", "Facciamo ogni pane a mano e si sente nella crosta, perché non abbiamo fretta."),
        ("pt", "Fazemos cada pão à mão e você sente isso na casca, com muito carinho para todos."),
        ("nl", "Wij bakken elk brood met de hand en dat proef je ook in de korst van het brood."),
        ("sv", "Vi bakar varje bröd för hand och det känns också i skorpan när du är här."),
        ("pl", "Pieczemy każdy chleb ręcznie i to się czuje, bo nie ma nic lepszego niż nasz chleb."),
        (None, "Croissant!"),
        (None, ""),
        (None, "パンとチーズ"),
    ],
)
def test_languages(language: str | None, sample: str) -> None:
    """Function words tell the language; where there are none, nothing is claimed."""
    assert language == text.language_of(sample)


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "clip": lambda sample: text.clip(sample, 50_000),
    "emojis": text.emojis,
    "grapheme_count": text.grapheme_count,
    "graphemes": text.graphemes,
    "hashtags": text.hashtags,
    "language_of": text.language_of,
    "mentions": text.mentions,
    "phrases_in": lambda sample: text.phrases_in(sample, load(TONES)),
    "sentences": text.sentences,
    "slug": text.slug,
    "urls": text.urls,
    "words": text.words,
}
UNITS = [
    *(
        "a",
        "a.",
        "a-",
        "-",
        "'",
        ".",
        "!",
        "…",
        " ",
        "\n",
        "#",
        "@",
        "#a",
        "@a.",
        "http://",
        "www.",
        "a.com/",
        ")",
        "(",
    ),
    *("a.com/(", "👩\u200d", "\u200d", "❤", "🇦", "1\ufe0f", "\u0301", "क्", "Dr. ", "how to ", "﷽", "\x00", "\ud800"),
    *("://", "?a", '!"', " - ", "ᄀ", "\u0600", "&#3", "\r\n"),
]


def test_no_text_takes_long() -> None:
    """
    Every function answers on 100,000 characters of each hostile unit.

    One that took quadratic time would need hours for all of them; the answers are checked for their size.
    """
    for unit in UNITS:
        sample = unit * (100_000 // len(unit))
        sizes = {
            name: len(answer)
            for name, function in FUNCTIONS.items()
            if isinstance(answer := function(sample), list | str)
        }
        assert sizes["graphemes"] == text.grapheme_count(sample)
        assert sizes["clip"] <= 50_000
        assert all(size <= len(sample) for size in sizes.values())


def test_the_hash_seed_does_not_matter() -> None:
    """Two processes with different hash seeds read the same out of the same texts."""
    script = (
        "import json\n"
        "from brandbrain_core.policies import text\n"
        "from brandbrain_core.policies.lexicon import NAMES, load\n"
        "sample = 'How to sign up: tap the link in bio! 👩🏽‍🍳❤ #Sol @sol sol.com. Did you know? Wir sind da.'\n"
        "print(json.dumps([text.emojis(sample), text.urls(sample), text.hashtags(sample), text.sentences(sample),\n"
        "    text.language_of(sample), text.slug(sample),\n"
        "    [[load(name).phrases, text.phrases_in(sample, load(name))] for name in NAMES]]))\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1]
    assert len(NAMES) == len(json.loads(printed[0])[-1])
