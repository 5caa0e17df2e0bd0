"""What the items of a brand are about: recurring phrases and hashtags, with the items that hold each."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Final

import attrs

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.features import Worded, own_names, topics

PHRASES: Final = 60
"""How many recurring phrases are looked at."""

TAG_EVERYWHERE: Final = 0.6
"""Share of items from which on a hashtag is the brand's mark rather than a subject."""

_TAG_WEIGHT: Final = 1.5
_SPELLINGS_FROM: Final = 12
_NOT_WORD: Final = re.compile(r"[\W_]+")


@attrs.frozen(kw_only=True)
class Subject:
    """
    Something that several items are about.

    Attributes:
        name: As it is shown; a hashtag has its ``#``.
        words: In lower case, in the singular; of a hashtag the tag itself.
        items: Places of the items, in the order in which these were given.
        weight: How telling it is; unitless, to compare with other subjects of the same items.
    """

    name: str
    words: frozenset[str]
    items: frozenset[int]
    weight: float

    @property
    def is_hashtag(self) -> bool:
        """Whether it is a hashtag that is no phrase as well."""
        return self.name.startswith("#")


def subjects(
    items: Sequence[EvidenceItem], words: Sequence[Worded], *, allowed: Callable[[str], bool]
) -> tuple[Subject, ...]:
    """
    Return the subjects of *items*, the most telling first; ties by name.

    A hashtag that spells a phrase belongs to it. What is not *allowed* is left out.
    """
    tags = _tags(words)
    found: list[Subject] = []
    for topic in topics(words, limit=PHRASES):
        spelled = {compact(topic.phrase), "".join(topic.key)}
        tagged = frozenset[int]().union(*(tags.pop(tag, frozenset()) for tag in spelled))
        found.append(
            Subject(
                name=spelling(topic.phrase, [items[place] for place in topic.items]),
                words=frozenset(topic.key),
                items=tagged.union(topic.items),
                weight=topic.weight,
            )
        )
    found += (
        Subject(name=f"#{tag}", words=frozenset({tag}), items=places, weight=_weight_of_tag(len(places), len(items)))
        for tag, places in tags.items()
    )
    return tuple(sorted(filter(lambda one: allowed(one.name), found), key=lambda one: (-one.weight, one.name)))


def compact(text: str) -> str:
    """
    Return *text* as a hashtag would spell it.

    >>> compact("Palm-and-needle evenings")
    'palmandneedleevenings'
    """
    return _NOT_WORD.sub("", text.lower())


def spelling(phrase: str, items: Sequence[EvidenceItem]) -> str:
    """Return *phrase* as the items mostly write it, hyphens and capitals included."""
    pattern = re.compile(r"\b" + r"[\s\-‑]+".join(map(re.escape, phrase.split())) + r"\b", re.IGNORECASE)
    texts = (f"{item.title or ''}\n{item.text_primary}\n{item.transcript or ''}" for item in items[:_SPELLINGS_FROM])
    found = Counter(" ".join(match.split()) for text in texts for match in pattern.findall(text.replace("’", "'")))
    return min(found, key=lambda spelled: (-found[spelled], spelled), default=phrase)


def association(one: Set[int], other: Set[int], of: int) -> float:
    """
    Return how much two sets of items go together: 1.0 always, 0.0 as by chance, below 0.0 less than that.

    Source:
        The phi coefficient of a two by two table.

    >>> association({0, 1}, {0, 1}, 4), association({0, 1}, {1, 2}, 4)
    (1.0, 0.0)
    """
    a, b, both = len(one), len(other), len(one & other)
    spread = math.sqrt(a * (of - a) * b * (of - b))
    return (both * of - a * b) / spread if spread else float(one == other)


def _tags(words: Sequence[Worded]) -> dict[str, frozenset[int]]:
    """Return the hashtags of several items that are neither the brand's name nor everywhere."""
    places: defaultdict[str, set[int]] = defaultdict(set)
    for place, item in enumerate(words):
        for tag in item.hashtags:
            places[tag].add(place)
    names = own_names(name for item in words for name in item.names)
    return {
        tag: frozenset(held)
        for tag, held in places.items()
        if 2 <= len(held) < max(2.5, TAG_EVERYWHERE * len(words)) and compact(tag) not in names
    }


def _weight_of_tag(items: int, of: int) -> float:
    return _TAG_WEIGHT * items * math.log((of + 1) / items)


def by_place(found: Sequence[Subject]) -> Mapping[int, int]:
    """Return, for each place of an item, how many of the subjects *found* it holds."""
    return Counter(place for subject in found for place in subject.items)
