"""What the items of a brand talk about: its recurring phrases, without function words, requests and its own name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from typing import Final

from brandbrain_core.policies.features.recurring import Gram, Recurring, recurring
from brandbrain_core.policies.features.worded import Worded
from brandbrain_core.policies.lexicon import CALLS_TO_ACTION, FUNCTION_WORDS, HOOKS, load
from brandbrain_core.policies.text.words import BREAK, tokens

TOPICS: Final = 30
"""How many recurring phrases are reported."""

_SPOKEN_FROM: Final = 0.1
_SHORT: Final = 2
_ADDRESS: Final = re.compile(r"(?:https?://)?([^/\s]+)(?:/(?:[^/?#\s]+/)*([^/?#\s]+))?/?", re.IGNORECASE)
_ADDED_TO_NAMES: Final = ("official", "hq")


def topics(items: Sequence[Worded], *, limit: int = TOPICS) -> tuple[Recurring, ...]:
    """Return the recurring phrases of items; their *items* are places in these."""
    names = own_names(name for item in items for name in item.names)
    vocabulary = {word for item in items for word in item.content}
    beginnings = {word: known for word in vocabulary if (known := _names_from(word, names))}
    return recurring(
        [_masked(item.content, beginnings) for item in items],
        stop=_function_words(items),
        limit=limit,
    )


def own_names(references: Iterable[str]) -> frozenset[str]:
    """
    Return the names in handles, hosts and links of accounts, as one word each.

    >>> sorted(own_names(["@Sol.Bakery", "blog.sol-bakery.com", "https://www.linkedin.com/company/sol-bakery-official"]))
    ['blog', 'solbakery', 'solbakeryofficial']
    """
    names: set[str] = set()
    for reference in set(references):
        address = _ADDRESS.fullmatch(reference.strip())
        if address is None or reference.startswith("@"):
            names.add(_compact(reference))
        elif address[2]:
            names.add(_compact(address[2]))
        else:
            labels = address[1].lower().removeprefix("www.").split(".")
            names.update(_compact(label) for label in labels[: max(1, len(labels) - 1)])
    names.update(name.removesuffix(added) for name in tuple(names) for added in _ADDED_TO_NAMES)
    return frozenset(names - {""})


def _compact(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _names_from(word: str, names: Set[str]) -> tuple[str, ...]:
    """Return the names that begin with *word*, longest first."""
    plain = _compact(word.removesuffix("'s"))
    found = [name for name in names if name.startswith(plain)] if plain else []
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def _masked(content: Gram, beginnings: Mapping[str, Sequence[str]]) -> Gram:
    """Return *content* with breaks in place of requests, hooks and the brand's own names."""
    requests = _requests()
    plain = list(content)
    for place in [place for place, word in enumerate(content) if word in requests or word in beginnings]:
        word = content[place]
        for phrase in requests.get(word, ()):
            if content[place : place + len(phrase)] == phrase:
                plain[place : place + len(phrase)] = [BREAK] * len(phrase)
                break
        if word in beginnings:
            length = _length_of_name(content, place, beginnings[word])
            plain[place : place + length] = [BREAK] * length
    return tuple(plain)


def _length_of_name(content: Gram, place: int, names: Sequence[str]) -> int:
    """Return how many words from *place* on make up one of *names*; 0: none."""
    for name in names:
        joined, end = "", place
        while end < len(content) and content[end] and name != joined and name.startswith(joined):
            joined += _compact(content[end].removesuffix("'s"))
            end += 1
        if joined == name:
            return end - place
    return 0


def _function_words(items: Sequence[Worded]) -> frozenset[str]:
    """Return the function words of English, of every language that a tenth of the items are in, and all short ones."""
    spoken = Counter(item.language for item in items)
    return frozenset(
        word
        for language, words in load(FUNCTION_WORDS).groups
        for word in words
        if language == "en" or len(word) <= _SHORT or spoken[language] > _SPOKEN_FROM * len(items)
    )


@cache
def _requests() -> Mapping[str, Sequence[Gram]]:
    """Return the calls to action and hooks of several words by their first one, longest first: they count as such."""
    starts: dict[str, list[Gram]] = {}
    for phrase in (*load(CALLS_TO_ACTION).phrases, *load(HOOKS).phrases):
        words = tokens(phrase)
        if len(words) > 1:
            starts.setdefault(words[0], []).append(words)
    return {first: sorted(phrases, key=lambda words: (-len(words), words)) for first, phrases in starts.items()}
