"""
Lexicons: lists of phrases in groups, shipped as versioned data files.

`LEXICON_VERSION` names the state of all data files; it is part of the hash of a compile's inputs, so that changed lists
compile anew. A test keeps it equal to the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import attrs

from brandbrain_core.policies.data_files import read_toml

LEXICON_VERSION: Final = "1-270687dc0524"

CALLS_TO_ACTION: Final = "calls_to_action"
FORMATS: Final = "formats"
FUNCTION_WORDS: Final = "function_words"
HOOKS: Final = "hooks"
PERSONS: Final = "persons"
TONES: Final = "tones"
NAMES: Final = (CALLS_TO_ACTION, FORMATS, FUNCTION_WORDS, HOOKS, PERSONS, TONES)
"""The lexicons that ship with core."""


@attrs.frozen(kw_only=True, cache_hash=True)
class Lexicon:
    """
    Phrases in groups.

    Attributes:
        name: One of `NAMES`.
        version: Of this lexicon alone; `LEXICON_VERSION` covers all.
        language: BCP 47 tag; ``mul`` for several.
        groups: Names of groups with their phrases, in lower case with plain apostrophes, both in the file's order.
    """

    name: str
    version: str
    language: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every phrase once, in order."""
        return tuple(groups_by_phrase(self))

    def group(self, name: str) -> tuple[str, ...]:
        """Return the phrases of the group *name*; raise `KeyError` if there is none."""
        return dict(self.groups)[name]

    def groups_of(self, phrase: str) -> tuple[str, ...]:
        """Return the names of the groups that hold *phrase*, in order; empty if none does."""
        return groups_by_phrase(self).get(phrase, ())


@cache
def groups_by_phrase(lexicon: Lexicon) -> Mapping[str, tuple[str, ...]]:
    """Return every phrase of *lexicon* with the names of its groups."""
    found: dict[str, tuple[str, ...]] = {}
    for name, phrases in lexicon.groups:
        for phrase in phrases:
            found[phrase] = (*found.get(phrase, ()), name)
    return MappingProxyType(found)


@cache
def load(name: str) -> Lexicon:
    """
    Return the lexicon *name*, read once; raise `KeyError` if it is none of `NAMES`.

    >>> load("persons").groups_of("our")
    ('first_plural',)
    """
    if name not in NAMES:
        raise KeyError(name)
    held = read_toml(name)
    return Lexicon(
        name=name,
        version=held["version"],
        language=held["language"],
        groups=tuple((group, tuple(phrases)) for group, phrases in held["groups"].items()),
    )


def format_name(media_type: str) -> str | None:
    """
    Return the shown name of a platform's *media_type*, or None if it is not known.

    >>> format_name("Sidecar"), format_name("GraphVideo"), format_name("hologram")
    ('carousel', 'video', None)
    """
    plain = " ".join(media_type.lower().replace("_", " ").replace("-", " ").split())
    return next(iter(load(FORMATS).groups_of(plain)), None)
