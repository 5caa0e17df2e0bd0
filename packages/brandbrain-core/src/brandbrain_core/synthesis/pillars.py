"""
The themes that a brand returns to.

Pillars that the brand named are described from the items that mention them. Others are found in what recurs: the most
telling subject becomes a pillar, the subjects that go together with it are its themes, and so on with those left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from typing import Final

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Brief, DraftPillar, Inference
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.features import Worded, worded
from brandbrain_core.policies.off_limits import off_limits
from brandbrain_core.synthesis.grounds import CITED, FEWEST, PLATFORM_NAMES
from brandbrain_core.synthesis.seeds import items_of_seed
from brandbrain_core.synthesis.subjects import Subject, association, by_place, compact, subjects
from brandbrain_core.synthesis.wording import listed, quoted

PILLARS: Final = 5
"""How many pillars there are, the brand's own among them, before no more are inferred."""

PILLARS_WANTED: Final = 3
"""How many pillars there should be: up to then a single word or a hashtag will do for the name of one."""

THEMES: Final = 5
"""How many themes a pillar has, at the most."""

TOGETHER: Final = 0.2
"""Least association (phi) of a theme with its pillar."""

SAME: Final = 0.6
"""Association from which on two subjects are one."""

_SMALL_CORPUS: Final = 10
_FEWEST_IN_SMALL: Final = 2
_NAMED_THEMES: Final = 3
_MOSTLY: Final = 0.6


@attrs.frozen(kw_only=True)
class Field:
    """The items of a brand, newest first, their words, and the subjects found in them."""

    items: Sequence[EvidenceItem]
    words: Sequence[Worded]
    subjects: Sequence[Subject]

    @property
    def fewest(self) -> int:
        """Items that must mention a pillar of the brand's own before it is described from them."""
        return _FEWEST_IN_SMALL if len(self.items) < _SMALL_CORPUS else FEWEST

    @property
    def fewest_for_new(self) -> int:
        """Items that must be about something before it is taken for a pillar: a tenth, fewer of many items."""
        of = len(self.items)
        return max(self.fewest, math.ceil(min(of / 10, math.sqrt(of))))


def pillars(brief: Brief) -> tuple[DraftPillar, ...]:
    """Return the proposed pillars: the brand's own that its items mention, then inferred ones."""
    forbidden = off_limits(brief.answers)
    words = [worded(item) for item in brief.corpus]
    found = subjects(brief.corpus, words, allowed=lambda name: forbidden.found_in("pillars", name) is None)
    field = Field(items=brief.corpus, words=words, subjects=found)
    seeds = brief.answers.pillars_seed
    support = [items_of_seed(seed, words) for seed in seeds]
    named = [_seeded(field, seed, places) for seed, places in zip(seeds, support, strict=True)]
    inferred = _inferred(field, seeds, support, PILLARS - len(seeds))
    return (*(pillar for pillar in named if pillar is not None), *inferred)


def _seeded(field: Field, seed: str, places: Set[int]) -> DraftPillar | None:
    if len(places) < field.fewest:
        return None
    head = Subject(name=seed, words=frozenset({compact(seed)}), items=frozenset(places), weight=0.0)
    apart = [subject for subject in field.subjects if compact(subject.name) not in compact(seed)]
    return _pillar(field, head, _themes(field, head, apart))


def _inferred(field: Field, seeds: Sequence[str], support: Sequence[Set[int]], room: int) -> list[DraftPillar]:
    """Take the most telling subject, and those that go together with it as its themes; repeat with the rest."""
    left = [one for one in field.subjects if not _is_seeded(field, one, seeds, support)]
    found: list[DraftPillar] = []
    while len(found) < room:
        wanted = len(seeds) + len(found) < PILLARS_WANTED
        heads = [one for one in left if len(one.items) >= field.fewest_for_new and (wanted or len(one.words) > 1)]
        if not heads:
            break
        head = min(heads, key=lambda one: (_bare(one), -one.weight, one.name))
        themes = _themes(field, head, left)
        left = [one for one in left if one is not head and one not in themes and not _is_same(field, head, one)]
        if themes:
            found.append(_pillar(field, head, themes))
    return found


def _bare(one: Subject) -> int:
    """Return how little a name says: a phrase is better than a hashtag, and that than a single word."""
    return 1 if one.is_hashtag else 2 * (len(one.words) == 1)


def _is_seeded(field: Field, one: Subject, seeds: Sequence[str], support: Sequence[Set[int]]) -> bool:
    """Tell whether a subject belongs to a pillar that the brand named."""
    return any(
        compact(one.name) in compact(seed) or association(one.items, places, len(field.items)) >= TOGETHER
        for seed, places in zip(seeds, support, strict=True)
    )


def _is_same(field: Field, head: Subject, one: Subject) -> bool:
    """Tell whether two subjects are one: nearly the same items, or a common word and items in common."""
    together = association(head.items, one.items, len(field.items))
    return together >= SAME or (together > 0 and not head.words.isdisjoint(one.words))


def _themes(field: Field, head: Subject, among: Sequence[Subject]) -> list[Subject]:
    """Return the subjects that go together with *head*, the closest first, none saying what another says."""
    scored = [
        (association(head.items, one.items, len(field.items)), one)
        for one in among
        if one is not head and not (one.words <= head.words or head.words <= one.words)
    ]
    close = sorted(
        ((score, one) for score, one in scored if score >= TOGETHER and len(one.items & head.items) > 1),
        key=lambda pair: (-pair[0] * pair[1].weight, pair[1].name),
    )
    themes: list[Subject] = []
    for _, one in close:
        if len(themes) < THEMES and all(one.words.isdisjoint(other.words) for other in themes):
            themes.append(one)
    return themes


def _pillar(field: Field, head: Subject, themes: Sequence[Subject]) -> DraftPillar:
    evidence = _strongest(field, head, themes)
    return DraftPillar(
        name=Inference(value=_title(head.name.removeprefix("#")), evidence=evidence),
        description=Inference(value=_description(field, head, themes), evidence=evidence),
        themes=Inference(value=tuple(theme.name for theme in themes), evidence=evidence),
    )


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]


def _strongest(field: Field, head: Subject, themes: Sequence[Subject]) -> tuple[EvidenceId, ...]:
    """Return the items about *head* that hold the most of its themes, the newer ones first among equals."""
    held = by_place(themes)
    ranked = sorted(head.items, key=lambda place: (-held.get(place, 0), place))
    return tuple(field.items[place].id for place in ranked[:CITED])


def _description(field: Field, head: Subject, themes: Sequence[Subject]) -> str:
    things = "pages" if all(item.platform is Platform.WEB for item in field.items) else "items"
    together = f", often together with {quoted([theme.name for theme in themes[:_NAMED_THEMES]])}" if themes else ""
    return f"Comes up in {len(head.items)} of {len(field.items)} {things}{_mostly(field, head)}{together}."


def _mostly(field: Field, head: Subject) -> str:
    platforms = {item.platform for item in field.items}
    for platform in sorted(platforms) if len(platforms) > 1 else []:
        there = sum(1 for place in head.items if field.items[place].platform is platform)
        if there >= _MOSTLY * len(head.items):
            return f", mostly on {listed([PLATFORM_NAMES[platform]])}"
    return ""
