"""
Phrases that recur in several items and tell what a brand talks about.

There is no body of other texts to compare with, so what tells a topic from filler must come from the brand's own items:

* A topic runs through a part of the items. What occurs in nearly all of them (greetings, footers, the brand's trade)
  tells them apart as little as what occurs in two: the weight grows with the number of items and falls with their
  share.
* A topic clusters: an item that speaks of it does so repeatedly, while filler is spread thin.
* Two or three words say more than one. Short lists of function words and of generic words keep out what is frequent in
  any text, at the edges of a phrase or where it stands alone.

Singular and plural count as one phrase, shown in its commonest spelling. A phrase within a longer one that is (nearly)
as frequent gives way to it.

Source:
    Clustering of topical words: K. Church and W. Gale, "Poisson mixtures", 1995. Weights tuned on public posts whose
    authors' own tags are known: ``docs/decisions/0061-recurring-phrases.md``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import chain, pairwise
from typing import Final, TypeAlias

import attrs

from brandbrain_core.policies.data_files import read_toml
from brandbrain_core.policies.features.plurals import singular

Gram: TypeAlias = tuple[str, ...]

LENGTH_WEIGHTS: Final = (1.0, 2.2, 2.6)
"""By number of words."""

GENERIC_WEIGHT: Final = 1.0
"""Of a phrase of which no word would do alone."""

ABSORBED_FROM: Final = 0.75
"""A phrase gives way to longer ones that hold it and occur in at least this share of its items."""

_FEWEST_ITEMS: Final = 2
_CLUSTERING_AT_MOST: Final = 8.0
_CANDIDATES: Final = 4
_JOINING: Final = frozenset(
    {"and", "da", "de", "del", "des", "di", "du", "et", "for", "in", "of", "on", "to", "und", "van", "von", "y"}
)
_SPELLINGS_FROM: Final = 40


@attrs.frozen(kw_only=True)
class Recurring:
    """
    One recurring phrase.

    Attributes:
        phrase: In its commonest spelling, lower case.
        key: Its words in the singular.
        count: Occurrences in all.
        items: Places of the items in which it occurs, ascending.
        weight: How telling it is among the others of its corpus; unitless.
    """

    phrase: str
    key: Gram
    count: int
    items: tuple[int, ...]
    weight: float


def recurring(streams: Sequence[Gram], *, stop: Set[str], limit: int) -> tuple[Recurring, ...]:
    """
    Return the most telling phrases of items, given as `tokens`; ties by phrase.

    Args:
        stop: Words that neither begin nor end a phrase.
        limit: How many phrases to return at the most.
    """
    found = _Postings.of(streams, stop)
    ranked = sorted(found.items, key=lambda gram: (-_weight(found, gram, len(streams)), gram))
    kept = _without_absorbed(found.items, ranked[: limit * _CANDIDATES])[:limit]
    spelled = _words_of_forms(found.singular, {gram[0] for gram in kept})
    return tuple(
        Recurring(
            phrase=_commonest_spelling(
                gram, [streams[place] for place in found.items[gram]], found.singular, spelled[gram[0]]
            ),
            key=gram,
            count=found.counts[gram],
            items=tuple(found.items[gram]),
            weight=_weight(found, gram, len(streams)),
        )
        for gram in kept
    )


@attrs.frozen
class _Postings:
    """Where each phrase occurs, and how often; *singular*: the form under which each word counts."""

    items: Mapping[Gram, Sequence[int]]
    counts: Mapping[Gram, int]
    singular: Mapping[str, str]

    @classmethod
    def of(cls, streams: Sequence[Gram], stop: Set[str]) -> _Postings:
        """Read single words first: a phrase cannot recur whose words do not."""
        words = {word for stream in streams for word in set(stream)}
        forms = {word: form for word in words if _may_tell(form := singular(word, words), word, stop)}
        least = max(_FEWEST_ITEMS, round(math.sqrt(len(streams)) / 2))
        alone, counts = _count(streams, lambda stream: [(forms[word],) for word in stream if word in forms], least)
        frequent = {gram[0] for gram in alone}
        kept = {word: form for word, form in forms.items() if form in frequent}
        items, counts_of_several = _count(streams, lambda stream: _phrases(stream, kept), least)
        generic = _generic("alone") | _generic("edge")
        items |= {gram: places for gram, places in alone.items() if gram[0] not in generic}
        return cls(items, counts | counts_of_several, forms)


def _count(
    streams: Sequence[Gram], grams_of: Callable[[Gram], Sequence[Gram]], least: int
) -> tuple[dict[Gram, list[int]], dict[Gram, int]]:
    """
    Return where the phrases of at least *least* items occur, and how often.

    Every stream is read twice: most phrases occur once, and need no list of places then.
    """
    spread = Counter(chain.from_iterable(set(grams_of(stream)) for stream in streams))
    items: dict[Gram, list[int]] = {gram: [] for gram, places in spread.items() if places >= least}
    counts: Counter[Gram] = Counter()
    for place, stream in enumerate(streams):
        recurring_here = Counter(filter(items.__contains__, grams_of(stream)))
        for gram, times in recurring_here.items():
            counts[gram] += times
            items[gram].append(place)
    return items, dict(counts)


def _phrases(stream: Gram, kept: Mapping[str, str]) -> list[Gram]:
    """Return the phrases of two and three words in which every word (but one that joins two) is *kept*."""
    forms = [kept.get(word, "") for word in stream]
    edge = _generic("edge")
    ends = ["" if form in edge else form for form in forms]
    found: list[Gram] = [(a, b) for a, b in pairwise(ends) if a and b and a != b]
    found += [
        (a, b or joining, c)
        for a, b, joining, c in zip(ends, forms[1:], stream[1:], ends[2:], strict=False)
        if a and c and (b or joining in _JOINING) and a != c
    ]
    return found


def _may_tell(form: str, word: str, stop: Set[str]) -> bool:
    return len(form) > 1 and not form.isdigit() and stop.isdisjoint((form, word))


def _weight(found: _Postings, gram: Gram, of: int) -> float:
    items = len(found.items[gram])
    spread = items * math.log((of + 1) / items)
    clustering = math.log2(1 + min(found.counts[gram] / items, _CLUSTERING_AT_MOST))
    telling = GENERIC_WEIGHT if _generic("alone").issuperset(gram) else LENGTH_WEIGHTS[len(gram) - 1]
    return spread * clustering * telling


def _without_absorbed(items: Mapping[Gram, Sequence[int]], ranked: Sequence[Gram]) -> list[Gram]:
    """Drop phrases within longer ones, and all but the first of those that overlap in words and items."""
    whole = [gram for gram in ranked if not _is_absorbed(gram, items, ranked)]
    kept: list[Gram] = []
    for gram in whole:
        if not any(_is_same(gram, items[gram], other, items[other]) for other in kept if len(other) > 1):
            kept.append(gram)
    return kept


def _is_absorbed(gram: Gram, items: Mapping[Gram, Sequence[int]], ranked: Sequence[Gram]) -> bool:
    """Tell whether longer phrases say it in most of its items: one of them, or, of two words, several together."""
    longer = [other for other in ranked if len(other) > len(gram) and _holds(other, gram)]
    enough = ABSORBED_FROM * len(items[gram])
    if any(len(items[other]) >= enough for other in longer):
        return True
    return len(gram) > 1 and len({place for other in longer for place in items[other]}) >= enough


def _is_same(gram: Gram, items: Sequence[int], other: Gram, other_items: Sequence[int]) -> bool:
    if set(gram).isdisjoint(other):
        return False
    together = len(set(items).intersection(other_items))
    return together >= ABSORBED_FROM * max(len(items), len(other_items))


def _holds(longer: Gram, gram: Gram) -> bool:
    return any(longer[start : start + len(gram)] == gram for start in range(len(longer) - len(gram) + 1))


def _words_of_forms(forms: Mapping[str, str], wanted: Set[str]) -> Mapping[str, Sequence[str]]:
    """Return the words that count under each of the *wanted* forms."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    for word, form in forms.items():
        if form in wanted:
            words[form].append(word)
    return words


def _commonest_spelling(gram: Gram, streams: Sequence[Gram], forms: Mapping[str, str], firsts: Sequence[str]) -> str:
    """Return how *streams* mostly write a phrase, which begins with one of the words *firsts*."""
    spellings: Counter[Gram] = Counter()
    for stream in streams[:_SPELLINGS_FROM]:
        for place in (place for first in firsts for place in _places(stream, first)):
            spelled = stream[place : place + len(gram)]
            if tuple(forms.get(part, part) for part in spelled) == gram:
                spellings[spelled] += 1
    commonest: Gram = min(spellings, key=lambda spelled: (-spellings[spelled], spelled))
    return " ".join(commonest)


def _places(stream: Gram, word: str) -> Iterator[int]:
    place = -1
    for _ in range(stream.count(word)):
        place = stream.index(word, place + 1)
        yield place


@cache
def _generic(group: str) -> frozenset[str]:
    words = read_toml("generic_words")["groups"][group]
    return frozenset(words) | frozenset(singular(word, frozenset(words)) for word in words)
