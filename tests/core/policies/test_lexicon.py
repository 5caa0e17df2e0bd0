"""Lexicons: their files are well formed, read late, and named by one version."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.resources import files

import pytest

from brandbrain_core.policies import data_files, text
from brandbrain_core.policies.lexicon import (
    CALLS_TO_ACTION,
    FORMATS,
    FUNCTION_WORDS,
    HOOKS,
    LEXICON_VERSION,
    NAMES,
    PERSONS,
    TONES,
    format_name,
    load,
)
from brandbrain_core.policies.text.words import BREAK, tokens


def test_the_version_names_the_files() -> None:
    """Whoever changes a data file must write its new digest into `LEXICON_VERSION`, so that brands compile anew."""
    assert data_files.digest() == LEXICON_VERSION.partition("-")[2]


@pytest.mark.parametrize("name", NAMES)
def test_a_lexicon_is_well_formed(name: str) -> None:
    """It has a version, a language and groups of distinct phrases, spelled as they are looked up."""
    lexicon = load(name)

    assert name == lexicon.name
    assert lexicon.version
    assert lexicon.language
    assert lexicon.groups
    for group, phrases in lexicon.groups:
        assert phrases == lexicon.group(group)
        assert len(phrases) == len(set(phrases)) > 0
        for phrase in phrases:
            assert group in lexicon.groups_of(phrase)
            assert BREAK not in tokens(phrase)
            assert phrase == phrase.lower().strip().replace("’", "'")


@pytest.mark.parametrize("name", [CALLS_TO_ACTION, HOOKS, TONES, PERSONS])
def test_every_phrase_finds_itself(name: str) -> None:
    """A text that is one phrase of the lexicon holds exactly that phrase."""
    lexicon = load(name)

    assert [] == [phrase for phrase in lexicon.phrases if [phrase] != text.phrases_in(phrase, lexicon)]


def test_loading_gives_the_same_value() -> None:
    """A lexicon is read once; an unknown one is an error."""
    assert load(HOOKS) is load(HOOKS)
    with pytest.raises(KeyError):
        load("poems")


def test_every_file_says_what_it_is() -> None:
    """Each list has a version, a language and a comment on top."""
    for file in files("brandbrain_core").joinpath("lexicons").iterdir():
        if file.name.endswith(".toml"):
            written = file.read_text(encoding="utf-8")
            held = tomllib.loads(written)
            assert written.startswith("# ")
            assert {"version", "language"} <= set(held)


def test_importing_reads_no_data() -> None:
    """No data file is opened before something is looked up."""
    script = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "from brandbrain_core.policies import identifiers, lexicon, text\n"
        "assert not any('lexicons' in name for name in opened), opened\n"
        "text.emojis('❤')\n"
        "assert any('emoji.json' in name for name in opened)\n"
        "assert not any('tones' in name for name in opened)\n"
        "print('read late')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "read late\n" == done.stdout


def test_languages_share_few_words() -> None:
    """Each language has at least 50 function words that no other one has."""
    lexicon = load(FUNCTION_WORDS)

    assert {"en", "de", "es", "fr", "it", "pt", "nl"} <= {language for language, _ in lexicon.groups}
    for language, words in lexicon.groups:
        assert sum(lexicon.groups_of(word) == (language,) for word in words) >= 50


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("Image", "image"),
        ("Sidecar", "carousel"),
        ("CAROUSEL_ALBUM", "carousel"),
        ("GraphVideo", "video"),
        ("clips", "reel"),
        ("document", "document"),
        ("", None),
        ("hologram", None),
    ],
)
def test_formats(media_type: str, name: str | None) -> None:
    """The media types of all platforms share their names."""
    assert name == format_name(media_type)
    if name is not None:
        assert name in dict(load(FORMATS).groups)
